// SPDX-License-Identifier: Apache-2.0
// A passive check of the order in which a protocol promises to deliver packets.
#pragma once

#include <cstdint>
#include <unordered_map>

#include "flit/packet.hpp"
#include "flit/profile/profile.hpp"
#include "gpu/transaction.hpp"

namespace fs {

/// Sources number their packets, so a delivery out of order is one whose number is below that of an earlier delivery of
/// the same group: source, destination, class and region (Order::region), or source, destination, link and VC
/// (Order::destination; a source's links are independent, and the VC is the one on which it left). Packets without a
/// transaction belong to no region.
class OrderMonitor {
 public:
  OrderMonitor(Order order, const TransactionPools& pools) : order_(order), pools_(&pools) {}

  /// Throws InvariantError naming both packets.
  void delivered(const Packet& packet);

 private:
  struct Key {
    std::uint64_t ends = 0;
    std::uint64_t group = 0;
    friend bool operator==(const Key& a, const Key& b) { return a.ends == b.ends && a.group == b.group; }
  };
  struct KeyHash {
    std::size_t operator()(const Key& key) const {
      return static_cast<std::size_t>(mix64(key.ends ^ (key.group * 0x9e3779b97f4a7c15ULL)));
    }
  };

  Order order_;
  const TransactionPools* pools_;
  std::unordered_map<Key, std::uint64_t, KeyHash> last_;  // never iterated
};

}  // namespace fs
