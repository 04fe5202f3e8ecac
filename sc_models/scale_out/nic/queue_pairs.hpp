// SPDX-License-Identifier: Apache-2.0
// The queue pairs of all NICs: found by their ends, made when first wanted, given up when long idle.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <unordered_map>
#include <vector>

#include "common/ring.hpp"
#include "scale_out/engine/net_packet.hpp"
#include "scale_out/nic/nic_spec.hpp"
#include "scale_out/nic/queue_pair.hpp"

namespace fs {

/// An idle queue pair that has never lost anything, so that its ends know nothing that those of a new one would not,
/// may be given up: they will get another when they next want one, and no result can tell. So memory goes with what is
/// under way, and with the few that are kept because they may soon be wanted again.
class QueuePairs {
 public:
  /// What a path between two endpoints is; for windows and timers.
  using PathOf = std::function<FlowPath(NodeId, NodeId)>;
  QueuePairs(const NicSpec& spec, PathOf path_of) : spec_(spec), path_of_(std::move(path_of)) {}

  /// The one whose turn it is between these ends.
  QueuePairId find(NodeId source, NodeId target, int priority);
  QueuePair& operator[](QueuePairId id) { return *pairs_[index(id)]; }
  const QueuePair& operator[](QueuePairId id) const { return *pairs_[index(id)]; }
  /// Null where it has been given up.
  QueuePair* find(QueuePairId id) { return pairs_[index(id)].get(); }

  /// Something of it has ended: gives up the longest idle ones, should there be many.
  void settle(QueuePairId id, Femtoseconds now);

  /// Of all that ever were.
  SenderCounts sender_counts() const;
  std::uint64_t duplicates() const;
  /// Different ones: a pair of ends has as many as the specification says, however often they were made.
  std::size_t known() const { return known_; }
  std::size_t high_water() const { return high_water_; }

 private:
  struct Lanes {
    std::vector<QueuePairId> pairs;
    std::uint32_t turn = 0;
  };
  static std::uint64_t key_of(NodeId source, NodeId target, int priority) {
    return index(source) << 32U | index(target) << 8U | static_cast<std::uint64_t>(priority);
  }
  QueuePairId create(NodeId source, NodeId target, int priority, std::uint32_t lane);
  bool idle(const QueuePair& pair, Femtoseconds now) const;
  void give_up(QueuePairId id);

  NicSpec spec_;
  PathOf path_of_;
  std::vector<std::unique_ptr<QueuePair>> pairs_;
  std::vector<QueuePairId> free_;
  std::unordered_map<std::uint64_t, Lanes> by_ends_;
  Ring<QueuePairId> resting_;  // were idle when they were put here
  std::size_t known_ = 0;
  std::size_t high_water_ = 0;
  SenderCounts past_;
  std::uint64_t past_duplicates_ = 0;
};

}  // namespace fs
