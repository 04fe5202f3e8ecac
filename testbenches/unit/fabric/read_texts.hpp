// SPDX-License-Identifier: Apache-2.0
// Topologies read from text, and what is said of wrong ones.
#pragma once

#include <string>

#include "config/document.hpp"
#include "fabric/topology_config.hpp"

namespace fs {

inline ReadTopology read(const std::string& text) {
  auto document = Document::from_text(text, "t.yaml");
  const auto result = read_topology(document.root().section("topology"));
  document.root().finish();
  return result;
}

template <class Step>
std::string refusal(Step&& step) {
  try {
    step();
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "accepted";
}

inline std::string refusal_of(const std::string& text) {
  return refusal([&] { read(text); });
}

}  // namespace fs
