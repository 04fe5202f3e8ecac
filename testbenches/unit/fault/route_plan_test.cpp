// SPDX-License-Identifier: Apache-2.0
#include "fault/route_plan.hpp"

#include <gtest/gtest.h>

#include <optional>

#include "fault/places.hpp"
#include "planes.hpp"

namespace fs {
namespace {

DynamicBits links(const Topology& topology, const std::vector<std::string>& names) {
  DynamicBits bits(static_cast<int>(topology.graph.link_count()));
  for (const auto& name : names) bits.set(static_cast<int>(index(*find_link(topology.graph, name))));
  return bits;
}

TEST(RoutePlan, OneLinkOutConcernsItsGpuAlone) {
  const auto topology = test::planes(4, 3);
  RoutePlan plan = test::route_plan(topology);
  const RouteChanges changes = plan.avoid(links(topology, {"gpu2.1-sw1.2"}));
  EXPECT_TRUE(changes.deadlock.free);
  EXPECT_GT(changes.deadlock.nodes, 0U);
  EXPECT_TRUE(changes.rows.empty());  // no other way leads through sw1 to gpu2
  // gpu2 to three others, and three others to gpu2.
  ASSERT_EQ(changes.masks.size(), 6U);
  for (const MaskChange& mask : changes.masks) {
    EXPECT_TRUE(mask.gpu == NodeId{2} || mask.target == NodeId{2});
    EXPECT_EQ(mask.links, 0b101U);
  }
  const RouteChanges back = plan.avoid(links(topology, {}));
  ASSERT_EQ(back.masks.size(), 6U);
  EXPECT_EQ(back.masks[0].links, 0b111U);
}

TEST(RoutePlan, ASwitchOutLeavesTheOtherPlanes) {
  const auto topology = test::planes(4, 3);
  RoutePlan plan = test::route_plan(topology);
  const auto changes = plan.avoid(links(topology, {"sw1.0", "sw1.1", "sw1.2", "sw1.3"}));
  EXPECT_EQ(changes.masks.size(), 12U);
  for (const MaskChange& mask : changes.masks) EXPECT_EQ(mask.links, 0b101U);
  EXPECT_EQ(changes.lost_pairs, 0);
}

TEST(RoutePlan, AGpuCutOffIsToldToAll) {
  const auto topology = test::planes(4, 2);
  RoutePlan plan = test::route_plan(topology);
  const auto changes = plan.avoid(links(topology, {"gpu0.0-sw0.0", "gpu0.1-sw1.0"}));
  EXPECT_EQ(changes.lost_pairs, 6);
  EXPECT_EQ(changes.masks.size(), 6U);
  for (const MaskChange& mask : changes.masks) EXPECT_EQ(mask.links, 0U);
}

TEST(RoutePlan, LeavesChooseOtherSpinesByNewRows) {
  TopologySpec spec;
  LeafSpine shape;
  shape.leafs = 3;
  shape.spines = 2;
  shape.gpus_per_leaf = 2;
  spec.shape = shape;
  const auto topology = build_topology(spec);
  RoutePlan plan = test::route_plan(topology);
  const auto changes = plan.avoid(links(topology, {"leaf0.2"}));  // first leaf to first spine
  EXPECT_TRUE(changes.deadlock.free);
  ASSERT_FALSE(changes.rows.empty());
  int leafs = 0;
  for (const RowChange& row : changes.rows) {
    if (topology.graph.chip(row.at).name.substr(0, 4) != "leaf") continue;
    ++leafs;
    EXPECT_EQ(row.row.outputs, std::vector<PortId>{PortId{3}});  // the other spine
  }
  EXPECT_EQ(leafs, 2 * (4 + 2 * 2));  // classes x (the leaf's far GPUs, and its own two at the two other leafs)
  EXPECT_EQ(changes.lost_pairs, 0);
}

/// Switches in a ring of five, one GPU each, of which `cut` is left out: a line.
struct CutRing {
  explicit CutRing(const std::string& cut) {
    auto& graph = topology.graph;
    for (int i = 0; i < 5; ++i) graph.add_gpu("gpu" + std::to_string(i), 1);
    for (int i = 0; i < 5; ++i) graph.add_switch("sw" + std::to_string(i), 3);
    for (int i = 0; i < 5; ++i) graph.add_link({static_cast<ChipId>(i), PortId{0}}, {sw(i), PortId{0}}, {});
    for (int i = 0; i < 5; ++i) graph.add_link({sw(i), PortId{1}}, {sw(i + 1), PortId{2}}, {});
    const auto out = links(topology, {cut});
    routes.emplace(compute_routes(topology, VcPlan({1, 1}), {}, true, &out));
  }
  static ChipId sw(int i) { return static_cast<ChipId>(5 + i % 5); }
  RoutePlan plan(bool recheck = true) const { return RoutePlan(topology, {}, *routes, names, memory, recheck); }
  bool free_mixture(const Routes& a, const Routes& b) const {
    return check_mixed_routes(topology.graph, {&a, &b}, names, memory).free;
  }

