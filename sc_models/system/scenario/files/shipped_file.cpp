// SPDX-License-Identifier: Apache-2.0
#include "system/scenario/files/shipped_file.hpp"

#include <filesystem>

namespace fs {

std::string find_shipped_file(const Document& document, const Node& name, const std::string& kind,
                              const std::string& folder) {
  const std::string file = name.text() + ".yaml";
  const auto beside = std::filesystem::path(document.name()).parent_path();
  for (const auto& place :
       {beside / folder, beside / ".." / folder, std::filesystem::path(FARSPAN_SCENARIOS) / folder}) {
    std::error_code ignored;
    if (std::filesystem::is_regular_file(place / file, ignored)) return (place / file).string();
  }
  throw name.error("no " + kind + " '" + name.text() + "': no file " + folder + "/" + file +
                   " beside this scenario or in " + FARSPAN_SCENARIOS);
}

}  // namespace fs
