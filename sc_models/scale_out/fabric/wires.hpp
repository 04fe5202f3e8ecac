// SPDX-License-Identifier: Apache-2.0
// All ports and wires: queues towards a link, who is next, and the packet's way to the other end.
#pragma once

#include <cstdint>
#include <vector>

#include "scale_out/engine/event_queue.hpp"
#include "scale_out/fabric/net_port.hpp"

namespace fs {

class Nics;

/// Shared by switches and NICs; owned by the network.
class Wires {
 public:
  Wires(const NetGraph& graph, const EthernetSpec& spec);

  EventQueue events;
  NetPacketStore packets;
  IdVector<NetPortId, NetPort> ports;
  IdVector<NetPortId, NetPortCounts> counts;
  Femtoseconds now{0};

  /// Whom to ask for what NICs have to send.
  void serve_nics(Nics& nics) { nics_ = &nics; }
  /// Behind what else of its priority waits there.
  void enqueue(NetPortId id, NetPacketId packet);
  /// Before everything else.
  void enqueue_control(NetPortId id, NetPacketId packet);
  /// Sends what is next, if the wire is free and there is anything that may go.
  void serve(NetPortId id);
  /// The other end stops a priority, or lets it go on.
  void pause(NetPortId id, int priority, bool stop);
  /// Credits: what the other end has room for; without, all is let go.
  void grant(NetPortId port, int priority, std::int64_t bytes) { credit_at(port, priority) += bytes; }
  std::int64_t credit(NetPortId port, int priority) const {
    return credit_[index(port) * most_priorities + static_cast<std::size_t>(priority)];
  }
  void limit_by_credit(NetPortId port, int priority, std::int64_t bytes) { credit_at(port, priority) = bytes; }

  std::int64_t queued(NetPortId port) const { return queued_[port]; }
  std::uint64_t on_the_wire() const { return on_the_wire_; }
  std::uint64_t in_queues() const { return in_queues_; }
  std::uint64_t hops() const { return hops_; }
  /// Has the port and the packet of an event brought into the cache.
  void fetch(const NetEvent& event) const {
    if (event.kind() > NetEventKind::port_wakes) return;
    const char* port = reinterpret_cast<const char*>(&ports[static_cast<NetPortId>(event.a)]);
    __builtin_prefetch(port);
    __builtin_prefetch(port + 64);
    __builtin_prefetch(port + 128);
    if (event.kind() <= NetEventKind::control_acts) __builtin_prefetch(&packets[static_cast<NetPacketId>(event.b)]);
  }
  /// It ends here.
  void drop(NetPortId where, NetPacketId packet, NetDrop cause);
  /// One direction of a cable is cut, or mended. What is on it is lost, and what is sent into it: its sender goes on as
  /// if nothing were, until somebody sends packets another way. A pause that it had been told is void.
  void cut(NetPortId id);
  void mend(NetPortId port) { ports[port].down = false; }
  /// Whether a packet that now comes in by `port` was on its cable when that was cut; then it is gone. Flow control
  /// that had arrived and had not been heeded is void, too.
  bool lost_on_the_way(NetPortId in, NetPacketId packet);
  /// Whether a packet that now comes in by `port` had begun to be sent when `time` came.
  bool begun_before(NetPortId in, NetPacketId packet, Femtoseconds time) const;
  /// All that waits at a port is lost; `each` is told of every packet before it is gone.
  template <class F>
  void lose_queues(NetPortId id, NetDrop cause, F&& each);
  /// It has arrived at the other end.
  void landed() { --on_the_wire_; }

 private:
  NetPacketId pop(NetPort::Queue& queue);
  NetPacketId next_packet(NetPort& port, NetPortId id);
  NetPacketId next_data(NetPort& port, NetPortId id, unsigned ready);
  /// A priority has sent so many bytes: its turn ends, by packet or by weight.
  void take_turn(NetPort& port, int priority, std::int64_t bytes) {
    const auto place = static_cast<std::size_t>(priority);
    port.turn = static_cast<std::uint8_t>(priority + 1);
    if (spec_.weights[place] == 0) return;
    port.quota[place] -= bytes;
    if (port.quota[place] > 0) {
      port.turn = static_cast<std::uint8_t>(priority);
    } else {
      port.quota[place] += spec_.weights[place] * spec_.mtu;
    }
  }
  NetPacketId from_queue(NetPort& port, NetPortId id, int priority);
  bool has_credit(NetPortId port, int priority, std::int64_t bytes) const {
    return credit_.empty() || ports[port].down ||
           credit_[index(port) * most_priorities + static_cast<std::size_t>(priority)] >= bytes;
  }
  std::int64_t& credit_at(NetPortId port, int priority) {
    return credit_[index(port) * most_priorities + static_cast<std::size_t>(priority)];
  }
  void transmit(NetPort& port, NetPortId id, NetPacketId packet);
  void into_the_dark(NetPort& port, NetPortId id, NetPacketId packet);
  void wake_at(NetPort& port, NetPortId id, Femtoseconds time);

  EthernetSpec spec_;
  Nics* nics_ = nullptr;
  IdVector<NetPortId, std::int64_t> queued_;  // by port: apart, for adaptive choice looks at many
  std::vector<std::int64_t> credit_;          // by port and priority; empty: no credits
  std::uint64_t on_the_wire_ = 0;
  std::uint64_t in_queues_ = 0;
  std::uint64_t hops_ = 0;
};

template <class F>
void Wires::lose_queues(NetPortId id, NetDrop cause, F&& each) {
  NetPort& port = ports[id];
  const auto lose = [&](NetPort::Queue& queue, bool counted) {
    while (queue.head != NetPacketId::none) {
      const NetPacketId packet = pop(queue);
      --in_queues_;
      if (counted) queued_[id] -= packets[packet].bytes;
      each(packets[packet]);
      drop(id, packet, cause);
    }
  };
  for (auto& queue : port.queues) lose(queue, true);
  lose(port.control, false);
  port.filled = 0;
}

}  // namespace fs
