// SPDX-License-Identifier: Apache-2.0
// What NICs send, and what reaches them.
#include <algorithm>

#include "common/check.hpp"
#include "transport/through/through_network.hpp"

namespace fs {

/// Puts a flow in its NIC's line if it has something to send, or sees that it wakes in time.
void ThroughNetwork::refresh(FlowId id) {
  Flow& flow = *flows_[id];
  if (flow.in_line) return;
  const Femtoseconds ready = flow.transport.sender->ready_at(now_);
  if (ready <= now_) {
    flow.in_line = true;
    nics_[index(flow.source)].line.push(id);
  } else if (ready < flow.wakes_at) {
    flow.wakes_at = ready;
    at(ready, Kind::flow, id);
  }
}

/// Answers first; then flows in turn, of which those to other sites may have to wait for their gateway.
bool ThroughNetwork::next_packet(std::size_t gpu, WirePacket& packet) {
  Nic& nic = nics_[gpu];
  const std::size_t site = spec_.site_of[gpu];
  NicGate& gate = gateways_[site].gate;
  if (!nic.answers.empty()) {
    packet = nic.answers.pop();
    return true;
  }
  for (std::size_t tries = nic.line.size(); tries > 0; --tries) {
    const FlowId id = nic.line.pop();
    Flow& flow = *flows_[id];
    const bool away = site_of(flow.target) != site;
    const bool ready = flow.transport.sender->ready_at(now_) <= now_;
    if (ready && away && !gate.admits(nic.ticket, static_cast<std::uint32_t>(gpu))) {
      nic.line.push(id);
      continue;
    }
    const bool sends = ready && flow.transport.sender->poll(now_, packet);
    if (ready && !sends && away) gate.keep(nic.ticket);
    flow.in_line = false;
    refresh(id);
    if (sends) return true;
  }
  return false;
}

void ThroughNetwork::pump_nic(std::size_t gpu) {
  Nic& nic = nics_[gpu];
  if (nic.free_at > now_) return;
  WirePacket packet;
  if (next_packet(gpu, packet)) leave_nic(gpu, packet);
}

void ThroughNetwork::leave_nic(std::size_t gpu, const WirePacket& packet) {
  Nic& nic = nics_[gpu];
  const std::size_t site = spec_.site_of[gpu];
  nic.bytes.sent += packet.bytes;
  nic.free_at = now_ + nic_clocks_[site].end_of(packet.bytes);
  at(nic.free_at, Kind::nic, gpu);
  const NodeId target = goes_to(packet);
  if (site_of(target) == site) {
    at(nic.free_at, Kind::port, index(target), 1, packet);
  } else {
    at(nic.free_at + spec_.sites[site].nic.latency, Kind::gateway, site, 0, packet);
  }
}

void ThroughNetwork::reach_nic(std::size_t gpu, const WirePacket& packet) {
  nics_[gpu].bytes.received += packet.bytes;
  Flow& flow = *flows_[packet.flow];
  if (packet.kind == WirePacket::Kind::acknowledgement) {
    flow.transport.sender->acknowledged(now_, packet);
    for (const auto known = flow.transport.sender->known_complete(); flow.first_message < known;) {
      flow.messages.pop();
      ++flow.first_message;
    }
    refresh(packet.flow);
    return pump_nic(gpu);
  }
  TransportReceiver& receiver = *flow.transport.receiver;
  receiver.arrived(now_, packet);
  WirePacket answer;
  while (receiver.poll(now_, answer)) nics_[gpu].answers.push(answer);
  if (receiver.has_completed()) {
    for (const auto& done : receiver.take_completed()) complete(flow, done.message);
  }
  pump_nic(gpu);
}

void ThroughNetwork::complete(Flow& flow, std::int64_t number) {
  FS_CHECK(number >= flow.first_message, "a message was delivered after its sender knew of it");
  Message& message = flow.messages[static_cast<std::size_t>(number - flow.first_message)];
  FS_CHECK(!message.delivered, "a message was delivered twice");
  message.delivered = true;
  SiteTraffic& traffic = traffic_[site_of(flow.source) * spec_.sites.size() + site_of(flow.target)];
  ++traffic.delivered;
  traffic.bytes += static_cast<std::uint64_t>(message.posted.bytes.value());
  traffic.latency.add(now_ - message.at);
  traffic.last = now_;
  ++delivered_;
  const std::uint64_t id = message.posted.id;  // the sink may post, and messages move
  digest_.add(flow.source, id, now_, Outcome::delivered);
  sink_->delivered(id, now_);
}

}  // namespace fs
