// SPDX-License-Identifier: Apache-2.0
// A queue pair, both ends of it: messages from one NIC to another.
#pragma once

#include <cstdint>

#include "common/ids.hpp"
#include "common/ring.hpp"
#include "scale_out/nic/dcqcn.hpp"
#include "transport/end_to_end/transport.hpp"

namespace fs {

struct QueuePair {
  struct Message {
    std::uint64_t id = 0;
    std::int64_t bytes = 0;
    bool delivered = false;
  };
  NodeId source{};
  NodeId target{};
  std::uint8_t priority = 0;
  bool ready = false;    ///< waits in its NIC's line for the wire
  bool resting = false;  ///< was idle, and may be given up
  std::uint32_t lane = 0;
  std::uint32_t in_network = 0;  ///< packets of it, either way
  bool lost_packets = false;
  TransportPair transport;
  Ring<Message> messages;  ///< posted, not known to be complete; by number, from first_message
  std::int64_t first_message = 0;
  std::int64_t delivered = 0;  ///< messages
  std::uint64_t flow = 0;      ///< chooses the path
  Femtoseconds paced{0};       ///< nothing is sent before
  Femtoseconds wakes_at = Femtoseconds::max();
  Dcqcn rate;
  Femtoseconds rate_wakes_at = Femtoseconds::max();
  Femtoseconds notified{-1};  ///< when the receiver last sent a notification; negative: never
};

}  // namespace fs
