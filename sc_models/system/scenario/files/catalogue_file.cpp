// SPDX-License-Identifier: Apache-2.0
#include "system/scenario/files/catalogue_file.hpp"

#include "system/scenario/files/shipped_file.hpp"

namespace fs {

void resolve_catalogue(Document& document, const std::string& key, const std::string& folder,
                       const std::string& otherwise) {
  if (!document.find(key)) document.set(key, otherwise);
  const auto given = document.find(key);
  if (!given->is_scalar()) return;
  document.replace(key, Document::from_file(find_shipped_file(document, *given, "catalogue", folder)));
}

}  // namespace fs
