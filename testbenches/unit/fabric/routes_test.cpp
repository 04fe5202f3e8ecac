// SPDX-License-Identifier: Apache-2.0
#include "fabric/routes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <chrono>

#include "common/random.hpp"
#include "fabrics.hpp"

using namespace fs;
using testing::ElementsAre;

namespace {

NodeId node(int n) { return static_cast<NodeId>(n); }

double seconds(const std::function<void()>& step) {
  const auto start = std::chrono::steady_clock::now();
  step();
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
}

/// Longest way from any allowed link of `from`, in links; -1 when some way does not end at `to` within `limit` links.
int longest_way(const Graph& graph, const Routes& routes, ChipId at, NodeId to, int limit) {
  if (at == graph.gpu(to)) return 0;
  if (limit == 0 || routes.outputs(at, to).empty()) return -1;
  int longest = 0;
  for (const auto port : routes.outputs(at, to)) {
    const int rest = longest_way(graph, routes, graph.peer(at, port)->far.chip, to, limit - 1);
    if (rest < 0) return -1;
    longest = std::max(longest, rest + 1);
  }
  return longest;
}

void expect_all_pairs_within(const Topology& fabric, const Routes& routes, int links) {
  const auto gpus = static_cast<int>(fabric.graph.gpu_count());
  for (int a = 0; a < gpus; ++a) {
    for (int b = 0; b < gpus; ++b) {
      if (a == b) continue;
      ASSERT_GT(longest_way(fabric.graph, routes, fabric.graph.gpu(node(a)), node(b), links), 0) << a << " to " << b;
    }
  }
}

}  // namespace

TEST(VcPlan, NumbersVcsClassByClass) {
  const VcPlan plan({2, 3});
  EXPECT_EQ(plan.vcs(), 5);
  EXPECT_EQ(plan.first(ClassId{1}), VcId{2});
  EXPECT_EQ(plan.count(ClassId{1}), 3);
  EXPECT_EQ(plan.set(ClassId{1}).word(0), 0b11100U);
  EXPECT_EQ(plan.class_of(VcId{1}), ClassId{0});
  EXPECT_EQ(plan.class_of(VcId{2}), ClassId{1});
  EXPECT_THROW(VcPlan({1, 0}), std::invalid_argument);
  EXPECT_THROW(VcPlan({100, 29}), std::invalid_argument);
  EXPECT_EQ(VcPlan({100, 28}).set(ClassId{1}).word(1), 0xffffffffffffffffULL << 36);
}

TEST(Routes, CrossOneSwitchOnEveryPlane) {
  const auto fabric = make(Planes{72, 18, 1, {}});
  const auto routes = route(fabric);
  EXPECT_EQ(routes.outputs(*fabric.graph.find("gpu3"), node(70)).size(), 18U);
  const auto row = routes.row(*fabric.graph.find("sw5"), ClassId{1}, node(70));
  EXPECT_THAT(row.outputs, ElementsAre(PortId{70}));
  EXPECT_EQ(row.vcs_low, 0b1100U);
  EXPECT_EQ(row.mode, RouteMode::hashed);
  EXPECT_EQ(routes.widest_choice(), 1U);
}

// DGX-2: the same board crosses one switch, the other board two.
TEST(Routes, CrossTheTrunkOnlyToTheOtherBoard) {
  const auto fabric = make(TwoBoards{});
  const auto routes = route(fabric);
  EXPECT_THAT(path(fabric.graph, routes, node(0), node(7)), ElementsAre("gpu0", "sw0", "gpu7"));
  EXPECT_THAT(path(fabric.graph, routes, node(0), node(8)), ElementsAre("gpu0", "sw0", "sw6", "gpu8"));
  EXPECT_EQ(routes.outputs(*fabric.graph.find("sw0"), node(8)).size(), 8U);
  EXPECT_EQ(routes.outputs(*fabric.graph.find("gpu0"), node(8)).size(), 6U);
}

TEST(Routes, TellWhichLinksLeadToAGpu) {
  const auto fabric = make(ExplicitTopology{
      {{"a", 3}, {"b", 1}, {"c", 1}}, {{"sw", 2}}, {{"a.0", "b.0", {}}, {"a.2", "sw.0", {}}, {"c.0", "sw.1", {}}}});
  const auto routes = compute_routes(fabric, VcPlan({1}), {}, true);
  EXPECT_EQ(routes.link_mask(node(0), node(1)), 0b001U);
  EXPECT_EQ(routes.link_mask(node(0), node(2)), 0b100U);
  EXPECT_EQ(routes.link_mask(node(1), node(2)), 0U);
}

