// SPDX-License-Identifier: Apache-2.0
#include "fabric/topology.hpp"

#include <gtest/gtest.h>

#include "fabrics.hpp"

using namespace fs;

namespace {

template <class Shape>
std::string refused_key(const Shape& shape) {
  try {
    make(shape);
  } catch (const TopologyKeyError& error) {
    return error.key;
  }
  return "accepted";
}

int links_between(const Graph& graph, const std::string& a, const std::string& b) {
  int count = 0;
  for (std::size_t l = 0; l < graph.link_count(); ++l) {
    const auto& link = graph.link(static_cast<LinkId>(l));
    const auto& from = graph.chip(link.a.chip).name;
    const auto& to = graph.chip(link.b.chip).name;
    if ((from == a && to == b) || (from == b && to == a)) ++count;
  }
  return count;
}

bool all_ports_linked(const Graph& graph) {
  for (std::size_t c = 0; c < graph.chip_count(); ++c) {
    const auto chip = static_cast<ChipId>(c);
    for (std::uint16_t p = 0; p < graph.chip(chip).ports; ++p) {
      if (!graph.peer(chip, static_cast<PortId>(p))) return false;
    }
  }
  return true;
}

}  // namespace

// NVL72: 72 GPUs, 18 switch chips of 72 ports, one link from every GPU to every chip, 1296 links.
TEST(Planes, OfSeventyTwoByEighteenHaveTheLinksOfAnNvl72) {
  const auto fabric = make(Planes{72, 18, 1, {}});
  const auto& graph = fabric.graph;
  EXPECT_EQ(graph.gpu_count(), 72U);
  EXPECT_EQ(graph.switch_count(), 18U);
  EXPECT_EQ(graph.link_count(), 1296U);
  EXPECT_EQ(graph.channel_count(), 2592U);
  EXPECT_TRUE(all_ports_linked(graph));
  EXPECT_EQ(graph.chip(*graph.find("sw17")).ports, 72);
  EXPECT_EQ(links_between(graph, "gpu71", "sw17"), 1);
  EXPECT_EQ(graph.link(static_cast<LinkId>(7 * 18 + 2)).name, "gpu7.2-sw2.7");
}

// HGX A100: 8 GPUs, 6 switches, 2 links from each GPU to each switch.
TEST(Planes, NumberAGpusPortsSwitchBySwitch) {
  const auto graph = make(Planes{8, 6, 2, {}}).graph;
  EXPECT_EQ(graph.link_count(), 96U);
  EXPECT_TRUE(all_ports_linked(graph));
  const auto& peer = graph.peer(*graph.find("gpu3"), PortId{5});
  EXPECT_EQ(graph.end_name(peer->far), "sw2.7");
}

// HGX H100: 8 GPUs, 4 switches, a GPU's 18 links split 5 + 4 + 4 + 5.
TEST(Planes, TakeAnUnevenSplit) {
  const auto graph = make(Planes{8, 4, 1, {5, 4, 4, 5}}).graph;
  EXPECT_EQ(graph.link_count(), 144U);
  EXPECT_EQ(graph.chip(*graph.find("gpu0")).ports, 18);
  EXPECT_EQ(links_between(graph, "gpu5", "sw0"), 5);
  EXPECT_EQ(links_between(graph, "gpu5", "sw2"), 4);
  EXPECT_TRUE(all_ports_linked(graph));
}

// DGX-2: 16 GPUs, 12 switches of which 16 ports are used, 1 link from a GPU to each of its board's 6 switches, 8
// trunks.
TEST(TwoBoards, HaveTheLinksOfADgx2) {
  const auto graph = make(TwoBoards{}).graph;
  EXPECT_EQ(graph.gpu_count(), 16U);
  EXPECT_EQ(graph.switch_count(), 12U);
  EXPECT_EQ(graph.link_count(), 16U * 6 + 6 * 8);
  EXPECT_EQ(links_between(graph, "sw1", "sw7"), 8);
  EXPECT_EQ(links_between(graph, "sw1", "sw8"), 0);
  EXPECT_EQ(links_between(graph, "gpu7", "sw5"), 1);
  EXPECT_EQ(links_between(graph, "gpu8", "sw5"), 0);
  EXPECT_EQ(links_between(graph, "gpu8", "sw11"), 1);
  EXPECT_TRUE(all_ports_linked(graph));
}

TEST(Racks, JoinSwitchesOfEqualPlaceByTheirPlanesSpine) {
  const auto graph = make(Racks{}).graph;
  EXPECT_EQ(graph.gpu_count(), 144U);
  EXPECT_EQ(graph.switch_count(), 2U * 18U + 18U);
  EXPECT_EQ(graph.link_count(), 144U * 18U + 36U * 36U);
  const auto at = [&](const char* end) { return parse_link_end(graph, end); };
  const auto peer = [&](const char* end) {
    const auto there = at(end);
    return graph.end_name(graph.peer(there.chip, there.port)->far);
  };
  EXPECT_EQ(peer("gpu73.2"), "sw20.1");
  EXPECT_EQ(peer("sw2.72"), "spine2.0");
  EXPECT_EQ(peer("sw20.75"), "spine2.39");
}

TEST(Racks, AreRefusedWhenASpineIsTooSmall) { EXPECT_EQ(refused_key(Racks{8, 72, 18, 1, 1, 36}), "links_per_spine"); }

