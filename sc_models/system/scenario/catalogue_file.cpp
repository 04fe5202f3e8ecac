// SPDX-License-Identifier: Apache-2.0
#include "system/scenario/catalogue_file.hpp"

#include <filesystem>

namespace fs {

void resolve_catalogue(Document& document, const std::string& key, const std::string& folder,
                       const std::string& otherwise) {
  if (!document.find(key)) document.set(key, otherwise);
  const auto given = document.find(key);
  if (!given->is_scalar()) return;
  const std::string file = given->text() + ".yaml";
  const auto beside = std::filesystem::path(document.name()).parent_path();
  for (const auto& place :
       {beside / folder, beside / ".." / folder, std::filesystem::path(FARSPAN_SCENARIOS) / folder}) {
    std::error_code ignored;
    if (!std::filesystem::is_regular_file(place / file, ignored)) continue;
    document.replace(key, Document::from_file((place / file).string()));
    return;
  }
  throw given->error("no catalogue '" + given->text() + "': no file " + folder + "/" + file +
                     " beside this scenario or in " + FARSPAN_SCENARIOS);
}

}  // namespace fs
