// SPDX-License-Identifier: Apache-2.0
#include "gpu/request/hazards.hpp"

#include "common/random.hpp"

namespace fs {

void Hazards::enable(std::int64_t window) {
  table_.assign(64, Entry{});
  nodes_.resize(static_cast<std::size_t>(window));
}

std::size_t Hazards::home_of(std::uint64_t key) const { return mix64(key) & (table_.size() - 1); }

/// Where `key` is, or the free place where it belongs: linear probing.
std::size_t Hazards::place_of(std::uint64_t key) const {
  std::size_t place = home_of(key);
  while (table_[place].key != key && table_[place].key != 0) place = after(place);
  return place;
}

bool Hazards::overlaps(NodeId target, std::uint64_t offset, std::uint32_t bytes, OperationKind kind) const {
  const Entry& entry = table_[place_of(key_of(target, offset))];
  const std::uint32_t all = entry.count[0] + entry.count[1] + entry.count[2];
  const bool harmless = kind != OperationKind::write && all == entry.count[static_cast<std::size_t>(kind)];
  if (harmless) return false;
  const std::uint64_t begin = offset % region_bytes;
  for (std::uint32_t tag = entry.first; tag != none; tag = nodes_[tag].next) {
    const Node& node = nodes_[tag];
    if (node.begin < begin + bytes && begin < node.end && conflict(node.kind, kind)) return true;
  }
  return false;
}

void Hazards::add(const Transaction& t) {
  if (2 * used_ >= table_.size()) grow();
  const std::uint64_t key = key_of(t.target, t.offset);
  Entry& entry = table_[place_of(key)];
  if (entry.key == 0) ++used_;
  entry.key = key;
  ++entry.count[static_cast<std::size_t>(t.kind)];
  Node& node = nodes_[t.tag];
  node.begin = static_cast<std::uint16_t>(t.offset % region_bytes);
  node.end = static_cast<std::uint16_t>(node.begin + t.bytes);
  node.kind = t.kind;
  node.previous = none;
  node.next = entry.first;
  if (entry.first != none) nodes_[entry.first].previous = t.tag;
  entry.first = t.tag;
}

void Hazards::remove(const Transaction& t) {
  const std::size_t place = place_of(key_of(t.target, t.offset));
  Entry& entry = table_[place];
  const Node& node = nodes_[t.tag];
  if (node.next != none) nodes_[node.next].previous = node.previous;
  (node.previous != none ? nodes_[node.previous].next : entry.first) = node.next;
  --entry.count[static_cast<std::size_t>(t.kind)];
  if (entry.first != none) return;
  --used_;
  close_gap(place);
}

/// Frees a place and moves up what had to step over it (Knuth, The Art of Computer Programming, volume 3, 6.4 R).
void Hazards::close_gap(std::size_t gap) {
  for (std::size_t place = after(gap); table_[place].key != 0; place = after(place)) {
    const std::size_t from_home = (place - home_of(table_[place].key)) & (table_.size() - 1);
    const std::size_t from_gap = (place - gap) & (table_.size() - 1);
    if (from_home < from_gap) continue;
    table_[gap] = table_[place];
    gap = place;
  }
  table_[gap] = Entry{};
}

void Hazards::grow() {
  std::vector<Entry> old(table_.size() * 2);
  old.swap(table_);
  for (const Entry& entry : old) {
    if (entry.key != 0) table_[place_of(entry.key)] = entry;
  }
}

}  // namespace fs