TEST(TwoBoards, CallLinksBetweenSwitchesTrunks) {
  TopologySpec spec;
  spec.shape = TwoBoards{};
  spec.gpu_link = {Micrometres(300'000), "pcb"};
  spec.trunk = {Micrometres(500'000), "copper"};
  const auto graph = build_topology(spec).graph;
  const auto& gpu_link = graph.link(LinkId{0});
  const auto& trunk = graph.link(static_cast<LinkId>(graph.link_count() - 1));
  EXPECT_FALSE(gpu_link.trunk);
  EXPECT_EQ(gpu_link.cable.medium, "pcb");
  EXPECT_TRUE(trunk.trunk);
  EXPECT_EQ(trunk.cable.length, Micrometres(500'000));
}

TEST(Mesh, OfEightByEightHasItsLinksAndPorts) {
  const auto graph = make(Mesh{{8, 8}}).graph;
  EXPECT_EQ(graph.gpu_count(), 64U);
  EXPECT_EQ(graph.link_count(), 64U + 2 * 8 * 7);
  EXPECT_EQ(graph.end_name(graph.peer(*graph.find("sw9"), PortId{0})->far), "sw10.1");
  EXPECT_EQ(graph.end_name(graph.peer(*graph.find("sw9"), PortId{2})->far), "sw17.3");
  EXPECT_EQ(graph.end_name(graph.peer(*graph.find("sw9"), PortId{4})->far), "gpu9.0");
  EXPECT_FALSE(graph.peer(*graph.find("sw7"), PortId{0}));
}

TEST(Mesh, TakesThreeUnequalDimensions) {
  const auto graph = make(Mesh{{2, 3, 4}}).graph;
  EXPECT_EQ(graph.gpu_count(), 24U);
  EXPECT_EQ(graph.link_count(), 24U + 1 * 3 * 4 + 2 * 2 * 4 + 2 * 3 * 3);
  EXPECT_EQ(graph.end_name(graph.peer(*graph.find("sw0"), PortId{4})->far), "sw6.5");
}

TEST(LeafSpine, LinksEveryLeafToEverySpine) {
  const auto graph = make(LeafSpine{4, 3, 8, 2, 2}).graph;
  EXPECT_EQ(graph.gpu_count(), 32U);
  EXPECT_EQ(graph.switch_count(), 7U);
  EXPECT_EQ(graph.link_count(), 32U * 2 + 4 * 3 * 2);
  EXPECT_EQ(links_between(graph, "leaf3", "spine0"), 2);
  EXPECT_EQ(links_between(graph, "leaf3", "leaf2"), 0);
  EXPECT_TRUE(all_ports_linked(graph));
}

TEST(SingleSwitch, TakesSeveralLinksAGpu) {
  const auto graph = make(SingleSwitch{4, 3}).graph;
  EXPECT_EQ(graph.link_count(), 12U);
  EXPECT_EQ(graph.end_name(graph.peer(*graph.find("gpu2"), PortId{1})->far), "sw0.7");
}

TEST(Topology, RefusesImpossibleNumbersAtTheirKey) {
  EXPECT_EQ(refused_key(SingleSwitch{0, 1}), "gpus");
  EXPECT_EQ(refused_key(SingleSwitch{257, 1}), "gpus");
  EXPECT_EQ(refused_key(SingleSwitch{4, 0}), "links_per_gpu");
  EXPECT_EQ(refused_key(Planes{129, 1, 2, {}}), "gpus");
  EXPECT_EQ(refused_key(Planes{8, 33, 2, {}}), "switches");
  EXPECT_EQ(refused_key(Planes{8, 3, 1, {1, 2}}), "split");
  EXPECT_EQ(refused_key(Planes{8, 2, 1, {1, 0}}), "split[1]");
  EXPECT_EQ(refused_key(TwoBoards{250, 1, 1, 8}), "gpus_per_board");
  EXPECT_EQ(refused_key(TwoBoards{8, 6, 1, 0}), "trunks_per_switch");
  EXPECT_EQ(refused_key(Mesh{{}}), "dims");
  EXPECT_EQ(refused_key(Mesh{{4, 0}}), "dims[1]");
  EXPECT_EQ(refused_key(Mesh{{64, 65}}), "dims");
  EXPECT_EQ(refused_key(LeafSpine{4, 250, 8, 1, 1}), "gpus_per_leaf");
  EXPECT_EQ(refused_key(LeafSpine{200, 4, 8, 1, 2}), "leafs");
  EXPECT_EQ(refused_key(LeafSpine{100, 4, 100, 1, 1}), "gpus_per_leaf");
}

TEST(ExplicitTopology, BuildsWhatIsListed) {
  const auto graph =
      make(ExplicitTopology{
               {{"a", 2}, {"b", 2}}, {{"sw", 2}}, {{"a.0", "sw.0", {}}, {"sw.1", "b.0", {}}, {"a.1", "b.1", {}}}})
          .graph;
  EXPECT_EQ(graph.link_count(), 3U);
  EXPECT_EQ(graph.link(LinkId{2}).name, "a.1-b.1");
}

TEST(ExplicitTopology, SaysWhichItemIsWrong) {
  const ExplicitTopology good{{{"a", 1}, {"b", 1}}, {{"sw", 2}}, {{"a.0", "sw.0", {}}, {"b.0", "sw.1", {}}}};
  EXPECT_EQ(refused_key(good), "accepted");
  auto bad = good;
  bad.links[1].b = "sw.0";
  EXPECT_EQ(refused_key(bad), "links[1]");
  bad.links[1].b = "sx.0";
  EXPECT_EQ(refused_key(bad), "links[1].b");
  bad.links[1].a = "b";
  EXPECT_EQ(refused_key(bad), "links[1].a");
  bad.switches[0].name = "a";
  EXPECT_EQ(refused_key(bad), "switches[0]");
  bad.gpus[1].ports = 1LL << 40;
  EXPECT_EQ(refused_key(bad), "gpus[1]");
}
