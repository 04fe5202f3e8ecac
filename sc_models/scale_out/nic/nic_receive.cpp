// SPDX-License-Identifier: Apache-2.0
// What arrives at a NIC, and what it answers.
#include "common/check.hpp"
#include "common/random.hpp"
#include "scale_out/nic/nics.hpp"

namespace fs {

void Nics::arrived(NetPortId port, NetPacketId handle) {
  const NetPacket packet = wires_.packets[handle];
  wires_.packets.destroy(handle);
  ++counts_.delivered;
  FS_CHECK(ports_[packet.target] == port, "a packet at a NIC that it was not meant for");
  const QueuePairId id = packet.queue_pair;
  QueuePair& pair = pairs_[id];
  --pair.in_network;
  switch (packet.kind) {
    case NetPacket::Kind::data:
    case NetPacket::Kind::probe:
      data_arrived(id, packet);
      break;
    case NetPacket::Kind::acknowledgement: {
      WirePacket wire;
      wire.number = packet.number;
      wire.sequence = packet.sequence;
      wire.kind = WirePacket::Kind::acknowledgement;
      pair.transport.sender->acknowledged(wires_.now, wire);
      for (const auto known = pair.transport.sender->known_complete(); pair.first_message < known;) {
        pair.messages.pop();
        ++pair.first_message;
      }
      refresh_and_serve(id);
      break;
    }
    case NetPacket::Kind::congestion_notification:
      pair.rate.notified(wires_.now);
      set_rate_timer(id, pair);
      break;
    case NetPacket::Kind::pause:
    case NetPacket::Kind::credit:
      FS_CHECK(false, "flow control between neighbours does not get here");
  }
  pairs_.settle(id, wires_.now);
}

void Nics::data_arrived(QueuePairId id, const NetPacket& packet) {
  QueuePair& pair = pairs_[id];
  WirePacket wire;
  wire.number = packet.number;
  wire.sequence = packet.sequence;
  wire.bytes = packet.bytes;
  wire.kind = packet.kind == NetPacket::Kind::data ? WirePacket::Kind::data : WirePacket::Kind::probe;
  counts_.data += packet.kind == NetPacket::Kind::data ? 1 : 0;
  TransportReceiver& receiver = *pair.transport.receiver;
  receiver.arrived(wires_.now, wire);
  if (receiver.has_completed()) {
    for (const auto& done : receiver.take_completed()) {
      FS_CHECK(done.message >= pair.first_message, "a message was delivered after its sender knew of it");
      auto& message = pair.messages[static_cast<std::size_t>(done.message - pair.first_message)];
      FS_CHECK(!message.delivered, "a message was delivered twice");
      FS_CHECK(!in_order_ || done.message == pair.delivered, "a message was delivered out of its turn");
      message.delivered = true;
      ++pair.delivered;
      wires_.events.push(wires_.now + spec_.receive_latency, NetEventKind::message_done,
                         keep({message.id, pair.source, pair.target, message.bytes, pair.priority}));
    }
  }
  if (packet.marked) {
    ++counts_.marked;
    const bool quiet = pair.notified < Femtoseconds(0) || wires_.now - pair.notified >= spec_.congestion.notify_every;
    if (spec_.dcqcn && quiet) {
      pair.notified = wires_.now;
      ++counts_.notifications;
      wires_.enqueue(ports_[pair.target], reply(id, pair, NetPacket::Kind::congestion_notification));
    }
  }
  while (receiver.poll(wires_.now, wire)) {
    const NetPacketId answer = reply(id, pair, NetPacket::Kind::acknowledgement);
    wires_.packets[answer].number = wire.number;
    wires_.packets[answer].sequence = wire.sequence;
    wires_.enqueue(ports_[pair.target], answer);
  }
}

/// From the receiver to the sender.
NetPacketId Nics::reply(QueuePairId id, QueuePair& pair, NetPacket::Kind kind) {
  const NetPacketId handle = wires_.packets.create();
  NetPacket& packet = wires_.packets[handle];
  ++pair.in_network;
  packet.kind = kind;
  packet.queue_pair = id;
  packet.target = pair.source;
  packet.flow = mix64(pair.flow);
  packet.priority = static_cast<std::uint8_t>(ethernet_.control_priority());
  packet.bytes = shortest_frame;
  return handle;
}

}  // namespace fs