TEST(Routes, KeepOrderOnlyAlongOnePath) {
  Profile profile;
  profile.classes = {{"request", 2, 0}, {"response", 1, 0}};
  const auto problem = [&](const Topology& fabric, Order order) {
    profile.order = order;
    return order_problem(route(fabric, VcPlan::of(profile.classes)), profile);
  };
  const auto planes = make(Planes{4, 2, 1, {}});
  const auto spines = make(LeafSpine{2, 2, 2, 1, 1});
  EXPECT_EQ(problem(spines, Order::none), "");
  EXPECT_THAT(problem(spines, Order::destination), testing::HasSubstr("several outputs"));
  EXPECT_EQ(problem(planes, Order::destination), "");
  EXPECT_THAT(problem(spines, Order::region), testing::HasSubstr("several outputs"));
  EXPECT_EQ(problem(planes, Order::region), "") << "a source then takes the VC by destination";
}

TEST(Routes, LeadAGpuToItselfThroughASwitch) {
  const auto fabric = make(Planes{4, 2, 1, {}});
  const auto routes = route(fabric);
  EXPECT_THAT(routes.outputs(*fabric.graph.find("gpu2"), node(2)), ElementsAre(PortId{0}, PortId{1}));
  EXPECT_THAT(routes.outputs(*fabric.graph.find("sw1"), node(2)), ElementsAre(PortId{2}));
}

TEST(Routes, UseEverySpine) {
  const auto fabric = make(LeafSpine{4, 3, 2, 1, 2});
  const auto routes = route(fabric);
  EXPECT_EQ(routes.outputs(*fabric.graph.find("leaf0"), node(7)).size(), 6U);
  EXPECT_EQ(routes.outputs(*fabric.graph.find("leaf0"), node(1)).size(), 1U);
  expect_all_pairs_within(fabric, routes, 4);
}

TEST(Routes, FollowDimensionOrderInAMesh) {
  const auto fabric = make(Mesh{{4, 4}});
  const auto routes = route(fabric);
  EXPECT_THAT(path(fabric.graph, routes, node(1), node(14)),
              ElementsAre("gpu1", "sw1", "sw2", "sw6", "sw10", "sw14", "gpu14"));
  EXPECT_THAT(path(fabric.graph, routes, node(14), node(1)),
              ElementsAre("gpu14", "sw14", "sw13", "sw9", "sw5", "sw1", "gpu1"));
  EXPECT_EQ(routes.widest_choice(), 1U);
  expect_all_pairs_within(fabric, routes, 8);
}

TEST(Routes, MayTakeBothDimensionsWhenShortest) {
  const auto fabric = make(Mesh{{4, 4}});
  RoutingSpec spec;
  spec.algorithm = RoutingAlgorithm::shortest;
  const auto routes = route(fabric, VcPlan({1}), spec);
  EXPECT_THAT(routes.outputs(*fabric.graph.find("sw1"), node(14)), ElementsAre(PortId{0}, PortId{2}));
}

TEST(Routes, NeverPassThroughAGpu) {
  // Only b could connect a and c.
  const auto line =
      make(ExplicitTopology{{{"a", 1}, {"b", 2}, {"c", 1}}, {}, {{"a.0", "b.0", {}}, {"b.1", "c.0", {}}}});
  EXPECT_THROW(compute_routes(line, VcPlan({1}), {}), TopologyError);
  const auto routes = compute_routes(line, VcPlan({1}), {}, true);
  EXPECT_TRUE(routes.reachable(node(0), node(1)));
  EXPECT_FALSE(routes.reachable(node(0), node(2)));
}

TEST(Routes, RefuseDimensionOrderOutsideAMesh) {
  RoutingSpec spec;
  spec.algorithm = RoutingAlgorithm::dimension_order;
  EXPECT_THROW(route(make(TwoBoards{}), VcPlan({1}), spec), TopologyError);
}

TEST(Routes, TakeAModeForEachClass) {
  RoutingSpec spec;
  spec.class_modes = {RouteMode::adaptive, RouteMode::sprayed};
  const auto fabric = make(SingleSwitch{2, 1});
  const auto routes = route(fabric, VcPlan({1, 1}), spec);
  EXPECT_EQ(routes.row(*fabric.graph.find("sw0"), ClassId{0}, node(1)).mode, RouteMode::adaptive);
  EXPECT_EQ(routes.mode(ClassId{1}), RouteMode::sprayed);
}