  Topology topology;
  std::optional<Routes> routes;
  std::vector<std::string> names{"request", "response"};
  std::vector<MemoryPath> memory{{ClassId{0}, ClassId{1}}};
};

TEST(RoutePlan, RoutesThatCouldDeadlockAreRefused) {
  // A ring of five is free of cycles only as long as routes are a line: with all links it has one.
  const CutRing ring("sw4.1");
  RoutePlan plan = ring.plan();
  const auto changes = plan.avoid(links(ring.topology, {}));
  EXPECT_FALSE(changes.deadlock.free);
  EXPECT_TRUE(changes.rows.empty() && changes.masks.empty());
  EXPECT_EQ(plan.routes().outputs(ring.sw(0), NodeId{4}), ring.routes->outputs(ring.sw(0), NodeId{4}));
}

TEST(RoutePlan, OldAndNewRowsThatCouldDeadlockTogetherAreWrittenInStages) {
  // The line turns: its gap closes and another opens. Either line is free of cycles; their mixture is the whole ring.
  const CutRing ring("sw4.1");
  RoutePlan plan = ring.plan();
  const auto changes = plan.avoid(links(ring.topology, {"sw2.1"}));
  ASSERT_TRUE(changes.deadlock.free);
  EXPECT_FALSE(ring.free_mixture(*ring.routes, plan.routes()));
  EXPECT_FALSE(changes.mixture);
  ASSERT_GT(changes.stages, 1);
  Routes written = *ring.routes;
  std::size_t row = 0;
  for (int stage = 0; stage < changes.stages; ++stage) {
    Routes more = written;
    const std::size_t first = row;
    for (; row < changes.rows.size() && changes.rows[row].stage == stage; ++row) {
      more.set_outputs(changes.rows[row].at, changes.rows[row].dst, changes.rows[row].row.outputs);
    }
    EXPECT_GT(row, first) << "stage " << stage << " writes nothing";
    EXPECT_TRUE(ring.free_mixture(written, more)) << "stage " << stage;
    written = std::move(more);
  }
  EXPECT_EQ(row, changes.rows.size());
  for (int at = 0; at < 5; ++at) {
    for (std::uint16_t dst = 0; dst < 5; ++dst) {
      EXPECT_EQ(written.outputs(ring.sw(at), NodeId{dst}), plan.routes().outputs(ring.sw(at), NodeId{dst}));
    }
  }
}

TEST(RoutePlan, WithoutTheCheckAllIsWrittenAtOnce) {
  const CutRing ring("sw4.1");
  RoutePlan plan = ring.plan(false);
  EXPECT_EQ(plan.avoid(links(ring.topology, {"sw2.1"})).stages, 1);
}

TEST(RoutePlan, ChangesWaitForWhatIsStillUnderWay) {
  // From the line to nothing between two halves, then to the turned line, while packets of the first are still about.
  const CutRing ring("sw4.1");
  RoutePlan plan = ring.plan();
  ASSERT_EQ(plan.avoid(links(ring.topology, {"sw4.1", "sw0.1"})).stages, 1);
  const Routes between = plan.routes();
  const auto changes = plan.avoid(links(ring.topology, {"sw2.1"}));
  EXPECT_TRUE(changes.wait);
  EXPECT_TRUE(changes.rows.empty());
  EXPECT_EQ(plan.routes().outputs(ring.sw(0), NodeId{1}), between.outputs(ring.sw(0), NodeId{1}));
  plan.settled();
  EXPECT_FALSE(plan.avoid(links(ring.topology, {"sw2.1"})).wait);
}

}  // namespace
}  // namespace fs
