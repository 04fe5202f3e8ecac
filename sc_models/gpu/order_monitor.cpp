// SPDX-License-Identifier: Apache-2.0
#include "gpu/order_monitor.hpp"

#include <string>

#include "common/check.hpp"

namespace fs {

void OrderMonitor::delivered(const Packet& packet) {
  if (order_ == Order::none) return;
  Key key;
  key.ends = static_cast<std::uint64_t>(packet.src) << 32 | static_cast<std::uint64_t>(packet.dst) << 16;
  if (order_ == Order::region) {
    if (packet.transaction == TransactionHandle::none) return;
    key.ends |= static_cast<std::uint64_t>(packet.cls);
    // A request's region is its destination's memory, a response's its source's: the ends tell the two apart.
    key.group = pools_->transactions[packet.transaction].offset / region_bytes;
  } else {
    key.ends |= static_cast<std::uint64_t>(packet.vc);
    key.group = packet.link;
  }
  const auto [entry, first] = last_.try_emplace(key, packet.number);
  FS_CHECK(first || entry->second < packet.number,
           "packet gpu" + std::to_string(index(packet.src)) + "#" + std::to_string(packet.number) + " to gpu" +
               std::to_string(index(packet.dst)) + " was delivered after #" + std::to_string(entry->second) +
               (order_ == Order::region ? " of the same region" : " of the same link and VC"));
  entry->second = packet.number;
}

}  // namespace fs