TEST(Routes, AreTheSameEachTime) {
  const auto fabric = make(LeafSpine{4, 4, 4, 1, 2});
  const auto first = route(fabric);
  const auto second = route(make(LeafSpine{4, 4, 4, 1, 2}));
  for (std::size_t c = 0; c < fabric.graph.chip_count(); ++c) {
    for (int n = 0; n < 16; ++n) {
      const auto& ports = first.outputs(static_cast<ChipId>(c), node(n));
      EXPECT_EQ(ports, second.outputs(static_cast<ChipId>(c), node(n)));
      EXPECT_TRUE(std::is_sorted(ports.begin(), ports.end()));
    }
  }
}

// About 40 ms in a release build; the margin is for sanitizers and busy machines, not for a slower algorithm.
TEST(Routes, OfAThousandGpusAreFoundInNoTime) {
  const auto fabric = make(LeafSpine{32, 32, 32, 1, 1});
  EXPECT_LT(seconds([&] { route(fabric); }), 8.0);
}

namespace {

/// A connected fabric: a random tree of switches, extra links, and each GPU on one or two of them.
Topology random_fabric(std::uint64_t seed) {
  RandomStream random(seed, "fabric", "shape");
  const int switches = 1 + static_cast<int>(random.below(7));
  const int gpus = 2 + static_cast<int>(random.below(6));
  Topology topology;
  auto& graph = topology.graph;
  for (int g = 0; g < gpus; ++g) graph.add_gpu("gpu" + std::to_string(g), 2);
  for (int s = 0; s < switches; ++s) graph.add_switch("sw" + std::to_string(s), 64);
  std::vector<int> used(graph.chip_count(), 0);
  const auto link = [&](int a, int b) {
    graph.add_link({static_cast<ChipId>(a), static_cast<PortId>(used[a]++)},
                   {static_cast<ChipId>(b), static_cast<PortId>(used[b]++)}, {});
  };
  const auto any_switch = [&](int count) { return gpus + static_cast<int>(random.below(count)); };
  for (int s = 1; s < switches; ++s) link(gpus + s, any_switch(s));
  for (int extra = static_cast<int>(random.below(5)); extra > 0; --extra) {
    const int a = any_switch(switches);
    const int b = any_switch(switches);
    if (a != b) link(a, b);
  }
  for (int g = 0; g < gpus; ++g) {
    link(g, any_switch(switches));
    if (random.chance(0.5)) link(g, any_switch(switches));
  }
  return topology;
}

/// Links from every chip to a GPU, by relaxing until nothing changes: not how the routes are computed.
std::vector<int> distances(const Graph& graph, ChipId target) {
  const int far = 1000;
  std::vector<int> distance(graph.chip_count(), far);
  distance[index(target)] = 0;
  for (bool changed = true; changed;) {
    changed = false;
    for (std::size_t c = 0; c < graph.channel_count(); ++c) {
      const auto from = graph.source(static_cast<ChannelId>(c)).chip;
      const auto to = graph.sink(static_cast<ChannelId>(c)).chip;
      if (graph.is_gpu(to) && to != target) continue;
      const int through = distance[index(to)] + 1;
      if (from != target && through < distance[index(from)]) {
        distance[index(from)] = through;
        changed = true;
      }
    }
  }
  return distance;
}

}  // namespace

RC_GTEST_PROP(RoutesProperty, EveryOutputComesOneLinkCloserAndNoneIsMissing, (std::uint64_t seed)) {
  const auto fabric = random_fabric(seed);
  const auto& graph = fabric.graph;
  const auto routes = compute_routes(fabric, VcPlan({1}), {});
  for (std::size_t n = 0; n < graph.gpu_count(); ++n) {
    const auto dst = static_cast<NodeId>(n);
    const auto distance = distances(graph, graph.gpu(dst));
    for (std::size_t c = 0; c < graph.chip_count(); ++c) {
      const auto chip = static_cast<ChipId>(c);
      if (chip == graph.gpu(dst)) continue;
      std::vector<PortId> expected;
      for (std::uint16_t p = 0; p < graph.chip(chip).ports; ++p) {
        const auto& peer = graph.peer(chip, static_cast<PortId>(p));
        if (!peer) continue;
        const bool passes = peer->far.chip == graph.gpu(dst) || !graph.is_gpu(peer->far.chip);
        if (passes && distance[index(peer->far.chip)] == distance[c] - 1) expected.push_back(static_cast<PortId>(p));
      }
      RC_ASSERT(routes.outputs(chip, dst) == expected);
      RC_ASSERT(!expected.empty());
    }
  }
}
