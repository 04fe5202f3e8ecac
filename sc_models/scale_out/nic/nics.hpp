// SPDX-License-Identifier: Apache-2.0
// All NICs: messages to packets, who sends next, and what arrives.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "scale_out/fabric/wires.hpp"
#include "scale_out/nic/nic_spec.hpp"
#include "scale_out/nic/queue_pairs.hpp"

namespace fs {

struct NetMessage {
  std::uint64_t id = 0;
  NodeId source{};
  NodeId target{};
  std::int64_t bytes = 0;
  int priority = 0;
};

struct NicCounts {
  std::uint64_t delivered = 0;  ///< packets that reached a NIC, all kinds
  std::uint64_t data = 0;       ///< of these, data
  std::uint64_t marked = 0;     ///< of these, marked
  std::uint64_t notifications = 0;
  std::uint64_t posted = 0;  ///< messages
  std::uint64_t done = 0;    ///< messages
};

class Nics {
 public:
  using PathOf = QueuePairs::PathOf;
  Nics(const NetGraph& graph, const EthernetSpec& ethernet, const NicSpec& spec, PathOf path_of, Wires& wires);
  Nics(const Nics&) = delete;
  Nics& operator=(const Nics&) = delete;

  void post(const NetMessage& message, Femtoseconds now);

  // Events.
  void message_ready(std::uint32_t place);
  /// The message that has been delivered.
  NetMessage message_done(std::uint32_t place);
  void queue_pair_wakes(QueuePairId id);
  void rate_timer(QueuePairId id);
  void arrived(NetPortId port, NetPacketId handle);
  /// A switch has dropped it.
  void lost(const NetPacket& packet) {
    if (packet.queue_pair == QueuePairId::none) return;
    --pairs_[packet.queue_pair].in_network;
    pairs_[packet.queue_pair].lost_packets = true;
  }

  /// The next packet that a NIC has to send of a priority; none: nothing may be sent now.
  NetPacketId pull(NodeId nic, int priority);

  const NicCounts& counts() const { return counts_; }
  const QueuePairs& queue_pairs() const { return pairs_; }
  NetPortId port_of(NodeId nic) const { return ports_[nic]; }

 private:
  /// Puts it in line, or sees that it wakes in time; true: it is in line now.
  bool refresh(QueuePairId id);
  void refresh_and_serve(QueuePairId id);
  NetPacketId to_packet(QueuePairId id, QueuePair& pair, const WirePacket& wire);
  NetPacketId reply(QueuePairId id, QueuePair& pair, NetPacket::Kind kind);
  void data_arrived(QueuePairId id, const NetPacket& packet);
  void set_rate_timer(QueuePairId id, QueuePair& pair);
  std::uint32_t keep(const NetMessage& message);

  EthernetSpec ethernet_;
  NicSpec spec_;
  bool in_order_;  // messages of a queue pair complete in the order of posting
  Wires& wires_;
  IdVector<NodeId, NetPortId> ports_;
  std::vector<Ring<QueuePairId>> lines_;  // by NIC and priority: who may send
  QueuePairs pairs_;
  std::vector<NetMessage> kept_;  // messages whose event is on its way
  std::vector<std::uint32_t> kept_free_;
  NicCounts counts_;
};

}  // namespace fs
