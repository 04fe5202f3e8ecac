// SPDX-License-Identifier: Apache-2.0
#include "fabric/graph.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>

using namespace fs;
using testing::HasSubstr;

namespace {

struct Pair {
  Graph graph;
  ChipId gpu = graph.add_gpu("gpu0", 2);
  ChipId sw = graph.add_switch("sw0", 4);
};

std::string graph_refusal(const std::function<void()>& step) {
  try {
    step();
  } catch (const TopologyError& error) {
    return error.what();
  }
  return "accepted";
}

}  // namespace

TEST(Graph, NamesLinksAndChannelsByTheirEnds) {
  Pair pair;
  const auto link = pair.graph.add_link({pair.gpu, PortId{1}}, {pair.sw, PortId{3}}, {});
  EXPECT_EQ(pair.graph.link(link).name, "gpu0.1-sw0.3");
  EXPECT_EQ(pair.graph.channel_name(forward_channel(link)), "gpu0.1->sw0.3");
  EXPECT_EQ(pair.graph.channel_name(reverse_channel(link)), "sw0.3->gpu0.1");
  EXPECT_EQ(opposite(forward_channel(link)), reverse_channel(link));
  EXPECT_FALSE(pair.graph.link(link).trunk);
}

TEST(Graph, KnowsWhatLiesBehindAPort) {
  Pair pair;
  const auto link = pair.graph.add_link({pair.gpu, PortId{1}}, {pair.sw, PortId{3}}, {});
  const auto& peer = pair.graph.peer(pair.sw, PortId{3});
  ASSERT_TRUE(peer);
  EXPECT_EQ(peer->far, (LinkEnd{pair.gpu, PortId{1}}));
  EXPECT_EQ(peer->out, reverse_channel(link));
  EXPECT_EQ(pair.graph.sink(peer->out), peer->far);
  EXPECT_EQ(pair.graph.source(peer->in), peer->far);
  EXPECT_FALSE(pair.graph.peer(pair.sw, PortId{0}));
}

TEST(Graph, FindsChipsByName) {
  const Pair pair;
  EXPECT_EQ(pair.graph.find("sw0"), pair.sw);
  EXPECT_FALSE(pair.graph.find("sw1"));
  EXPECT_EQ(pair.graph.gpu(NodeId{0}), pair.gpu);
}

TEST(Graph, RefusesImpossibleLinks) {
  Pair pair;
  auto& graph = pair.graph;
  graph.add_link({pair.gpu, PortId{0}}, {pair.sw, PortId{0}}, {});
  const auto link = [&](LinkEnd a, LinkEnd b) { return graph_refusal([&] { graph.add_link(a, b, {}); }); };
  EXPECT_THAT(link({pair.gpu, PortId{0}}, {pair.sw, PortId{1}}), HasSubstr("port gpu0.0 already has a link"));
  EXPECT_THAT(link({pair.gpu, PortId{1}}, {pair.sw, PortId{4}}), HasSubstr("'sw0' has ports 0 to 3, not 4"));
  EXPECT_THAT(link({pair.sw, PortId{1}}, {pair.sw, PortId{2}}), HasSubstr("both ends on 'sw0'"));
  EXPECT_THAT(link({pair.gpu, PortId{1}}, {ChipId{9}, PortId{2}}), HasSubstr("chip number 9 does not exist"));
  EXPECT_THAT(graph_refusal([&] {
                graph.add_link({pair.gpu, PortId{1}}, {pair.sw, PortId{1}}, {Micrometres(-1), "pcb"});
              }),
              HasSubstr("length"));
  EXPECT_EQ(graph.link_count(), 1U);
}

TEST(Graph, RefusesImpossibleChips) {
  Pair pair;
  EXPECT_THAT(graph_refusal([&] { pair.graph.add_gpu("sw0", 1); }), HasSubstr("two chips are named 'sw0'"));
  EXPECT_THAT(graph_refusal([&] { pair.graph.add_switch("sw1", 257); }), HasSubstr("257 ports"));
  EXPECT_THAT(graph_refusal([&] { pair.graph.add_switch("sw1", 0); }), HasSubstr("0 ports"));
  EXPECT_THAT(graph_refusal([&] { pair.graph.add_switch("", 1); }), HasSubstr("name"));
}
