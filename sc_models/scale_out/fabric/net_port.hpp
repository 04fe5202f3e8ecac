// SPDX-License-Identifier: Apache-2.0
// One end of a link: queues, the wire that they wait for, and what has been counted there.
#pragma once

#include <array>
#include <cstdint>
#include <numeric>

#include "common/clock.hpp"
#include "scale_out/engine/net_packet.hpp"
#include "scale_out/fabric/ethernet_spec.hpp"
#include "scale_out/topology/net_graph.hpp"

namespace fs {

constexpr int most_priorities = 8;

struct NetPort {
  struct Queue {
    NetPacketId head = NetPacketId::none;
    NetPacketId tail = NetPacketId::none;
    std::int64_t bytes = 0;
  };
  /// What the wire is busy with: where its room is to be given back.
  struct Sending {
    NetPortId ingress = NetPortId::none;
    std::uint32_t bytes = 0;
    std::uint8_t priority = 0;
  };
  ByteClock clock;
  Femtoseconds latency{0};        ///< to the other end
  Femtoseconds decides_after{0};  ///< what the other end, a switch, takes; cut-through: from the head on
  Femtoseconds control_after{0};  ///< until the other end heeds flow control
  NetNodeId owner{};
  bool owner_is_switch = false;
  bool other_is_switch = false;
  bool busy = false;
  bool down = false;                                  ///< its cable is cut
  std::uint8_t filled = 0;                            ///< priorities whose queues hold anything
  std::uint8_t paused = 0;                            ///< priorities that the other end has stopped
  std::uint8_t turn = 0;                              ///< data priorities take turns
  std::array<std::int64_t, most_priorities> quota{};  ///< bytes that a priority may still send in its turn, by weight
  Sending sending;
  Femtoseconds busy_since{0};
  std::int64_t busy_bytes = 0;
  Femtoseconds cut_at{-1};  ///< the last time; negative: never
  Femtoseconds free_at{0};
  Femtoseconds wakes_at = Femtoseconds::max();  ///< a packet may not be sent before; an event is on its way
  Queue control;                                ///< flow control's own frames go before all others
  std::array<Queue, most_priorities> queues;
};

struct NetPortCounts {
  std::uint64_t packets = 0;
  std::uint64_t bytes = 0;
  std::uint64_t marked = 0;  ///< packets marked as they joined a queue here
  std::array<std::uint64_t, net_drops> dropped{};
  std::uint64_t pauses = 0;  ///< times that this port was stopped
  Femtoseconds paused{0};    ///< how long at least one priority of it was
  Femtoseconds paused_since{0};
  std::int64_t queue_high_water = 0;     ///< bytes
  std::int64_t headroom_high_water = 0;  ///< bytes that came in here after a pause
  std::uint64_t lost() const { return std::accumulate(dropped.begin(), dropped.end(), std::uint64_t{0}); }
};

}  // namespace fs
