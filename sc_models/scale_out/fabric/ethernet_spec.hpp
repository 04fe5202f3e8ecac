// SPDX-License-Identifier: Apache-2.0
// What an Ethernet-class switch is, and how neighbours keep each other from overflowing.
#pragma once

#include <array>
#include <cstdint>

#include "common/quantity.hpp"

namespace fs {

/// Defaults and their sources: docs/scale_out.md.
struct EthernetSpec {
  enum class Forwarding : std::uint8_t {
    cut_through,        ///< sends on once the header has been looked at
    store_and_forward,  ///< once the whole packet has come
  };
  enum class PathChoice : std::uint8_t {
    ecmp,      ///< by a hash of the flow: keeps its order
    spray,     ///< each packet the next path in turn
    adaptive,  ///< each packet the path with the least queued
  };
  enum class FlowControl : std::uint8_t {
    none,     ///< what finds no room is dropped
    pfc,      ///< priority flow control (IEEE 802.1Qbb): pause and go on
    credits,  ///< a sender knows the room it has
  };
  Forwarding forwarding = Forwarding::cut_through;
  PathChoice path = PathChoice::ecmp;
  FlowControl flow_control = FlowControl::pfc;
  Femtoseconds latency = nanoseconds(600);  ///< cut-through: first bit in to first bit out; else last in to first out
  std::int64_t header = 64;                 ///< bytes that have to be there before a path is chosen
  std::int64_t buffer = 64'000'000;         ///< bytes, shared by all ports
  double alpha = 1;                         ///< dynamic threshold: a queue may hold alpha x what is free
  int priorities = 2;                       ///< the last one is control: acknowledgements and notifications

  /// Of the data priorities, by bytes, where each has more than there is room for; 0: they take turns packet by packet.
  std::array<std::int64_t, 8> weights{};

  // PFC.
  std::int64_t headroom = 0;             ///< bytes for each port and lossless priority; 0: computed
  std::int64_t mtu = 4178;               ///< the longest frame on the wire
  std::int64_t resume_below = 2 * 4178;  ///< bytes below the pausing threshold at which sending may go on
  Femtoseconds pause_response{-1};       ///< of the neighbour; negative: that of its rate (pfc_peer_response)

  // Credits.
  std::int64_t credit_every = 4 * 4178;  ///< bytes freed that are told together

  // Explicit congestion notification: marked with probability 0 at kmin, pmax at kmax, 1 above.
  bool ecn = false;
  std::int64_t kmin = 5'000;
  std::int64_t kmax = 200'000;
  double pmax = 0.01;

  int control_priority() const { return priorities - 1; }
  /// Under flow control every priority but control.
  bool lossless(int priority) const { return flow_control != FlowControl::none && priority != control_priority(); }
};

/// Bytes of the shortest frame on the wire, and of flow control's: 64, preamble and start 8, gap 12 (IEEE 802.3).
constexpr std::uint32_t shortest_frame = 84;

enum class NetDrop : std::uint8_t {
  threshold,    ///< its queue was longer than the dynamic threshold allows
  buffer_full,  ///< the buffer had no room
  headroom,     ///< came after a pause for which the headroom was too small
  link_down,    ///< was on a cable, or sent into one, that is cut
  no_way,       ///< reached a switch from which no link leads on
  switch_down,  ///< was in a switch that failed
};
constexpr std::size_t net_drops = 6;

}  // namespace fs
