// SPDX-License-Identifier: Apache-2.0
// Keeps requests of one GPU to the same bytes apart where the fabric keeps no order: a request waits while one that it
// could overtake, or be overtaken by, with a visible difference is under way.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "common/ids.hpp"
#include "gpu/transaction.hpp"

namespace fs {

/// Requests under way, exactly, by target and region, and within a region by their bytes: were more than those that
/// overlap to wait for each other, a stream of small stores would take a round trip for each. Loads pass loads, and
/// atomics pass atomics, whose order among themselves is nobody's promise.
class Hazards {
 public:
  /// `window`: requests under way at once, at most; their tags are below it. Without this call nothing is kept apart.
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
  /// A region with something under way.
  struct Entry {
    std::uint64_t key = 0;        ///< 0: free
    std::uint32_t first = none;   ///< tag of the newest one, then along Node::next
    std::uint32_t count[3] = {};  ///< reads, writes, atomics
  };
  /// A request, by its tag.
  struct Node {
    std::uint32_t next = none;
    std::uint32_t previous = none;
    std::uint16_t begin = 0;
    std::uint16_t end = 0;
    OperationKind kind = OperationKind::read;
  };

  static std::uint64_t key_of(NodeId target, std::uint64_t offset) {
    return (static_cast<std::uint64_t>(index(target)) + 1) << 48 | offset / region_bytes;
  }
  static bool conflict(OperationKind a, OperationKind b) { return a != b || a == OperationKind::write; }
  bool overlaps(NodeId target, std::uint64_t offset, std::uint32_t bytes, OperationKind kind) const;
  void add(const Transaction& t);
  void remove(const Transaction& t);
  std::size_t home_of(std::uint64_t key) const;
  std::size_t after(std::size_t place) const { return (place + 1) & (table_.size() - 1); }
  std::size_t place_of(std::uint64_t key) const;
  void close_gap(std::size_t gap);
  void grow();

  std::vector<Entry> table_;  ///< open addressing, at most half full
  std::size_t used_ = 0;
  std::vector<Node> nodes_;
};

}  // namespace fs
