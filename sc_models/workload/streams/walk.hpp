// SPDX-License-Identifier: Apache-2.0
// The parts that stream masters are made of: a permuted walk, a pacer, a choice of targets and slots.
#pragma once

#include <cstdint>
#include <vector>

#include "common/clock.hpp"
#include "common/ids.hpp"
#include "common/quantity.hpp"
#include "common/random.hpp"
#include "workload/streams/stream_spec.hpp"

namespace fs {

/// A seeded permutation of 0 .. count-1 in no memory: four Feistel rounds on the smallest even number of bits that
/// holds the count, repeated until the value lies inside (cycle walking; Black and Rogaway, CT-RSA 2002). The walk
/// at(0), at(1), ... is one random cycle through all slots.
class PermutationWalk {
 public:
  PermutationWalk() = default;
  /// count >= 1; the stream gives the keys.
  PermutationWalk(std::uint64_t count, RandomStream keys);
  /// step taken modulo the count.
  std::uint64_t at(std::uint64_t step) const;

 private:
  std::uint64_t once(std::uint64_t value) const;

  std::uint64_t count_ = 1;
  unsigned half_bits_ = 1;
  std::uint64_t keys_[4] = {};
};

/// When accesses are wanted. Times wanted do not wait for the fabric: behind a full window they gather.
class Pacer {
 public:
  /// No rate in `spec`: everything is wanted from its start on.
  Pacer(const StreamSpec& spec, RandomStream stream);
  /// When the next access is wanted.
  Femtoseconds due() const { return due_; }
  bool paced() const { return paced_; }
  /// That one has been issued.
  void advance();

 private:
  bool paced_ = false;
  bool poisson_ = false;
  ByteClock bytes_;
  std::int64_t access_ = 0;
  std::int64_t count_ = 0;
  double mean_ = 0;  ///< femtoseconds between accesses
  Femtoseconds origin_{};
  Femtoseconds due_{};
  RandomStream stream_;
};

/// Which target is next, and which of its slots.
class SlotPicker {
 public:
  /// `gpu` one of the spec's sources.
  SlotPicker(const StreamSpec& spec, NodeId gpu, int node_count, std::uint64_t seed);

  struct Place {
    NodeId target;
    std::uint64_t offset;
  };
  Place next();
  /// Slot number `step` (modulo the slots) of the source's own end of a copy.
  std::uint64_t own_offset(std::uint64_t step) const { return own_base_ + step % slots_ * access_; }

 private:
  enum class Order : std::uint8_t { consecutive, permuted, random };

  Order order_;
  TargetOrder target_order_;
  std::vector<NodeId> targets_;
  std::vector<std::uint64_t> steps_;  ///< accesses so far, by target
  std::size_t turn_ = 0;
  std::uint64_t slots_;
  std::uint64_t access_;
  std::uint64_t base_;
  std::uint64_t own_base_;
  PermutationWalk walk_;
  RandomStream target_stream_, slot_stream_;
};

}  // namespace fs
