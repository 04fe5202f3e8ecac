// SPDX-License-Identifier: Apache-2.0
// One group of an erasure code: what has arrived, whether that is enough, and what would make it so.
#pragma once

#include <cstdint>
#include <vector>

#include "transport/end_to_end/message_table.hpp"
#include "transport/end_to_end/transport.hpp"

namespace fs {

/// A chunk counts when all its packets are there. MDS: any `data_chunks` chunks will do. XOR: parity chunk j covers the
/// data chunks i with i mod parity_chunks = j, and stands in for one of them.
class GroupDecoder {
 public:
  GroupDecoder(const MessageTable& table, const MessageTable::Group& group, TransportSpec::Parity code)
      : group_(group), code_(code), have_(static_cast<std::size_t>(group.packets)) {
    for (std::int64_t c = 0; c < group.data_chunks + group.parity_chunks; ++c) {
      missing_.push_back(table.chunk_packets(group, c));
    }
  }

  /// False if it was there already.
  bool add(std::uint64_t sequence, std::int64_t chunk) {
    auto bit = have_[static_cast<std::size_t>(sequence - group_.first)];
    if (bit) return false;
    bit = true;
    --missing_[static_cast<std::size_t>(chunk)];
    return true;
  }
  bool decodable() const { return chunks_wanting(nullptr) == 0; }
  /// Packets whose arrival makes the group decodable: missing ones of the first chunks that it lacks.
  std::vector<std::uint64_t> wanted(const MessageTable& table) const {
    std::vector<std::int64_t> chunks;
    chunks_wanting(&chunks);
    std::vector<std::uint64_t> packets;
    for (std::int64_t p = 0; p < group_.packets; ++p) {
      const std::uint64_t sequence = group_.first + static_cast<std::uint64_t>(p);
      if (have_[static_cast<std::size_t>(p)]) continue;
      const auto chunk = table.chunk_of(group_, sequence);
      for (const auto c : chunks) {
        if (c == chunk) packets.push_back(sequence);
      }
    }
    return packets;
  }
  const MessageTable::Group& group() const { return group_; }

 private:
  bool complete(std::int64_t chunk) const { return missing_[static_cast<std::size_t>(chunk)] == 0; }

  /// How many chunks are wanting, and which.
  std::int64_t chunks_wanting(std::vector<std::int64_t>* which) const {
    std::int64_t wanting = 0;
    const auto want = [&](std::int64_t chunk) {
      ++wanting;
      if (which != nullptr) which->push_back(chunk);
    };
    if (code_ == TransportSpec::Parity::mds) {
      std::int64_t complete_chunks = 0;
      for (const auto missing : missing_) complete_chunks += missing == 0 ? 1 : 0;
      for (std::int64_t c = 0; c < group_.data_chunks && complete_chunks + wanting < group_.data_chunks; ++c) {
        if (!complete(c)) want(c);
      }
      return wanting;
    }
    for (std::int64_t j = 0; j < group_.parity_chunks; ++j) {
      std::int64_t spare = complete(group_.data_chunks + j) ? 1 : 0;
      for (std::int64_t c = j; c < group_.data_chunks; c += group_.parity_chunks) {
        if (complete(c)) continue;
        if (spare-- > 0) continue;
        want(c);
      }
    }
    return wanting;
  }

  MessageTable::Group group_;
  TransportSpec::Parity code_;
  std::vector<bool> have_;
  std::vector<std::int64_t> missing_;  // packets, by chunk
};

}  // namespace fs
