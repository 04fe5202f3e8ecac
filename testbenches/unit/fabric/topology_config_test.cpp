// SPDX-License-Identifier: Apache-2.0
#include "fabric/topology_config.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "config/document.hpp"
#include "read_texts.hpp"

using namespace fs;
using testing::HasSubstr;
using testing::StartsWith;

namespace {

const std::vector<TrafficClass> classes{{"request", 2, 0}, {"response", 2, 0}};

Routes read_all(const std::string& text) {
  auto document = Document::from_text(text, "t.yaml");
  const auto topology = document.root().section("topology");
  return read_routes(topology, document.root().section_or_empty("routing"), read_topology(topology), classes);
}

}  // namespace

TEST(TopologyConfig, BuildsEachKind) {
  EXPECT_EQ(read("topology: {kind: planes, gpus: 72, switches: 18, links_per_switch: 1}").topology.graph.link_count(),
            1296U);
  EXPECT_EQ(read("topology: {kind: planes, gpus: 8, split: [5, 4, 4, 5]}").topology.graph.link_count(), 144U);
  EXPECT_EQ(read("topology: {kind: single_switch, gpus: 4}").topology.graph.link_count(), 4U);
  EXPECT_EQ(read("topology: {kind: two_boards}").topology.graph.link_count(), 144U);
  EXPECT_EQ(read("topology: {kind: mesh, dims: [8, 8]}").topology.graph.link_count(), 176U);
  EXPECT_EQ(read("topology: {kind: leaf_spine, leafs: 2, spines: 2, gpus_per_leaf: 4}").topology.graph.link_count(),
            12U);
}

TEST(TopologyConfig, GivesLinksTheirLengthAndMedium) {
  const auto fabric =
      read("topology:\n  kind: leaf_spine\n  gpu_link: {length: 2m}\n  trunk: {length: 80km, medium: fibre}\n");
  const auto& graph = fabric.topology.graph;
  EXPECT_EQ(graph.link(LinkId{0}).cable.length, Micrometres(2'000'000));
  EXPECT_EQ(graph.link(LinkId{0}).cable.medium, "copper");
  const auto& trunk = graph.link(static_cast<LinkId>(graph.link_count() - 1));
  EXPECT_EQ(trunk.cable.length, Micrometres(80'000'000'000));
  EXPECT_EQ(trunk.cable.medium, "fibre");
}

TEST(TopologyConfig, ReadsExplicitLists) {
  const auto fabric = read(R"(topology:
  kind: explicit
  gpus:
    - {name: left, ports: 1}
    - {name: right, ports: 1}
  switches: [{name: middle, ports: 2}]
  links:
    - {a: left.0, b: middle.0, length: 3m}
    - {a: right.0, b: middle.1}
)");
  const auto& graph = fabric.topology.graph;
  EXPECT_EQ(graph.link(LinkId{0}).cable.length, Micrometres(3'000'000));
  EXPECT_EQ(graph.link(LinkId{1}).cable.length, Micrometres(1'500'000));
  EXPECT_EQ(graph.link(LinkId{1}).name, "right.0-middle.1");
}

TEST(TopologyConfig, PointsAtTheWrongValue) {
  EXPECT_THAT(refusal_of("topology:\n  kind: planes\n  gpus: 300\n"), StartsWith("t.yaml:3:9: "));
  EXPECT_THAT(refusal_of("topology:\n  kind: planes\n  gpus: 300\n"), HasSubstr("300 ports"));
  EXPECT_THAT(refusal_of("topology:\n  kind: planes\n  gpus: 0\n"), StartsWith("t.yaml:3:9: "));
  EXPECT_THAT(refusal_of("topology:\n  kind: mesh\n  dims: [4, 0]\n"), StartsWith("t.yaml:3:13: "));
  EXPECT_THAT(refusal_of("topology:\n  kind: mesh\n  dims: [64, 65]\n"), StartsWith("t.yaml:3:9: "));
  EXPECT_THAT(refusal_of("topology:\n  kind: mesh\n  dims: []\n"), StartsWith("t.yaml:3:9: "));
  EXPECT_THAT(refusal_of("topology:\n  kind: torus\n"), StartsWith("t.yaml:2:9: "));
  EXPECT_THAT(refusal_of("topology:\n  kind: planes\n  gpu_link: {length: 3}\n"), StartsWith("t.yaml:3:22: "));
  EXPECT_THAT(refusal_of("topology:\n  kind: planes\n  gpu_link: {medium: string}\n"), StartsWith("t.yaml:3:22: "));
  EXPECT_THAT(refusal_of("topology:\n  kind: planes\n  spines: 3\n"), StartsWith("t.yaml:3:3: "));
  EXPECT_THAT(refusal_of("topology:\n  kind: planes\n  links_per_switch: 1\n  split: [1]\n"),
              StartsWith("t.yaml:4:10: "));
}

TEST(TopologyConfig, PointsAtTheWrongLink) {
  const std::string head =
      "topology:\n  kind: explicit\n  gpus: [{name: a, ports: 1}, {name: b, ports: 1}]\n  links:\n";
  EXPECT_THAT(refusal_of(head + "    - {a: a.0, b: c.0}\n"),
              StartsWith("t.yaml:5:19: topology.links[0].b: no chip is named 'c'"));
  EXPECT_THAT(refusal_of(head + "    - {a: a, b: b.0}\n"),
              StartsWith("t.yaml:5:11: topology.links[0].a: 'a' names no port"));
  EXPECT_THAT(refusal_of(head + "    - {a: a.0, b: b.0}\n    - {a: b.0, b: a.0}\n"),
              StartsWith("t.yaml:6:7: topology.links[1]: port b.0"));
  EXPECT_THAT(refusal_of(head + "    - {a: a.0, b: b.1}\n"), HasSubstr("'b' has ports 0 to 0, not 1"));
}

TEST(RoutingConfig, ReadsAlgorithmAndModes) {
  const auto routes = read_all(
      "topology: {kind: mesh, dims: [3, 3]}\n"
      "routing: {algorithm: shortest, mode: sprayed, class_modes: {response: adaptive}}\n");
  EXPECT_EQ(routes.mode(ClassId{0}), RouteMode::sprayed);
  EXPECT_EQ(routes.mode(ClassId{1}), RouteMode::adaptive);
  EXPECT_EQ(routes.widest_choice(), 2U);
}

TEST(RoutingConfig, PointsAtWhatCannotBeRouted) {
  EXPECT_THAT(refusal([] { read_all("topology: {kind: planes}\nrouting: {algorithm: dimension_order}\n"); }),
              StartsWith("t.yaml:2:22: "));
  const std::string apart =
      "topology:\n  kind: explicit\n  gpus: [{name: a, ports: 1}, {name: b, ports: 1}]\n  links: []\n";
  EXPECT_THAT(refusal([&] { read_all(apart); }), HasSubstr("no path leads from a to b"));
  EXPECT_EQ(refusal([&] { read_all(apart + "  partial: true\n"); }), "accepted");
}
