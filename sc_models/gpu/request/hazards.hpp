// SPDX-License-Identifier: Apache-2.0
// Keeps requests of one GPU to one region apart where the fabric keeps no order: a request waits while one that it
// could overtake, or be overtaken by, with a visible difference is under way.
#pragma once

#include <array>
#include <cstdint>
#include <memory>

#include "common/ids.hpp"
#include "common/random.hpp"
#include "gpu/transaction.hpp"

namespace fs {

/// Counts requests under way in a table indexed by a hash of target and region. Two regions that share an entry may
/// wait for each other without need, never the other way round.
class Hazards {
 public:
  void enable() { table_ = std::make_unique<Table>(); }

  bool blocked(NodeId target, std::uint64_t offset, OperationKind kind) const {
    if (!table_) return false;
    const Entry& e = entry(target, offset);
    return e.writers > 0 || (kind != OperationKind::read && e.readers > 0);
  }
  void enter(const Transaction& t) { count(t, 1); }
  void leave(const Transaction& t) { count(t, -1); }

 private:
  struct Entry {
    std::int32_t readers = 0;
    std::int32_t writers = 0;
  };
  static constexpr std::size_t entries = 2048;
  using Table = std::array<Entry, entries>;

  Entry& entry(NodeId target, std::uint64_t offset) const {
    return (*table_)[mix64(((index(target) + 1) << 48) ^ (offset / region_bytes)) % entries];
  }
  void count(const Transaction& t, int by) {
    if (!table_) return;
    Entry& e = entry(t.target, t.offset);
    (t.kind == OperationKind::read ? e.readers : e.writers) += by;
  }

  std::unique_ptr<Table> table_;
};

}  // namespace fs
