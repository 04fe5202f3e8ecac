// SPDX-License-Identifier: Apache-2.0
// A path into a result document: packet_latency_ns.all.mean, points[0].digest, links[*].utilisation.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

namespace fs {

/// Keys joined by dots, each followed by any number of [selectors]: a position from 0, or from the end when negative;
/// `*` for every entry; anything else is the `name` of an entry, dots included.
class ResultPath {
 public:
  ResultPath() = default;
  /// Throws std::invalid_argument: an empty key, an unclosed bracket.
  explicit ResultPath(const std::string& text);

  const std::string& text() const { return text_; }

  struct Match {
    std::string where;  ///< the path with every `*` resolved
    const nlohmann::ordered_json* value;
  };
  struct Lookup {
    std::vector<Match> matches;
    /// What is not there, and what nearby is; empty when every part of the path was found.
    std::string missing;
  };
  /// The values that the path names in `root`; they live as long as `root`.
  Lookup find(const nlohmann::ordered_json& root) const;

 private:
  struct Step {
    bool bracket;
    std::string text;
  };
  void follow(std::size_t step, const Match& from, Lookup& lookup) const;
  void follow_entries(std::size_t step, const Match& from, Lookup& lookup) const;

  std::string text_;
  std::vector<Step> steps_;
};

/// Of `candidates` the `most` nearest to `wanted` by edit distance, nearest first, joined by commas.
std::string nearest_names(const std::string& wanted, std::vector<std::string> candidates, std::size_t most);

}  // namespace fs
