// SPDX-License-Identifier: Apache-2.0
// All switches: where a packet goes on, whether it finds room, whether it is marked, and flow control.
#pragma once

#include <cstdint>
#include <vector>

#include "common/random.hpp"
#include "scale_out/fabric/shared_buffer.hpp"
#include "scale_out/fabric/wires.hpp"
#include "scale_out/topology/net_routes.hpp"

namespace fs {

class EthernetSwitches {
 public:
  /// Throws std::invalid_argument where buffers are too small, naming the switch.
  EthernetSwitches(const NetGraph& graph, const EthernetSpec& spec, NetRoutes& routes, Wires& wires,
                   std::uint64_t seed);

  /// A packet that came in by `port` goes to its queue, or is dropped.
  void decide(NetPortId in, NetPacketId id);
  /// What `port` was sending has left: its room is free.
  void left(const NetPort::Sending& sent);
  /// The cable at `port` carries again.
  void mended(NetPortId port);
  /// All that a switch holds is lost, and what it has told its neighbours. Its cables have to be cut as well.
  void die(NetNodeId node);
  /// Whether a packet that comes in by `port` was in a switch when that died; then it is gone.
  bool lost_inside(NetPortId in, NetPacketId packet);
  /// Throws InvariantError unless a neighbour's credit, with nothing under way, is what there is room for.
  void check_credits(const NetGraph& graph) const;

  const SharedBuffer& buffer(NetNodeId node) const { return buffers_[index(node) - endpoints_]; }
  std::size_t endpoints() const { return endpoints_; }
  std::size_t size() const { return buffers_.size(); }
  /// Headroom of a port: what is given, or what its length and rate need.
  static std::int64_t headroom_for(const EthernetSpec& spec, const NetLinkSpec& link);

 private:
  NetPortId choose(NetNodeId at, const NetPacket& packet);
  void mark(NetPortId out, NetPacket& packet);
  void tell(NetPortId port, int priority, NetPacket::Kind kind, std::uint64_t value);

  EthernetSpec spec_;
  NetRoutes& routes_;
  Wires& wires_;
  std::size_t endpoints_;
  std::vector<SharedBuffer> buffers_;         // by switch
  std::vector<Femtoseconds> died_at_;         // by switch: the last time; negative: never
  std::vector<std::uint64_t> salts_;          // by switch: two levels must not hash alike
  IdVector<NetPortId, std::uint32_t> place_;  // of a port among its switch's
  IdVector<NetPortId, RandomStream> mark_draws_;
};

}  // namespace fs
