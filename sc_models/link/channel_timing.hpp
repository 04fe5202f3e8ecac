// SPDX-License-Identifier: Apache-2.0
// Where on its wire a flit lies and when it is usable: what both ways of sending share, for their inner loops.
#pragma once

#include <algorithm>

#include "link/channel.hpp"

namespace fs {

namespace wire {
constexpr std::int64_t round_up(std::int64_t value, std::int64_t unit) { return (value + unit - 1) / unit * unit; }
}  // namespace wire

inline std::int64_t Channel::wire_position(std::int64_t position) const {
  if (config_.frame.kind != FrameKind::fixed) return position;
  const std::int64_t payload = config_.frame.payload.value();
  const std::int64_t frame = (position + payload - 1) / payload;
  return position + frame * config_.frame.overhead.value();
}

inline const Channel::Group& Channel::group_of(std::int64_t position) {
  if (position > group_.after && position <= group_.last) return group_;
  const bool framed = config_.frame.kind == FrameKind::fixed;
  if (framed) position = wire::round_up(position, config_.frame.payload.value());
  std::int64_t wire = wire_position(position);
  if (config_.codeword_group > Bytes(0)) wire = wire::round_up(wire, config_.codeword_group.value());
  // Bytes of one frame become usable together, without frames those of one codeword group.
  group_.last = framed ? position : wire;
  group_.after =
      group_.last - std::max<std::int64_t>(1, framed ? config_.frame.payload.value() : config_.codeword_group.value());
  group_.usable = config_.wire.end_of(wire) - config_.lead + config_.phy_fec + config_.propagation;
  group_.edge = config_.rx_clock.at_or_after(group_.usable);
  return group_;
}

inline std::int64_t Channel::occupy(std::int64_t bytes, Femtoseconds now) {
  if (free_from_ < now) {
    std::int64_t wire = config_.wire.boundary_at_or_after(now + config_.lead);
    if (config_.frame.kind == FrameKind::fixed) {
      const std::int64_t frame = config_.frame.payload.value() + config_.frame.overhead.value();
      const std::int64_t inside = std::max<std::int64_t>(0, wire % frame - config_.frame.overhead.value());
      wire = wire / frame * config_.frame.payload.value() + inside;
    }
    next_ = std::max(next_, wire::round_up(wire, config_.wire_unit.value()));
  }
  next_ += bytes;
  busy_bytes_ += bytes;
  free_from_ = end_time(next_);
  tell_ready();
  return next_;
}

inline Channel::Arrival Channel::arrive(std::int64_t position) {
  const Group& group = group_of(position);
  Arrival a;
  a.wire_end = free_from_;
  a.usable = group.usable;
  a.edge = group.edge;
  a.cycle = std::max(last_arrival_ + Cycles(1), group.edge);
  last_arrival_ = a.cycle;
  return a;
}

inline void Channel::book(Packet& packet, Femtoseconds sent, const Arrival& arrival) {
  const Femtoseconds edge = config_.rx_clock.edge(arrival.edge);
  const Femtoseconds delivered = config_.rx_clock.edge(arrival.cycle);
  packet.ledger.add(Cause::serialization, arrival.wire_end - sent + (delivered - edge));
  packet.ledger.add(Cause::propagation, config_.propagation);
  packet.ledger.add(Cause::phy_fec, arrival.usable - arrival.wire_end - config_.propagation);
  packet.ledger.add(Cause::clock_crossing, edge - arrival.usable);
  packet.mark = delivered;
}

}  // namespace fs
