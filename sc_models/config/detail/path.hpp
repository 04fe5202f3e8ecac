// SPDX-License-Identifier: Apache-2.0
// Paths into a document: "a.b[2].c".
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "config/error.hpp"

namespace fs::detail {

struct PathStep {
  std::string key;        // of a mapping; empty for an index
  std::size_t index = 0;  // of a list
  std::size_t end = 0;    // where the step ends in the path, for messages
};

/// Throws ConfigError at `where` if `path` is empty or malformed.
std::vector<PathStep> parse_path(const std::string& path, const SourcePosition& where);

}  // namespace fs::detail
