// SPDX-License-Identifier: Apache-2.0
#include "gpu/request/hazards.hpp"

#include <algorithm>

#include "common/check.hpp"
#include "common/random.hpp"

namespace fs {

void Hazards::enable(std::int64_t window) {
  FS_CHECK(window <= 1 << tag_bits, "a window of more tags than hazards can tell apart");
  table_.assign(64, Entry{});
  nodes_.resize((static_cast<std::size_t>(window) + chunk_size - 1) / chunk_size);
}

/// Where `key` is, or the free place where it belongs: linear probing.
std::size_t Hazards::place_of(std::uint64_t key, std::uint64_t hash) const {
  const Entry wanted = entry_of(hash, 0);
  std::size_t place = home_of(hash);
  for (; table_[place] != 0; place = after(place)) {
    if ((table_[place] ^ wanted) >> tag_bits == 0 && node(tag_of(table_[place])).key == key) break;
  }
  return place;
}

bool Hazards::overlaps(NodeId target, std::uint64_t offset, std::uint32_t bytes, OperationKind kind) const {
  const std::uint64_t key = key_of(target, offset);
  const Entry entry = table_[place_of(key, mix64(key))];
  if (entry == 0) return false;
  const Node& newest = node(tag_of(entry));
  const std::uint32_t all = newest.count[0] + newest.count[1] + newest.count[2];
  const bool harmless = kind != OperationKind::write && all == newest.count[static_cast<std::size_t>(kind)];
  if (harmless) return false;
  const std::uint64_t begin = offset % region_bytes;
  for (std::uint32_t tag = tag_of(entry); tag != none; tag = node(tag).next) {
    const Node& n = node(tag);
    if (n.first_byte < begin + bytes && begin <= n.last_byte && conflict(n.kind, kind)) return true;
  }
  return false;
}

void Hazards::add(const Transaction& t) {
  auto& chunk = nodes_[t.tag >> chunk_bits];
  if (!chunk) chunk = std::make_unique<Node[]>(chunk_size);
  if (4 * used_ >= 3 * table_.size()) grow();
  const std::uint64_t key = key_of(t.target, t.offset);
  const std::uint64_t hash = mix64(key);
  Entry& entry = table_[place_of(key, hash)];
  Node& n = node(t.tag);
  n = Node();
  n.key = key;
  n.first_byte = static_cast<std::uint8_t>(t.offset % region_bytes);
  n.last_byte = static_cast<std::uint8_t>(t.offset % region_bytes + t.bytes - 1);
  n.kind = t.kind;
  if (entry == 0) {
    ++used_;
  } else {
    Node& older = node(tag_of(entry));
    n.next = tag_of(entry);
    older.previous = t.tag;
    std::copy_n(older.count, 3, n.count);
  }
  ++n.count[static_cast<std::size_t>(t.kind)];
  entry = entry_of(hash, t.tag);
}

void Hazards::remove(const Transaction& t) {
  const std::uint64_t key = key_of(t.target, t.offset);
  const std::uint64_t hash = mix64(key);
  const std::size_t place = place_of(key, hash);
  Node& newest = node(tag_of(table_[place]));
  --newest.count[static_cast<std::size_t>(t.kind)];
  const Node& n = node(t.tag);
  if (n.next != none) node(n.next).previous = n.previous;
  if (n.previous != none) {
    node(n.previous).next = n.next;
  } else if (n.next != none) {
    std::copy_n(newest.count, 3, node(n.next).count);
    table_[place] = entry_of(hash, n.next);
  } else {
    --used_;
    close_gap(place);
  }
}

/// Frees a place and moves up what had to step over it (Knuth, The Art of Computer Programming, volume 3, 6.4 R).
void Hazards::close_gap(std::size_t gap) {
  for (std::size_t place = after(gap); table_[place] != 0; place = after(place)) {
    const std::size_t home = home_of(mix64(node(tag_of(table_[place])).key));
    const std::size_t from_home = (place - home) & (table_.size() - 1);
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
  for (const Entry entry : old) {
    if (entry == 0) continue;
    const std::uint64_t key = node(tag_of(entry)).key;
    table_[place_of(key, mix64(key))] = entry;
  }
}

}  // namespace fs
