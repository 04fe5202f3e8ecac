// SPDX-License-Identifier: Apache-2.0
// By which ports a switch may send towards a NIC: all that lie on a shortest path.
#pragma once

#include <cstdint>
#include <vector>

#include "scale_out/topology/net_graph.hpp"

namespace fs {

/// A path set of one switch: `count` ports from `first` in the list of all.
struct PortGroup {
  std::uint32_t first = 0;
  std::uint32_t count = 0;
  std::uint32_t turn = 0;  ///< spraying: which is next; adaptive: where looking begins
};

/// Shortest in switches. From a leaf to another one every spine is as near, so all of them are a group; and no path
/// goes down and up again, so no cycle of waiting can arise in leaf-spine and Clos networks.
class NetRoutes {
 public:
  /// Throws std::invalid_argument where an endpoint does not have one link to a switch, or cannot be reached.
  explicit NetRoutes(const NetGraph& graph);
  /// Without these links, by their number; where no way is left, a group is empty.
  NetRoutes(const NetGraph& graph, const std::vector<bool>& without);

  /// The group of `at`, a switch, towards `target`.
  PortGroup& group(NetNodeId at, NodeId target) {
    const std::uint32_t edge = edge_of_[index(target)];
    return groups_[table_[(index(at) - endpoints_) * edges_ + edge]];
  }
  const PortGroup& group(NetNodeId at, NodeId target) const { return const_cast<NetRoutes*>(this)->group(at, target); }
  /// Whether `at` is the switch that `target` hangs on; then `port_to` is the way.
  bool is_home(NetNodeId at, NodeId target) const { return home_[index(target)] == at; }
  NetPortId port_to(NodeId target) const { return last_port_[index(target)]; }
  NetPortId port(const PortGroup& group, std::uint32_t i) const { return ports_[group.first + i]; }
  /// Switches on the way.
  int switches_between(NodeId from, NodeId to) const;

 private:
  void find(const NetGraph& graph, std::uint32_t edge, NetNodeId home, const std::vector<std::vector<NetPortId>>& ports,
            const std::vector<bool>& without);
  std::uint32_t group_of(std::size_t at, const std::vector<NetPortId>& ports);

  std::size_t endpoints_ = 0;
  std::size_t edges_ = 0;                // switches that endpoints hang on
  std::vector<std::uint32_t> edge_of_;   // by endpoint
  std::vector<NetNodeId> home_;          // by endpoint
  std::vector<NetPortId> last_port_;     // by endpoint: of its switch, to it
  std::vector<std::uint32_t> table_;     // by switch and edge: place in groups_
  std::vector<std::uint16_t> distance_;  // by switch and edge
  std::vector<PortGroup> groups_;
  std::vector<NetPortId> ports_;
  std::vector<std::vector<std::uint32_t>> groups_at_;  // by switch, to find equal ones while building
};

}  // namespace fs
