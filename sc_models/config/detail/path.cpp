// SPDX-License-Identifier: Apache-2.0
// Splits a path into keys and indices.
#include "config/detail/path.hpp"

#include <algorithm>
#include <charconv>

#include "config/document.hpp"

namespace fs::detail {
namespace {

PathStep index_step(const std::string& path, std::size_t& at, const SourcePosition& where) {
  const auto close = path.find(']', at);
  PathStep step;
  const char* first = path.data() + at + 1;
  const char* last = path.data() + std::min(close, path.size());
  const auto [end, error] = std::from_chars(first, last, step.index);
  if (close == std::string::npos || first == last || error != std::errc() || end != last) {
    throw ConfigError(where, "malformed path '" + path + "': an index is written [0], [1], ...");
  }
  at = step.end = close + 1;
  return step;
}

}  // namespace

std::vector<PathStep> parse_path(const std::string& path, const SourcePosition& where) {
  std::vector<PathStep> steps;
  std::size_t at = 0;
  bool wants_key = true;
  while (wants_key || at < path.size()) {
    if (steps.size() >= static_cast<std::size_t>(Document::max_depth)) throw ConfigError(where, "the path is too deep");
    if (!wants_key && path[at] == '[') {
      steps.push_back(index_step(path, at, where));
      continue;
    }
    if (!wants_key && path[at] != '.') {
      throw ConfigError(where, "malformed path '" + path + "': expected '.' or '[' after ']'");
    }
    if (!wants_key) ++at;
    PathStep step;
    step.end = std::min(path.find_first_of(".[", at), path.size());
    step.key = path.substr(at, step.end - at);
    if (step.key.empty()) throw ConfigError(where, "malformed path '" + path + "': a key is empty; write a.b[2].c");
    at = step.end;
    steps.push_back(std::move(step));
    wants_key = false;
  }
  return steps;
}

}  // namespace fs::detail
