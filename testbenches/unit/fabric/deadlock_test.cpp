// SPDX-License-Identifier: Apache-2.0
#include "fabric/deadlock.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include <chrono>

#include "common/random.hpp"
#include "fabrics.hpp"

using namespace fs;
using testing::Contains;
using testing::HasSubstr;

namespace {

DeadlockReport check(const Topology& fabric, const RoutingSpec& spec = {}) {
  return check_deadlock(fabric.graph, route(fabric, VcPlan({2, 2}), spec), request_response, split_memory);
}

/// Each step of the cycle must be a channel that ends where the next begins, or a memory.
void expect_cycle_is_connected(const DeadlockReport& report) {
  const auto end = [](const std::string& step) {
    const auto arrow = step.find("->");
    const auto from = arrow == std::string::npos ? 0 : arrow + 2;
    return step.substr(from, step.find_first_of(". ", from) - from);
  };
  const auto begin = [](const std::string& step) { return step.substr(0, step.find_first_of(". ")); };
  ASSERT_GE(report.cycle.size(), 2U);
  for (std::size_t i = 0; i < report.cycle.size(); ++i) {
    EXPECT_EQ(end(report.cycle[i]), begin(report.cycle[(i + 1) % report.cycle.size()])) << report.text();
  }
}

}  // namespace

TEST(Deadlock, CannotHappenOnPlanes) {
  const auto report = check(make(Planes{72, 18, 1, {}}));
  EXPECT_TRUE(report.free) << report.text();
  // 2592 channels in two classes, and a memory a GPU.
  EXPECT_EQ(report.nodes, 2592U * 2 + 72);
  // Every link up may go down every link of its switch (a GPU may write to itself); memory takes 18 in and 18 out.
  EXPECT_EQ(report.edges, 1296U * 72 * 2 + 72 * (18 + 18));
  // Request up, down, memory, response up, down.
  EXPECT_EQ(report.longest_chain, 5U);
}

TEST(Deadlock, CannotHappenInOtherGeneratedFabrics) {
  EXPECT_TRUE(check(make(SingleSwitch{8, 2})).free);
  EXPECT_TRUE(check(make(TwoBoards{})).free);
  EXPECT_TRUE(check(make(Racks{2, 8, 3, 1, 2, 2})).free);
  EXPECT_TRUE(check(make(LeafSpine{4, 4, 8, 1, 2})).free);
  EXPECT_TRUE(check(make(Mesh{{16, 16}})).free);
  EXPECT_TRUE(check(make(Mesh{{3, 4, 5}})).free);
}

TEST(Deadlock, LoomsWhenAMeshTakesAnyShortestPath) {
  RoutingSpec spec;
  spec.algorithm = RoutingAlgorithm::shortest;
  const auto report = check(make(Mesh{{3, 3}}), spec);
  EXPECT_FALSE(report.free);
  expect_cycle_is_connected(report);
}

TEST(Deadlock, LoomsInARingOfFour) {
  const auto report = check(ring(4));
  EXPECT_FALSE(report.free);
  EXPECT_EQ(report.cycle.size(), 4U);
  expect_cycle_is_connected(report);
  EXPECT_THAT(report.cycle, Contains("sw1.2->sw0.1 request"));
  EXPECT_THAT(report.text(), HasSubstr("sw1.2->sw0.1 request"));
}

TEST(Deadlock, IsAbsentFromARingOfThree) {
  // Every pair is neighbours: no packet goes on along the ring.
  EXPECT_TRUE(check(ring(3)).free);
}

TEST(Deadlock, GoesWhenARingIsCutByItsRoutes) {
  // All packets avoid the link between sw3 and sw0: the ring becomes a line.
  const auto fabric = ring(4);
  auto routes = route(fabric);
  for (int at = 0; at < 4; ++at) {
    for (int dst = 0; dst < 4; ++dst) {
      if (at == dst) continue;
      routes.set_outputs(static_cast<ChipId>(4 + at), static_cast<NodeId>(dst), {dst > at ? PortId{1} : PortId{2}});
    }
  }
  const auto report = check_deadlock(fabric.graph, routes, request_response, split_memory);
  EXPECT_TRUE(report.free) << report.text();
}

TEST(Deadlock, LoomsThroughMemoryWhenRequestsAndResponsesShareAClass) {
  const auto fabric = make(Planes{4, 2, 1, {}});
  const auto routes = route(fabric, VcPlan({4}));
  const std::vector<std::string> one{"all"};
  EXPECT_TRUE(check_deadlock(fabric.graph, routes, one, {}).free);
  const auto report = check_deadlock(fabric.graph, routes, one, {{ClassId{0}, ClassId{0}}});
  EXPECT_FALSE(report.free);
  expect_cycle_is_connected(report);
  EXPECT_THAT(report.cycle, Contains(HasSubstr(" memory")));
}

