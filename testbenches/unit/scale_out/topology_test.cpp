// SPDX-License-Identifier: Apache-2.0
#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <stdexcept>

#include "networks.hpp"

namespace fs::test {
namespace {

NetNodeId node_named(const NetGraph& graph, const std::string& name) {
  for (std::size_t i = 0; i < graph.nodes.size(); ++i) {
    if (graph.nodes[i].name == name) return static_cast<NetNodeId>(i);
  }
  throw std::out_of_range(name);
}

std::set<std::string> next_hops(const NetGraph& graph, const NetRoutes& routes, const std::string& at, int target) {
  const PortGroup& group = routes.group(node_named(graph, at), static_cast<NodeId>(target));
  std::set<std::string> names;
  for (std::uint32_t i = 0; i < group.count; ++i) {
    names.insert(graph.node(graph.owner(NetGraph::opposite(routes.port(group, i)))).name);
  }
  return names;
}

TEST(Topology, EverySpineIsAWayToAnotherLeaf) {
  const NetGraph graph = make_topology(leaf_spine(16, 4, 3).topology);
  const NetRoutes routes(graph);
  EXPECT_EQ(next_hops(graph, routes, "leaf0", 15), (std::set<std::string>{"spine0", "spine1", "spine2"}));
  EXPECT_EQ(next_hops(graph, routes, "spine1", 15), (std::set<std::string>{"leaf3"}));
  EXPECT_TRUE(routes.is_home(node_named(graph, "leaf3"), static_cast<NodeId>(15)));
  EXPECT_EQ(routes.switches_between(static_cast<NodeId>(0), static_cast<NodeId>(3)), 1);
  EXPECT_EQ(routes.switches_between(static_cast<NodeId>(0), static_cast<NodeId>(4)), 3);
}

TEST(Topology, RailsPutEqualGpusOfAllDomainsOnOneLeaf) {
  NetTopologySpec spec = leaf_spine(512, 64, 8).topology;
  spec.placement = NetTopologySpec::Placement::rails;
  spec.domain = 64;
  for (int nic = 0; nic < 512; ++nic) EXPECT_EQ(leaf_of(spec, nic), nic % 64);
  spec.leaves = 8;  // eight neighbouring rails a leaf
  EXPECT_EQ(leaf_of(spec, 7), 0);
  EXPECT_EQ(leaf_of(spec, 64 + 63), 7);
}

TEST(Topology, Clos3KeepsAPodsTrafficInIt) {
  ScaleOutSpec spec = leaf_spine(32, 8, 2);
  spec.topology.kind = NetTopologySpec::Kind::clos3;
  spec.topology.pods = 4;
  spec.topology.cores = 3;
  const NetGraph graph = make_topology(spec.topology);
  const NetRoutes routes(graph);
  // NICs 0-3 on leaf0, 4-7 on leaf1 of the same pod, 8 on leaf2 of the next.
  EXPECT_EQ(routes.switches_between(static_cast<NodeId>(0), static_cast<NodeId>(4)), 3);
  EXPECT_EQ(routes.switches_between(static_cast<NodeId>(0), static_cast<NodeId>(8)), 5);
  EXPECT_EQ(next_hops(graph, routes, "leaf0", 31), (std::set<std::string>{"spine0", "spine1"}));
  EXPECT_EQ(next_hops(graph, routes, "spine1", 31), (std::set<std::string>{"core3", "core4", "core5"}));
  EXPECT_EQ(next_hops(graph, routes, "core3", 31), (std::set<std::string>{"spine7"}));
  EXPECT_EQ(std::count_if(graph.nodes.begin(), graph.nodes.end(), [](const NetNode& n) { return n.is_switch; }),
            8 + 8 + 6);
}

TEST(Topology, ExtraEndpointsStandOnALeafOfTheirOwn) {
  ScaleOutSpec spec = leaf_spine(8, 2, 2);
  spec.topology.extra = {{"gateway", {BitsPerSecond(1'600'000'000'000), nanoseconds(500), nanoseconds(0)}}};
  const NetGraph graph = make_topology(spec.topology);
  const NetRoutes routes(graph);
  EXPECT_EQ(graph.endpoints, 9U);
  EXPECT_EQ(next_hops(graph, routes, "leaf0", 8), (std::set<std::string>{"spine0", "spine1"}));
  EXPECT_EQ(next_hops(graph, routes, "spine0", 8), (std::set<std::string>{"border"}));
  EXPECT_GT(time_of(spec, static_cast<NodeId>(8), static_cast<NodeId>(0), 100), nanoseconds(500));
}

TEST(Topology, NamesItsPorts) {
  ScaleOutSpec spec = leaf_spine(4, 2, 1);
  spec.topology.uplinks = 2;
  const auto names = make_topology(spec.topology).port_names();
  EXPECT_EQ(names[0], "nic0->leaf0");
  EXPECT_EQ(names[1], "leaf0->nic0");
  EXPECT_EQ(names[8], "leaf0->spine0");
  EXPECT_EQ(names[10], "leaf0->spine0#1");
}

TEST(Topology, SaysWhatDoesNotDivide) {
  NetTopologySpec spec = leaf_spine(10, 4, 2).topology;
  EXPECT_EQ(topology_problem(spec), "10 NICs do not divide into 4 leaves");
  spec.placement = NetTopologySpec::Placement::rails;
  spec.domain = 5;
  EXPECT_NE(topology_problem(spec), "");
  spec.nics = 4;
  spec.domain = 4;
  EXPECT_EQ(topology_problem(spec), "");
}

TEST(Topology, OversubscriptionIsRateDownOverRateUp) {
  NetTopologySpec spec = leaf_spine(64, 4, 4).topology;
  EXPECT_DOUBLE_EQ(oversubscription(spec), 4);
  spec.leaf_link.rate = BitsPerSecond(800'000'000'000);
  spec.uplinks = 2;
  EXPECT_DOUBLE_EQ(oversubscription(spec), 1);
  spec.kind = NetTopologySpec::Kind::clos3;
  spec.core_link = spec.nic_link;
  spec.cores = 2;  // 32 NICs a pod over 4 spines x 2 links
  EXPECT_DOUBLE_EQ(oversubscription(spec), 4);
}

}  // namespace
}  // namespace fs::test
