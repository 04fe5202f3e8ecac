// SPDX-License-Identifier: Apache-2.0
#include "system/scenario/files/protocol_file.hpp"

#include <string>

#include "system/scenario/files/shipped_file.hpp"

namespace fs {
namespace {

std::string find_protocol(const Document& document, const Node& name) {
  return find_shipped_file(document, name, "protocol", "protocols");
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