TEST(Deadlock, LoomsWhenTwoMemoryPathsCloseALoopOfClasses) {
  const auto fabric = make(SingleSwitch{3, 1});
  const auto routes = route(fabric, VcPlan({1, 1}));
  const auto report =
      check_deadlock(fabric.graph, routes, request_response, {{ClassId{0}, ClassId{1}}, {ClassId{1}, ClassId{0}}});
  EXPECT_FALSE(report.free);
}

TEST(Deadlock, IsCheckedOverDirectLinksToo) {
  const auto pair = make(ExplicitTopology{{{"a", 1}, {"b", 1}}, {}, {{"a.0", "b.0", {}}}});
  EXPECT_TRUE(check(pair).free);
  const auto shared = check_deadlock(pair.graph, route(pair, VcPlan({1})), {"all"}, {{ClassId{0}, ClassId{0}}});
  ASSERT_EQ(shared.cycle.size(), 4U);
  expect_cycle_is_connected(shared);
}

TEST(Deadlock, IgnoresDependenciesThatNoPacketMakes) {
  // sw0 has routes for everyone, but only gpu0 hangs there: nothing arrives from sw1 for gpu1.
  const auto fabric = make(Mesh{{2}});
  const auto report = check_deadlock(fabric.graph, route(fabric, VcPlan({1})), {"raw"}, {});
  // gpu0 -> sw0 -> {gpu0, sw1}, sw0 -> sw1 -> gpu1 only, and the mirror image.
  EXPECT_EQ(report.nodes, 6U);
  EXPECT_EQ(report.edges, 6U);
}

// About 2 ms in a release build; the margin is for sanitizers and busy machines.
TEST(Deadlock, IsCheckedQuicklyOnSeventyTwoGpus) {
  const auto fabric = make(Planes{72, 18, 1, {}});
  const auto routes = route(fabric);
  const auto start = std::chrono::steady_clock::now();
  check_deadlock(fabric.graph, routes, request_response, split_memory);
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - start;
  EXPECT_LT(took.count(), 0.5);
}

namespace {

/// Does any walk of dependencies return to where it began? By brute force over every pair of channels.
bool has_cycle_by_closure(const Graph& graph, const Routes& routes) {
  const auto channels = graph.channel_count();
  std::vector<std::vector<bool>> waits(channels, std::vector<bool>(channels, false));
  for (std::size_t src = 0; src < graph.gpu_count(); ++src) {
    for (std::size_t dst = 0; dst < graph.gpu_count(); ++dst) {
      const auto to = static_cast<NodeId>(dst);
      std::vector<std::size_t> open;
      std::vector<bool> seen(channels, false);
      const auto enter = [&](ChipId at, std::size_t from) {
        for (const auto port : routes.outputs(at, to)) {
          const auto out = index(graph.peer(at, port)->out);
          if (from < channels) waits[from][out] = true;
          if (!seen[out]) open.push_back(out);
          seen[out] = true;
        }
      };
      enter(graph.gpu(static_cast<NodeId>(src)), channels);
      while (!open.empty()) {
        const auto channel = open.back();
        open.pop_back();
        const auto at = graph.sink(static_cast<ChannelId>(channel)).chip;
        if (!graph.is_gpu(at)) enter(at, channel);
      }
    }
  }
  for (std::size_t k = 0; k < channels; ++k) {
    for (std::size_t i = 0; i < channels; ++i) {
      for (std::size_t j = 0; j < channels && waits[i][k]; ++j) {
        if (waits[k][j]) waits[i][j] = true;
      }
    }
  }
  for (std::size_t i = 0; i < channels; ++i) {
    if (waits[i][i]) return true;
  }
  return false;
}

}  // namespace

RC_GTEST_PROP(DeadlockProperty, AgreesWithTheTransitiveClosure, (std::uint64_t seed)) {
  RandomStream random(seed, "ring", "chords");
  auto fabric = Topology();
  auto& graph = fabric.graph;
  const int size = 3 + static_cast<int>(random.below(4));
  for (int i = 0; i < size; ++i) graph.add_gpu("gpu" + std::to_string(i), 1);
  for (int i = 0; i < size; ++i) graph.add_switch("sw" + std::to_string(i), 2 * size);
  std::vector<int> used(2 * size, 0);
  const auto link = [&](int a, int b) {
    graph.add_link({static_cast<ChipId>(a), static_cast<PortId>(used[a]++)},
                   {static_cast<ChipId>(b), static_cast<PortId>(used[b]++)}, {});
  };
  for (int i = 0; i < size; ++i) link(i, size + i);
  for (int i = 0; i + 1 < size; ++i) link(size + i, size + i + 1);
  for (int i = 0; i < size; ++i) {
    for (int j = i + 2; j < size; ++j) {
      if (random.chance(0.3)) link(size + i, size + j);
    }
  }
  const auto routes = compute_routes(fabric, VcPlan({1}), {});
  const auto report = check_deadlock(graph, routes, {"raw"}, {});
  RC_ASSERT(report.free == !has_cycle_by_closure(graph, routes));
  RC_CLASSIFY(report.free, "free of cycles");
}
