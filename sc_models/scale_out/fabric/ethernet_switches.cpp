// SPDX-License-Identifier: Apache-2.0
#include "scale_out/fabric/ethernet_switches.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "common/check.hpp"
#include "transport/gateway/pfc_headroom.hpp"

namespace fs {

std::int64_t EthernetSwitches::headroom_for(const EthernetSpec& spec, const NetLinkSpec& link) {
  if (spec.headroom > 0) return spec.headroom;
  PfcPort port;
  port.rate_gbps = static_cast<double>(link.rate.value()) * 1e-9;
  port.metres = to_nanoseconds(link.flight) / port.delay_ns_m;
  port.port_mtu = port.lossless_mtu = static_cast<double>(spec.mtu);
  port.small_packet_percent = 0;  // room is counted in bytes here, not in cells
  port.gearbox_ns = to_nanoseconds(link.phy);
  double bytes = pfc_headroom(port);
  if (spec.pause_response >= Femtoseconds(0)) {
    bytes += to_nanoseconds(spec.pause_response) * port.rate_gbps / 8 - pfc_peer_response(port.rate_gbps);
  }
  // What is in the pipeline has arrived, and has not been counted.
  bytes += to_nanoseconds(spec.latency) * port.rate_gbps / 8;
  return static_cast<std::int64_t>(std::ceil(bytes));
}

EthernetSwitches::EthernetSwitches(const NetGraph& graph, const EthernetSpec& spec, NetRoutes& routes, Wires& wires,
                                   std::uint64_t seed)
    : spec_(spec), routes_(routes), wires_(wires), endpoints_(graph.endpoints), place_(graph.ports(), 0) {
  const auto ports = graph.ports_by_node();
  const auto names = graph.port_names();
  for (const auto& name : names) mark_draws_.push_back(RandomStream(seed, name, "mark"));
  for (std::size_t node = endpoints_; node < graph.nodes.size(); ++node) {
    std::vector<std::int64_t> headroom;
    for (const NetPortId port : ports[node]) {
      place_[port] = static_cast<std::uint32_t>(headroom.size());
      headroom.push_back(headroom_for(spec, graph.link_of(port)));
    }
    try {
      buffers_.emplace_back(spec, std::move(headroom));
    } catch (const std::invalid_argument& problem) {
      throw std::invalid_argument("switch " + graph.nodes[node].name + ": " + problem.what());
    }
    died_at_.push_back(Femtoseconds(-1));
    salts_.push_back(RandomStream(seed, graph.nodes[node].name, "hash").next());
  }
  if (spec.flow_control != EthernetSpec::FlowControl::credits) return;
  for (std::size_t node = endpoints_; node < graph.nodes.size(); ++node) {
    for (const NetPortId port : ports[node]) {
      for (int priority = 0; priority < spec.control_priority(); ++priority) {
        wires.limit_by_credit(NetGraph::opposite(port), priority, buffers_[node - endpoints_].credit());
      }
    }
  }
}

NetPortId EthernetSwitches::choose(NetNodeId at, const NetPacket& packet) {
  if (routes_.is_home(at, packet.target)) return routes_.port_to(packet.target);
  PortGroup& group = routes_.group(at, packet.target);
  if (group.count == 0) return NetPortId::none;
  if (group.count == 1) return routes_.port(group, 0);
  switch (spec_.path) {
    case EthernetSpec::PathChoice::ecmp: {
      const std::uint64_t hash = mix64(packet.flow ^ salts_[index(at) - endpoints_]) >> 32U;
      return routes_.port(group, static_cast<std::uint32_t>(hash * group.count >> 32U));
    }
    case EthernetSpec::PathChoice::spray:
      group.turn = group.turn + 1 == group.count ? 0 : group.turn + 1;
      return routes_.port(group, group.turn);
    case EthernetSpec::PathChoice::adaptive:
      break;
  }
  group.turn = group.turn + 1 == group.count ? 0 : group.turn + 1;  // ties go round
  NetPortId best = routes_.port(group, group.turn);
  const auto load = [&](NetPortId port) { return wires_.queued(port) + (wires_.ports[port].busy ? 1 : 0); };
  std::int64_t least = load(best);
  for (std::uint32_t step = 1; step < group.count && least > 0; ++step) {
    const std::uint32_t place = group.turn + step;
    const NetPortId port = routes_.port(group, place < group.count ? place : place - group.count);
    const std::int64_t queued = load(port);
    if (queued >= least) continue;
    best = port;
    least = queued;
  }
  return best;
}

void EthernetSwitches::mark(NetPortId out, NetPacket& packet) {
  const std::int64_t queued = wires_.ports[out].queues[packet.priority].bytes;
  if (queued <= spec_.kmin) return;
  if (queued <= spec_.kmax) {
    const double share = static_cast<double>(queued - spec_.kmin) / static_cast<double>(spec_.kmax - spec_.kmin);
    if (!mark_draws_[out].chance(spec_.pmax * share)) return;
  }
  packet.marked = true;
  ++wires_.counts[out].marked;
}

void EthernetSwitches::decide(NetPortId in, NetPacketId id) {
  NetPacket& packet = wires_.packets[id];
  const NetNodeId at = wires_.ports[in].owner;
  const NetPortId out = choose(at, packet);
  if (out == NetPortId::none) return wires_.drop(in, id, NetDrop::no_way);
  const std::int64_t queued = wires_.ports[out].queues[packet.priority].bytes;
  SharedBuffer& buffer = buffers_[index(at) - endpoints_];
  const std::size_t place = place_[in];
  switch (buffer.admit(place, packet.priority, queued, packet.bytes)) {
    case SharedBuffer::Answer::taken:
      break;
    case SharedBuffer::Answer::over_threshold:
      wires_.drop(out, id, NetDrop::threshold);
      return;
    case SharedBuffer::Answer::full:
      wires_.drop(out, id, NetDrop::buffer_full);
      return;
    case SharedBuffer::Answer::over_headroom:
      wires_.drop(in, id, NetDrop::headroom);
      return;
  }
  packet.ingress = in;
  if (spec_.flow_control == EthernetSpec::FlowControl::pfc && spec_.lossless(packet.priority)) {
    NetPortCounts& count = wires_.counts[in];
    count.headroom_high_water = std::max(count.headroom_high_water, buffer.headroom_used(place, packet.priority));
    if (buffer.stops(place, packet.priority)) tell(in, packet.priority, NetPacket::Kind::pause, 1);
  }
  if (spec_.ecn && packet.kind == NetPacket::Kind::data) mark(out, packet);
  wires_.enqueue(out, id);
}

/// A frame to the neighbour at `port`.
void EthernetSwitches::tell(NetPortId port, int priority, NetPacket::Kind kind, std::uint64_t value) {
  const NetPacketId id = wires_.packets.create();
  NetPacket& frame = wires_.packets[id];
  frame.kind = kind;
  frame.sequence = value;
  frame.number = static_cast<std::uint64_t>(priority);
  frame.bytes = shortest_frame;
  frame.priority = static_cast<std::uint8_t>(spec_.control_priority());
  wires_.enqueue_control(port, id);
}

/// A neighbour that came back does not know that it had been told to pause, nor what credit it has.
void EthernetSwitches::mended(NetPortId port) {
  if (!wires_.ports[port].owner_is_switch) return;
  SharedBuffer& buffer = buffers_[index(wires_.ports[port].owner) - endpoints_];
  for (int priority = 0; priority < spec_.control_priority(); ++priority) {
    if (spec_.flow_control == EthernetSpec::FlowControl::credits) {
      wires_.limit_by_credit(NetGraph::opposite(port), priority, 0);
      const std::int64_t bytes = buffer.all_credit(place_[port], priority);
      if (bytes > 0) tell(port, priority, NetPacket::Kind::credit, static_cast<std::uint64_t>(bytes));
    } else if (buffer.stopped(place_[port], priority)) {
      tell(port, priority, NetPacket::Kind::pause, 1);
    }
  }
}

void EthernetSwitches::die(NetNodeId node) {
  SharedBuffer& buffer = buffers_[index(node) - endpoints_];
  died_at_[index(node) - endpoints_] = wires_.now;
  for (std::uint32_t i = 0; i < wires_.ports.size(); ++i) {
    const auto port = static_cast<NetPortId>(i);
    if (wires_.ports[port].owner != node) continue;
    wires_.lose_queues(port, NetDrop::switch_down, [&](const NetPacket& packet) {
      if (packet.ingress != NetPortId::none) buffer.release(place_[packet.ingress], packet.priority, packet.bytes);
    });
  }
  buffer.forget_stops();
}

bool EthernetSwitches::lost_inside(NetPortId in, NetPacketId packet) {
  if (!wires_.ports[in].owner_is_switch) return false;
  const Femtoseconds died = died_at_[index(wires_.ports[in].owner) - endpoints_];
  if (died < Femtoseconds(0) || !wires_.begun_before(in, packet, died)) return false;
  wires_.drop(in, packet, NetDrop::switch_down);
  return true;
}

void EthernetSwitches::check_credits(const NetGraph& graph) const {
  if (spec_.flow_control != EthernetSpec::FlowControl::credits) return;
  for (std::uint32_t i = 0; i < graph.ports(); ++i) {
    const auto port = static_cast<NetPortId>(i);
    if (!wires_.ports[port].owner_is_switch || wires_.ports[port].down) continue;
    const SharedBuffer& buffer = buffers_[index(wires_.ports[port].owner) - endpoints_];
    for (int priority = 0; priority < spec_.control_priority(); ++priority) {
      const std::int64_t known = wires_.credit(NetGraph::opposite(port), priority);
      const std::int64_t held = buffer.held(place_[port], priority) + buffer.owed(place_[port], priority);
      FS_CHECK(known + held == buffer.credit(),
               "credit was lost or made up on the cable of " + graph.node(wires_.ports[port].owner).name);
    }
  }
}

void EthernetSwitches::left(const NetPort::Sending& sent) {
  const NetNodeId at = wires_.ports[sent.ingress].owner;
  SharedBuffer& buffer = buffers_[index(at) - endpoints_];
  const std::size_t place = place_[sent.ingress];
  buffer.release(place, sent.priority, sent.bytes);
  if (!spec_.lossless(sent.priority)) return;
  if (spec_.flow_control == EthernetSpec::FlowControl::pfc) {
    if (buffer.goes_on(place, sent.priority)) tell(sent.ingress, sent.priority, NetPacket::Kind::pause, 0);
  } else if (const std::int64_t bytes = buffer.take_credit(place, sent.priority)) {
    tell(sent.ingress, sent.priority, NetPacket::Kind::credit, static_cast<std::uint64_t>(bytes));
  }
}

}  // namespace fs
