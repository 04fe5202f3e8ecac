// SPDX-License-Identifier: Apache-2.0
#include "scale_out/fabric/wires.hpp"

#include <algorithm>

#include "common/check.hpp"
#include "scale_out/nic/nics.hpp"
#include "transport/gateway/pfc_headroom.hpp"

namespace fs {
namespace {

/// How long a neighbour may take to heed a pause.
Femtoseconds response_of(const EthernetSpec& spec, const NetLinkSpec& link) {
  if (spec.pause_response >= Femtoseconds(0)) return spec.pause_response;
  const double bytes = pfc_peer_response(static_cast<double>(link.rate.value()) * 1e-9);
  return ByteClock(link.rate.value(), 1).end_of(static_cast<std::int64_t>(bytes));
}

void push(NetPort::Queue& queue, NetPacketStore& packets, NetPacketId packet) {
  packets[packet].next = NetPacketId::none;
  if (queue.head == NetPacketId::none) {
    queue.head = packet;
  } else {
    packets[queue.tail].next = packet;
  }
  queue.tail = packet;
  queue.bytes += packets[packet].bytes;
}

}  // namespace

NetPacketId Wires::pop(NetPort::Queue& queue) {
  const NetPacketId packet = queue.head;
  queue.head = packets[packet].next;
  queue.bytes -= packets[packet].bytes;
  return packet;
}

Wires::Wires(const NetGraph& graph, const EthernetSpec& spec) : spec_(spec) {
  ports.resize(graph.ports());
  counts.resize(graph.ports());
  queued_ = IdVector<NetPortId, std::int64_t>(graph.ports(), 0);
  for (std::uint32_t i = 0; i < graph.ports(); ++i) {
    const auto id = static_cast<NetPortId>(i);
    const NetLinkSpec& link = graph.link_of(id);
    NetPort& port = ports[id];
    port.clock = ByteClock(link.rate.value(), 1);
    port.latency = link.latency();
    port.owner = graph.owner(id);
    port.owner_is_switch = graph.node(port.owner).is_switch;
    port.other_is_switch = graph.node(graph.owner(NetGraph::opposite(id))).is_switch;
    port.decides_after = spec.latency;
    if (spec.forwarding == EthernetSpec::Forwarding::cut_through) {
      port.decides_after = std::max(spec.latency, port.clock.end_of(spec.header));
    }
    port.control_after = response_of(spec, link);
    for (std::size_t p = 0; p < spec.weights.size(); ++p) port.quota[p] = spec.weights[p] * spec.mtu;
  }
  if (spec.flow_control == EthernetSpec::FlowControl::credits) {
    credit_.assign(graph.ports() * most_priorities, Femtoseconds::max().value() / 2);
  }
}

void Wires::enqueue(NetPortId id, NetPacketId packet) {
  NetPort& port = ports[id];
  const NetPacket& what = packets[packet];
  push(port.queues[what.priority], packets, packet);
  port.filled = static_cast<std::uint8_t>(port.filled | 1U << what.priority);
  queued_[id] += what.bytes;
  ++in_queues_;
  NetPortCounts& count = counts[id];
  count.queue_high_water = std::max(count.queue_high_water, port.queues[what.priority].bytes);
  if (!port.busy) serve(id);
}

void Wires::enqueue_control(NetPortId id, NetPacketId packet) {
  push(ports[id].control, packets, packet);
  ++in_queues_;
  if (!ports[id].busy) serve(id);
}

void Wires::wake_at(NetPort& port, NetPortId id, Femtoseconds time) {
  if (port.wakes_at <= time) return;
  port.wakes_at = time;
  events.push(time, NetEventKind::port_wakes, static_cast<std::uint32_t>(id));
}

/// Cut-through into a faster wire waits until the packet's end can follow without a gap.
NetPacketId Wires::from_queue(NetPort& port, NetPortId id, int priority) {
  NetPort::Queue& queue = port.queues[static_cast<std::size_t>(priority)];
  const NetPacket& head = packets[queue.head];
  if (!has_credit(id, priority, head.bytes)) return NetPacketId::none;
  if (port.owner_is_switch) {
    const Femtoseconds earliest = head.tail + spec_.latency - port.clock.end_of(head.bytes);
    if (earliest > now) {
      wake_at(port, id, earliest);
      return NetPacketId::none;
    }
  }
  const NetPacketId packet = pop(queue);
  if (queue.head == NetPacketId::none) port.filled = static_cast<std::uint8_t>(port.filled & ~(1U << priority));
  queued_[id] -= packets[packet].bytes;
  --in_queues_;
  return packet;
}

NetPacketId Wires::next_packet(NetPort& port, NetPortId id) {
  if (port.control.head != NetPacketId::none) {
    --in_queues_;
    return pop(port.control);
  }
  unsigned ready = port.filled & ~static_cast<unsigned>(port.paused);
  const int control = spec_.control_priority();
  if ((ready >> control & 1U) != 0) {
    const NetPacketId packet = from_queue(port, id, control);
    if (packet != NetPacketId::none) return packet;
    ready &= ~(1U << control);
  }
  return next_data(port, id, ready);
}

/// Priorities take turns, by packet or by weight.
NetPacketId Wires::next_data(NetPort& port, NetPortId id, unsigned ready) {
  while (ready != 0) {
    const unsigned behind = ready & ~((1U << port.turn) - 1U);
    const int priority = __builtin_ctz(behind != 0 ? behind : ready);
    const NetPacketId packet = from_queue(port, id, priority);
    if (packet != NetPacketId::none) {
      take_turn(port, priority, packets[packet].bytes);
      return packet;
    }
    ready &= ~(1U << priority);
  }
  if (port.owner_is_switch) return NetPacketId::none;
  const int control = spec_.control_priority();
  for (int tries = 0; tries < control; ++tries) {
    const int priority = (port.turn + tries) % control;
    if ((port.paused >> priority & 1U) != 0 || !has_credit(id, priority, spec_.mtu)) continue;
    const NetPacketId packet = nics_->pull(static_cast<NodeId>(port.owner), priority);
    if (packet == NetPacketId::none) continue;
    take_turn(port, priority, packets[packet].bytes);
    port.turn = static_cast<std::uint8_t>(port.turn % control);
    return packet;
  }
  return NetPacketId::none;
}

void Wires::serve(NetPortId id) {
  NetPort& port = ports[id];
  if (port.busy) return;
  const NetPacketId packet = next_packet(port, id);
  if (packet != NetPacketId::none) transmit(port, id, packet);
}

void Wires::transmit(NetPort& port, NetPortId id, NetPacketId packet) {
  NetPacket& what = packets[packet];
  if (port.free_at < now) {
    port.busy_since = now;
    port.busy_bytes = 0;
  }
  port.busy = true;
  port.busy_bytes += what.bytes;
  port.free_at = port.busy_since + port.clock.end_of(port.busy_bytes);
  port.sending = {what.ingress, what.bytes, what.priority};
  NetPortCounts& count = counts[id];
  ++count.packets;
  count.bytes += what.bytes;
  ++hops_;
  if (port.down) return into_the_dark(port, id, packet);
  ++on_the_wire_;
  if (!credit_.empty() && spec_.lossless(what.priority)) credit_at(id, what.priority) -= what.bytes;
  events.push(port.free_at, NetEventKind::wire_free, static_cast<std::uint32_t>(id));
  what.tail = port.free_at + port.latency;
  const auto there = static_cast<std::uint32_t>(NetGraph::opposite(id));
  const auto handle = static_cast<std::uint32_t>(packet);
  if (what.kind == NetPacket::Kind::pause) {
    events.push(what.tail + port.control_after, NetEventKind::control_acts, there, handle);
  } else if (what.kind == NetPacket::Kind::credit) {
    events.push(what.tail, NetEventKind::control_acts, there, handle);
  } else if (!port.other_is_switch) {
    events.push(what.tail, NetEventKind::packet_arrives, there, handle);
  } else if (spec_.forwarding == EthernetSpec::Forwarding::cut_through) {
    events.push(now + port.latency + port.decides_after, NetEventKind::switch_decides, there, handle);
  } else {
    events.push(what.tail + port.decides_after, NetEventKind::switch_decides, there, handle);
  }
}

void Wires::drop(NetPortId where, NetPacketId packet, NetDrop cause) {
  ++counts[where].dropped[static_cast<std::size_t>(cause)];
  nics_->lost(packets[packet]);
  packets.destroy(packet);
}

void Wires::cut(NetPortId id) {
  NetPort& port = ports[id];
  port.down = true;
  port.cut_at = now;
  if (port.paused != 0) counts[id].paused += now - counts[id].paused_since;
  port.paused = 0;
  serve(id);
}

bool Wires::begun_before(NetPortId in, NetPacketId packet, Femtoseconds time) const {
  const NetPort& port = ports[NetGraph::opposite(in)];
  const NetPacket& what = packets[packet];
  return what.tail - port.latency - port.clock.end_of(what.bytes) < time;
}

bool Wires::lost_on_the_way(NetPortId in, NetPacketId packet) {
  const NetPortId from = NetGraph::opposite(in);
  const NetPort& port = ports[from];
  if (port.cut_at < Femtoseconds(0) || !begun_before(in, packet, port.cut_at)) return false;
  const NetPacket& what = packets[packet];
  const bool flow_control = what.kind == NetPacket::Kind::pause || what.kind == NetPacket::Kind::credit;
  if (!flow_control && what.tail <= port.cut_at) return false;  // it is off the cable: the switch looks at it
  drop(from, packet, NetDrop::link_down);
  return true;
}

/// The wire is busy with it, and nothing comes of it.
void Wires::into_the_dark(NetPort& port, NetPortId id, NetPacketId packet) {
  events.push(port.free_at, NetEventKind::wire_free, static_cast<std::uint32_t>(id));
  drop(id, packet, NetDrop::link_down);
}

void Wires::pause(NetPortId id, int priority, bool stop) {
  NetPort& port = ports[id];
  NetPortCounts& count = counts[id];
  const unsigned bit = 1U << priority;
  if (stop) {
    if (port.paused == 0) count.paused_since = now;
    port.paused = static_cast<std::uint8_t>(port.paused | bit);
    ++count.pauses;
    return;
  }
  if (port.paused == bit) count.paused += now - count.paused_since;
  port.paused = static_cast<std::uint8_t>(port.paused & ~bit);
  serve(id);
}

}  // namespace fs
