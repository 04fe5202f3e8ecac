// SPDX-License-Identifier: Apache-2.0
// Destination of the next packet: a table for permutations, a draw for the rest.
#pragma once

#include <cstdint>
#include <vector>

#include "common/ids.hpp"
#include "common/random.hpp"
#include "workload/open_loop/open_loop_spec.hpp"

namespace fs {

class Destinations {
 public:
  Destinations() = default;
  /// `pattern` must be one that pattern_problem() accepts for `node_count`; `seed` picks the random permutation.
  Destinations(const PatternSpec& pattern, int node_count, std::uint64_t seed);

  NodeId pick(NodeId source, RandomStream& stream) const {
    if (kind_ == Kind::table) return table_[source];
    if (kind_ == Kind::hotspot && stream.next() < hot_threshold_) {
      const NodeId hot = hot_[static_cast<std::size_t>(stream.below(hot_.size()))];
      if (self_ || hot != source) return hot;
    }
    if (self_) return static_cast<NodeId>(stream.below(count_));
    const auto other = stream.below(count_ - 1);
    return static_cast<NodeId>(other + (other >= index(source) ? 1 : 0));
  }

  /// False for a fixed point of a table where traffic to oneself is not allowed.
  bool sends(NodeId source) const { return kind_ != Kind::table || self_ || table_[source] != source; }

 private:
  enum class Kind : std::uint8_t { uniform, hotspot, table };

  Kind kind_ = Kind::uniform;
  bool self_ = true;
  std::uint64_t count_ = 1;
  std::uint64_t hot_threshold_ = 0;  ///< of 2^64
  IdVector<NodeId, NodeId> table_;
  std::vector<NodeId> hot_;
};

}  // namespace fs
