// SPDX-License-Identifier: Apache-2.0
// Keeps requests of one GPU to the same bytes apart where the fabric keeps no order: a request waits while one that it
// could overtake, or be overtaken by, with a visible difference is under way.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "common/ids.hpp"
#include "gpu/transaction.hpp"

namespace fs {

/// Requests under way, exactly, by target and region, and within a region by their bytes: were more than those that
/// overlap to wait for each other, a stream of small stores would take a round trip for each. Loads pass loads, and
/// atomics pass atomics, whose order among themselves is nobody's promise. Takes memory for what has been under way at
/// once, not for the window.
class Hazards {
 public:
  /// `window`: requests under way at once, at most 1048576; their tags are below it. Without this call nothing is kept
  /// apart.
  void enable(std::int64_t window);

  bool blocked(NodeId target, std::uint64_t offset, std::uint32_t bytes, OperationKind kind) const {
    return !table_.empty() && overlaps(target, offset, bytes, kind);
  }
  /// `t.tag` must not be under way.
  void enter(const Transaction& t) {
    if (!table_.empty()) add(t);
  }
  void leave(const Transaction& t) {
    if (!table_.empty()) remove(t);
  }

 private:
  static constexpr std::uint32_t none = 0xffffffff;
  static constexpr unsigned tag_bits = 20;
  /// A region with something under way: the tag of its newest request, and bits of the region's hash, so that hardly
  /// ever another region's request is looked at. 0: free.
  using Entry = std::uint32_t;
  /// A request, by its tag.
  struct Node {
    std::uint64_t key = 0;          ///< of its region
    std::uint32_t count[3] = {};    ///< of the newest of a region: reads, writes, atomics there
    std::uint32_t next = none;      ///< tag of the next older one there
    std::uint32_t previous = none;  ///< tag of the next newer one
    std::uint8_t first_byte = 0;    ///< in the region
    std::uint8_t last_byte = 0;
    OperationKind kind = OperationKind::read;
  };
  static constexpr unsigned chunk_bits = 7;
  static constexpr std::uint32_t chunk_size = 1U << chunk_bits;

  static std::uint64_t key_of(NodeId target, std::uint64_t offset) {
    return (static_cast<std::uint64_t>(index(target)) + 1) << 48 | offset / region_bytes;
  }
  static bool conflict(OperationKind a, OperationKind b) { return a != b || a == OperationKind::write; }
  bool overlaps(NodeId target, std::uint64_t offset, std::uint32_t bytes, OperationKind kind) const;
  void add(const Transaction& t);
  void remove(const Transaction& t);
  Node& node(std::uint32_t tag) const { return nodes_[tag >> chunk_bits][tag & (chunk_size - 1)]; }
  static std::uint32_t tag_of(Entry entry) { return entry & ((1U << tag_bits) - 1); }
  static Entry entry_of(std::uint64_t hash, std::uint32_t tag) {
    return 1U << 31 | static_cast<Entry>(hash >> 33) >> tag_bits << tag_bits | tag;
  }
  std::size_t home_of(std::uint64_t hash) const { return hash & (table_.size() - 1); }
  std::size_t after(std::size_t place) const { return (place + 1) & (table_.size() - 1); }
  std::size_t place_of(std::uint64_t key, std::uint64_t hash) const;
  void close_gap(std::size_t gap);
  void grow();

  std::vector<Entry> table_;  ///< open addressing, at most three quarters full
  std::size_t used_ = 0;
  std::vector<std::unique_ptr<Node[]>> nodes_;  ///< chunk_size in each, made when a tag of theirs is first used
};

}  // namespace fs
