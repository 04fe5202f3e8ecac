// SPDX-License-Identifier: Apache-2.0
// Keeps requests of one GPU to one region apart where the fabric keeps no order: a request waits while one that it
// could overtake, or be overtaken by, with a visible difference is under way.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "common/ids.hpp"
#include "common/random.hpp"
#include "gpu/transaction.hpp"

namespace fs {

/// Requests under way by target and region, exactly: were two regions to share an entry, the first such meeting would
/// hold back everything behind it for a round trip, and among n entries one comes after about 1.25 sqrt(n) requests.
class Hazards {
 public:
  /// `window`: requests under way at once, at most. Without this call nothing is ever kept apart.
  void enable(std::int64_t window) {
    std::size_t places = 2;
    while (places < 2 * static_cast<std::size_t>(window)) places *= 2;
    table_.assign(places, Entry{});
  }

  bool blocked(NodeId target, std::uint64_t offset, OperationKind kind) const {
    if (table_.empty()) return false;
    const Entry& e = table_[place_of(key_of(target, offset))];
    return e.writers > 0 || (kind != OperationKind::read && e.readers > 0);
  }

  void enter(const Transaction& t) {
    if (table_.empty()) return;
    const std::uint64_t key = key_of(t.target, t.offset);
    Entry& e = table_[place_of(key)];
    e.key = key;
    ++(t.kind == OperationKind::read ? e.readers : e.writers);
  }

  void leave(const Transaction& t) {
    if (table_.empty()) return;
    const std::size_t place = place_of(key_of(t.target, t.offset));
    Entry& e = table_[place];
    --(t.kind == OperationKind::read ? e.readers : e.writers);
    if (e.readers == 0 && e.writers == 0) close_gap(place);
  }

 private:
  struct Entry {
    std::uint64_t key = 0;  ///< 0: free
    std::uint32_t readers = 0;
    std::uint32_t writers = 0;
  };

  static std::uint64_t key_of(NodeId target, std::uint64_t offset) {
    return (static_cast<std::uint64_t>(index(target)) + 1) << 48 | offset / region_bytes;
  }
  std::size_t home_of(std::uint64_t key) const { return mix64(key) & (table_.size() - 1); }
  std::size_t after(std::size_t place) const { return (place + 1) & (table_.size() - 1); }

  /// Where `key` is, or the free place where it belongs: linear probing.
  std::size_t place_of(std::uint64_t key) const {
    std::size_t place = home_of(key);
    while (table_[place].key != key && table_[place].key != 0) place = after(place);
    return place;
  }

  /// Frees a place and moves up what had to step over it (Knuth, The Art of Computer Programming, volume 3, 6.4 R).
  void close_gap(std::size_t gap) {
    for (std::size_t place = after(gap); table_[place].key != 0; place = after(place)) {
      const std::size_t from_home = (place - home_of(table_[place].key)) & (table_.size() - 1);
      const std::size_t from_gap = (place - gap) & (table_.size() - 1);
      if (from_home < from_gap) continue;
      table_[gap] = table_[place];
      gap = place;
    }
    table_[gap] = Entry{};
  }

  std::vector<Entry> table_;
};

}  // namespace fs
