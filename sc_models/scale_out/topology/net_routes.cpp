// SPDX-License-Identifier: Apache-2.0
#include "scale_out/topology/net_routes.hpp"

#include <algorithm>
#include <map>
#include <stdexcept>

namespace fs {

namespace {
constexpr std::uint16_t unreached = 0xffff;
}

NetRoutes::NetRoutes(const NetGraph& graph) : NetRoutes(graph, {}) {}

NetRoutes::NetRoutes(const NetGraph& graph, const std::vector<bool>& without) : endpoints_(graph.endpoints) {
  if (!without.empty()) groups_.emplace_back();  // what the table points to where no way leads
  const auto ports = graph.ports_by_node();
  std::map<NetNodeId, std::uint32_t> edges;
  std::vector<NetNodeId> homes;
  for (std::size_t i = 0; i < endpoints_; ++i) {
    if (ports[i].size() != 1) throw std::invalid_argument(graph.nodes[i].name + " must have one link");
    const NetPortId to_it = NetGraph::opposite(ports[i].front());
    const NetNodeId home = graph.owner(to_it);
    if (!graph.node(home).is_switch) throw std::invalid_argument(graph.nodes[i].name + " must hang on a switch");
    const auto [place, is_new] = edges.emplace(home, static_cast<std::uint32_t>(edges.size()));
    if (is_new) homes.push_back(home);
    edge_of_.push_back(place->second);
    home_.push_back(home);
    last_port_.push_back(to_it);
  }
  edges_ = homes.size();
  const std::size_t switches = graph.nodes.size() - endpoints_;
  table_.assign(switches * edges_, 0);
  distance_.assign(switches * edges_, unreached);
  groups_at_.resize(switches);
  for (std::uint32_t edge = 0; edge < edges_; ++edge) find(graph, edge, homes[edge], ports, without);
  for (const NetNodeId from : homes) {
    for (std::uint32_t edge = 0; edge < edges_; ++edge) {
      if (!without.empty() || distance_[(index(from) - endpoints_) * edges_ + edge] != unreached) continue;
      throw std::invalid_argument("no way from " + graph.node(from).name + " to " + graph.node(homes[edge]).name);
    }
  }
  groups_at_.clear();
}

void NetRoutes::find(const NetGraph& graph, std::uint32_t edge, NetNodeId home,
                     const std::vector<std::vector<NetPortId>>& ports, const std::vector<bool>& without) {
  const auto distance = [&](NetNodeId node) -> std::uint16_t& {
    return distance_[(index(node) - endpoints_) * edges_ + edge];
  };
  std::vector<NetNodeId> order{home};
  distance(home) = 0;
  for (std::size_t next = 0; next < order.size(); ++next) {
    const NetNodeId at = order[next];
    std::vector<NetPortId> nearer;
    for (const NetPortId port : ports[index(at)]) {
      const NetNodeId other = graph.owner(NetGraph::opposite(port));
      if (!graph.node(other).is_switch || (!without.empty() && without[index(port) / 2])) continue;
      if (distance(other) == unreached) {
        distance(other) = static_cast<std::uint16_t>(distance(at) + 1);
        order.push_back(other);
      } else if (distance(other) + 1 == distance(at)) {
        nearer.push_back(port);
      }
    }
    if (at != home) table_[(index(at) - endpoints_) * edges_ + edge] = group_of(index(at) - endpoints_, nearer);
  }
}

/// Equal groups of one switch are one: they share their turn, too.
std::uint32_t NetRoutes::group_of(std::size_t at, const std::vector<NetPortId>& ports) {
  for (const std::uint32_t known : groups_at_[at]) {
    const PortGroup& group = groups_[known];
    if (group.count == ports.size() && std::equal(ports.begin(), ports.end(), ports_.begin() + group.first)) {
      return known;
    }
  }
  groups_at_[at].push_back(static_cast<std::uint32_t>(groups_.size()));
  groups_.push_back({static_cast<std::uint32_t>(ports_.size()), static_cast<std::uint32_t>(ports.size()), 0});
  ports_.insert(ports_.end(), ports.begin(), ports.end());
  return groups_at_[at].back();
}

int NetRoutes::switches_between(NodeId from, NodeId to) const {
  return 1 + distance_[(index(home_[index(from)]) - endpoints_) * edges_ + edge_of_[index(to)]];
}

}  // namespace fs
