// SPDX-License-Identifier: Apache-2.0
#include "scale_out/nic/nics.hpp"

#include <algorithm>

#include "common/check.hpp"

namespace fs {

Nics::Nics(const NetGraph& graph, const EthernetSpec& ethernet, const NicSpec& spec, PathOf path_of, Wires& wires)
    : ethernet_(ethernet),
      spec_(spec),
      in_order_(spec.transport.in_order || spec.transport.kind == TransportSpec::Kind::go_back_n),
      wires_(wires),
      ports_(graph.endpoints, NetPortId::none),
      lines_(graph.endpoints * static_cast<std::size_t>(ethernet.control_priority())),
      pairs_(spec, std::move(path_of)) {
  const auto ports = graph.ports_by_node();
  for (std::size_t nic = 0; nic < graph.endpoints; ++nic) ports_[static_cast<NodeId>(nic)] = ports[nic].front();
  wires.serve_nics(*this);
}

std::uint32_t Nics::keep(const NetMessage& message) {
  if (kept_free_.empty()) {
    kept_.push_back(message);
    return static_cast<std::uint32_t>(kept_.size() - 1);
  }
  const std::uint32_t place = kept_free_.back();
  kept_free_.pop_back();
  kept_[place] = message;
  return place;
}

void Nics::post(const NetMessage& message, Femtoseconds now) {
  FS_CHECK(message.source != message.target && message.bytes >= 1, "a message goes to another NIC and holds something");
  ++counts_.posted;
  wires_.events.push(now + spec_.send_latency, NetEventKind::message_ready, keep(message));
}

void Nics::message_ready(std::uint32_t place) {
  const NetMessage message = kept_[place];
  kept_free_.push_back(place);
  const QueuePairId id = pairs_.find(message.source, message.target, message.priority);
  QueuePair& pair = pairs_[id];
  pair.messages.push({message.id, message.bytes, false});
  pair.transport.sender->submit(message.bytes);
  refresh_and_serve(id);
}

NetMessage Nics::message_done(std::uint32_t place) {
  kept_free_.push_back(place);
  ++counts_.done;
  return kept_[place];
}

bool Nics::refresh(QueuePairId id) {
  QueuePair& pair = pairs_[id];
  if (pair.ready) return true;
  const Femtoseconds wanted = std::max(pair.transport.sender->ready_at(wires_.now), pair.paced);
  if (wanted <= wires_.now) {
    pair.ready = true;
    const std::size_t line =
        index(pair.source) * static_cast<std::size_t>(ethernet_.control_priority()) + pair.priority;
    lines_[line].push(id);
    return true;
  }
  if (wanted < pair.wakes_at) {
    pair.wakes_at = wanted;
    wires_.events.push(wanted, NetEventKind::queue_pair_wakes, static_cast<std::uint32_t>(id));
  }
  return false;
}

void Nics::refresh_and_serve(QueuePairId id) {
  if (refresh(id)) wires_.serve(ports_[pairs_[id].source]);
}

void Nics::queue_pair_wakes(QueuePairId id) {
  QueuePair* pair = pairs_.find(id);
  if (pair == nullptr || pair->wakes_at != wires_.now) return;  // given up, or an earlier one was asked for since
  pair->wakes_at = Femtoseconds::max();
  refresh_and_serve(id);
}

NetPacketId Nics::pull(NodeId nic, int priority) {
  auto& line =
      lines_[index(nic) * static_cast<std::size_t>(ethernet_.control_priority()) + static_cast<std::size_t>(priority)];
  while (!line.empty()) {
    const QueuePairId id = line.pop();
    QueuePair& pair = pairs_[id];
    pair.ready = false;
    WirePacket wire;
    const bool sends = pair.paced <= wires_.now && pair.transport.sender->poll(wires_.now, wire);
    const NetPacketId packet = sends ? to_packet(id, pair, wire) : NetPacketId::none;
    const bool again = refresh(id);
    if (sends) return packet;
    FS_CHECK(!again, "a queue pair that is ready has something to send");
  }
  return NetPacketId::none;
}

NetPacketId Nics::to_packet(QueuePairId id, QueuePair& pair, const WirePacket& wire) {
  const NetPacketId handle = wires_.packets.create();
  NetPacket& packet = wires_.packets[handle];
  ++pair.in_network;
  packet.number = wire.number;
  packet.sequence = wire.sequence;
  packet.queue_pair = id;
  packet.target = pair.target;
  packet.flow = pair.flow;
  packet.priority = pair.priority;
  if (wire.kind == WirePacket::Kind::probe) {
    packet.kind = NetPacket::Kind::probe;
    packet.bytes = shortest_frame;
  } else {
    // The last packet of a message is as long as what is left.
    const auto& group = pair.transport.messages->group_of(wire.sequence);
    const auto place = static_cast<std::int64_t>(wire.sequence - group.first);
    const auto& message = pair.messages[static_cast<std::size_t>(group.message - pair.first_message)];
    const std::int64_t rest = std::min(spec_.transport.payload, message.bytes - place * spec_.transport.payload);
    packet.bytes = std::max(shortest_frame, static_cast<std::uint32_t>(rest + spec_.transport.header));
  }
  if (spec_.dcqcn && pair.rate.limited()) {
    pair.paced = std::max(pair.paced, wires_.now) + pair.rate.pace(packet.bytes);
    pair.rate.sent(packet.bytes);
  }
  return handle;
}

void Nics::rate_timer(QueuePairId id) {
  QueuePair* pair = pairs_.find(id);
  if (pair == nullptr || pair->rate_wakes_at != wires_.now) return;
  pair->rate_wakes_at = Femtoseconds::max();
  if (pair->rate.next_timer() <= wires_.now) pair->rate.timer(wires_.now);
  set_rate_timer(id, *pair);
}

void Nics::set_rate_timer(QueuePairId id, QueuePair& pair) {
  const Femtoseconds due = pair.rate.next_timer();
  if (due >= pair.rate_wakes_at) return;
  pair.rate_wakes_at = due;
  wires_.events.push(due, NetEventKind::rate_timer, static_cast<std::uint32_t>(id));
}

}  // namespace fs
