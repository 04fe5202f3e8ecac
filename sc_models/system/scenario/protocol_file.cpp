// SPDX-License-Identifier: Apache-2.0
#include "system/scenario/protocol_file.hpp"

#include <filesystem>
#include <string>

namespace fs {
namespace {

std::string find_protocol(const Document& document, const Node& name) {
  const std::string file = name.text() + ".yaml";
  const auto beside = std::filesystem::path(document.name()).parent_path();
  for (const auto& folder :
       {beside / "protocols", beside / ".." / "protocols", std::filesystem::path(FARSPAN_SCENARIOS) / "protocols"}) {
    std::error_code ignored;
    if (std::filesystem::is_regular_file(folder / file, ignored)) return (folder / file).string();
  }
  throw name.error("no protocol '" + name.text() + "': no file protocols/" + file + " beside this scenario or in " +
                   FARSPAN_SCENARIOS);
}

}  // namespace

void resolve_protocol(Document& document) {
  const auto given = document.find("protocol");
  if (!given) return;
  if (given->is_scalar()) {
    document.replace("protocol", Document::from_file(find_protocol(document, *given)));
  } else if (const auto base = document.find("protocol.base")) {
    const Document file = Document::from_file(find_protocol(document, *base));
    document.remove("protocol.base");
    document.underlay("protocol", file);
  }
}

void open_protocol(Document& document) {
  const auto name = document.find("protocol");
  if (!name || !name->is_scalar()) return;
  document.remove("protocol");
  document.set("protocol.base", *name);
}

}  // namespace fs
