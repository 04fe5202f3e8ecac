// SPDX-License-Identifier: Apache-2.0
// Several scale-up domains in one fabric.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "read_texts.hpp"

using namespace fs;
using testing::HasSubstr;

TEST(Domains, AreAlikeAndNumberedOn) {
  const auto fabric = read("topology: {kind: domains, count: 3, domain: {kind: planes, gpus: 4, switches: 2}}");
  const auto& topology = fabric.topology;
  EXPECT_EQ(topology.graph.gpu_count(), 12U);
  EXPECT_EQ(topology.graph.switch_count(), 6U);
  EXPECT_EQ(topology.graph.link_count(), 24U);
  EXPECT_EQ(topology.domains(), 3);
  EXPECT_EQ(topology.domain_of(static_cast<NodeId>(7)), 1);
  EXPECT_EQ(topology.domain_of(static_cast<NodeId>(8)), 2);
  ASSERT_TRUE(topology.graph.find("d2_sw1"));
  const auto gpu = topology.graph.gpu(static_cast<NodeId>(11));
  EXPECT_EQ(topology.graph.chip(gpu).name, "gpu11");
  EXPECT_EQ(topology.graph.peer(gpu, PortId{1})->far.chip, *topology.graph.find("d2_sw1"));
}

TEST(Domains, HaveNoRoutesBetweenThem) {
  const auto fabric = read("topology: {kind: domains, count: 2, domain: {kind: single_switch, gpus: 4}}");
  const auto routes = compute_routes(fabric.topology, VcPlan(), {}, true);
  EXPECT_TRUE(routes.reachable(NodeId{0}, NodeId{3}));
  EXPECT_FALSE(routes.reachable(NodeId{0}, NodeId{4}));
  EXPECT_TRUE(routes.reachable(NodeId{4}, NodeId{7}));
}

TEST(Domains, AreJoinedByBridgesSwitchBySwitch) {
  auto fabric = read("topology: {kind: domains, count: 3, domain: {kind: planes, gpus: 4, switches: 2}}");
  auto& domains = std::get<Domains>(fabric.spec.shape);
  Domains::Bridge bridge;
  bridge.a = 0;
  bridge.b = 2;
  bridge.links = 2;
  bridge.cable.length = Micrometres(80'000'000'000);
  domains.bridges.push_back(bridge);
  const auto topology = build_topology(fabric.spec);
  EXPECT_EQ(topology.graph.link_count(), 24U + 4U);
  const auto routes = compute_routes(topology, VcPlan(), {}, true);
  EXPECT_TRUE(routes.reachable(NodeId{0}, NodeId{8}));
  EXPECT_FALSE(routes.reachable(NodeId{0}, NodeId{4}));
}

TEST(Domains, BlameTheKeyInsideTheDomain) {
  EXPECT_THAT(refusal_of("topology:\n  kind: domains\n  domain: {kind: planes, gpus: 300}\n"),
              HasSubstr("t.yaml:3:32: "));
  EXPECT_THAT(refusal_of("topology:\n  kind: domains\n  count: 600\n  domain: {kind: single_switch}\n"),
              HasSubstr("t.yaml:3:10: topology.count: 4800 GPUs in all; at most 4096"));
  EXPECT_THAT(refusal_of("topology: {kind: domains, domain: {kind: domains, domain: {kind: single_switch}}}"),
              HasSubstr("a domain has no domains inside"));
  EXPECT_THAT(refusal_of("topology: {kind: domains, domain: {kind: single_switch, gpu: 3}}"), HasSubstr("gpu"));
}
