// SPDX-License-Identifier: Apache-2.0
// What holds for every network: messages arrive once, packets are accounted for, and runs repeat.
#include <gtest/gtest.h>

#include <stdexcept>

#include "common/random.hpp"
#include "networks.hpp"

namespace fs::test {
namespace {

using Pattern = NetTrafficSpec::Pattern;

ScaleOutSpec drawn_network(RandomStream& draws) {
  ScaleOutSpec spec = leaf_spine(24, static_cast<int>(1 + draws.below(3)), static_cast<int>(1 + draws.below(4)));
  if (draws.chance(0.3)) {
    spec.topology.kind = NetTopologySpec::Kind::clos3;
    spec.topology.leaves = 4;
    spec.topology.cores = static_cast<int>(1 + draws.below(2));
  }
  spec.topology.leaf_link.rate = BitsPerSecond(draws.chance(0.5) ? 200'000'000'000 : 800'000'000'000);
  spec.ethernet.forwarding = static_cast<EthernetSpec::Forwarding>(draws.below(2));
  spec.ethernet.path = static_cast<EthernetSpec::PathChoice>(draws.below(3));
  spec.ethernet.flow_control = static_cast<EthernetSpec::FlowControl>(draws.below(3));
  spec.ethernet.buffer = static_cast<std::int64_t>(6'000'000 + draws.below(4'000'000));
  if (spec.ethernet.flow_control == EthernetSpec::FlowControl::none) spec.ethernet.buffer = 150'000;
  spec.ethernet.ecn = draws.chance(0.5);
  spec.nic.dcqcn = spec.ethernet.ecn;
  spec.nic.transport.kind = draws.chance(0.3) ? TransportSpec::Kind::go_back_n : TransportSpec::Kind::selective_repeat;
  if (spec.ethernet.path != EthernetSpec::PathChoice::ecmp) spec.nic.transport.reorder = 16;
  spec.nic.queue_pairs = static_cast<int>(1 + draws.below(3));
  spec.seed = draws.next() >> 2U;
  return spec;
}

class AnyNetwork : public testing::TestWithParam<int> {};

TEST_P(AnyNetwork, DeliversEveryMessageOnceAndAgain) {
  RandomStream draws(static_cast<std::uint64_t>(GetParam()), "any", "network");
  const ScaleOutSpec spec = drawn_network(draws);
  NetTrafficSpec flows = traffic(static_cast<Pattern>(2 + draws.below(3)), nodes(0, 24));
  flows.bytes = static_cast<std::int64_t>(1 + draws.below(200'000));
  flows.messages = flows.pattern == Pattern::all_to_all ? 1 : 12;
  if (draws.chance(0.5)) flows.load = 0.8;
  flows.outstanding = static_cast<int>(1 + draws.below(8));
  Digest digests[2];
  for (auto& digest : digests) {
    ScaleOutRun run(spec, run_of(flows, microseconds(1'000'000)));
    run.run(microseconds(1'000'000));
    const auto counts = run.network().packet_counts();
    EXPECT_EQ(run.classes()[0].done(), run.classes()[0].total());
    if (spec.ethernet.flow_control != EthernetSpec::FlowControl::none) {
      EXPECT_EQ(counts.lost(), 0U);
    }
    digest = run.digest();
  }
  EXPECT_EQ(digests[0], digests[1]);
}

/// Giving up idle queue pairs, all or none, shows in nothing but memory.
TEST_P(AnyNetwork, DoesTheSameWhicheverQueuePairsAreKept) {
  RandomStream draws(static_cast<std::uint64_t>(GetParam()), "any", "queue pairs");
  ScaleOutSpec spec = drawn_network(draws);
  NetTrafficSpec flows = traffic(Pattern::uniform, nodes(0, 24));
  flows.bytes = static_cast<std::int64_t>(1 + draws.below(50'000));
  flows.messages = 60;
  flows.load = 0.3 + 0.1 * static_cast<double>(draws.below(6));
  Digest digests[2];
  SenderCounts sent[2];
  std::size_t known[2] = {}, most[2] = {};
  for (const int way : {0, 1}) {
    spec.nic.keep_idle = way == 0 ? 0 : 100'000;
    ScaleOutRun run(spec, run_of(flows, microseconds(1'000'000)));
    run.run(microseconds(1'000'000));
    EXPECT_EQ(run.classes()[0].done(), run.classes()[0].total());
    digests[way] = run.digest();
    sent[way] = run.network().nics().queue_pairs().sender_counts();
    known[way] = run.network().nics().queue_pairs().known();
    most[way] = run.network().nics().queue_pairs().high_water();
  }
  EXPECT_EQ(digests[0], digests[1]);
  EXPECT_EQ(sent[0].sent, sent[1].sent);
  EXPECT_EQ(sent[0].repeated, sent[1].repeated);
  EXPECT_EQ(known[0], known[1]);
  EXPECT_EQ(most[1], known[1]);
  EXPECT_LE(most[0], known[0]);
}

TEST(Network, GivesUpQueuePairsThatAreThrough) {
  ScaleOutSpec spec = leaf_spine(24, 4, 2);
  spec.nic.keep_idle = 20;
  NetTrafficSpec flows = traffic(Pattern::uniform, nodes(0, 24));
  flows.bytes = 10'000;
  flows.messages = 200;
  flows.load = 0.2;
  ScaleOutRun run(spec, run_of(flows, microseconds(1'000'000)));
  run.run(microseconds(1'000'000));
  EXPECT_EQ(run.network().nics().queue_pairs().known(), 24U * 23U);
  EXPECT_LT(run.network().nics().queue_pairs().high_water(), 150U);
}

INSTANTIATE_TEST_SUITE_P(Seeds, AnyNetwork, testing::Range(1, 41));

/// How far it is advanced at a time does not matter.
TEST(Network, StepsDoNotMatter) {
  const ScaleOutSpec spec = leaf_spine(16, 4, 2);
  Deliveries deliveries[2];
  for (int way = 0; way < 2; ++way) {
    ScaleOutNetwork network(spec);
    network.report_to(deliveries[way]);
    for (std::uint64_t i = 0; i < 200; ++i) {
      const auto source = static_cast<NodeId>(i % 16);
      network.post(
          CarriedMessage{i, source, static_cast<NodeId>((i * 7 + 3) % 16 == i % 16 ? (i + 1) % 16 : (i * 7 + 3) % 16),
                         Bytes(30'000)},
          Femtoseconds(0));
    }
    if (way == 0) {
      network.advance(microseconds(5'000));
    } else {
      for (int step = 1; step <= 50'000; ++step) network.advance(nanoseconds(100) * step);
    }
    EXPECT_EQ(network.under_way(), 0U);
    EXPECT_FALSE(deliveries[way].twice);
  }
  EXPECT_EQ(deliveries[0].at, deliveries[1].at);
}

/// After a delivery the sink may post at once.
TEST(Network, TakesPostsFromWithinADelivery) {
  struct PingPong final : MessageSink {
    ScaleOutNetwork* network = nullptr;
    int rounds = 0;
    Femtoseconds last{0};
    void delivered(std::uint64_t id, Femtoseconds time) override {
      last = time;
      if (++rounds == 10) return;
      const bool back = id % 2 == 0;
      network->post(CarriedMessage{id + 1, NodeId{back}, NodeId{!back}, Bytes(2)}, time);
    }
  } sink;
  const ScaleOutSpec spec = one_switch(2);
  ScaleOutNetwork network(spec);
  sink.network = &network;
  network.report_to(sink);
  network.post(CarriedMessage{0, NodeId{0}, NodeId{1}, Bytes(2)}, Femtoseconds(0));
  network.advance(microseconds(1'000));
  EXPECT_EQ(sink.last, 10 * time_of(spec, NodeId{0}, NodeId{1}, 2));
}

TEST(Network, SaysWhatCannotBeBuilt) {
  ScaleOutSpec spec = leaf_spine(16, 4, 2);
  spec.ethernet.buffer = 100'000;
  try {
    const ScaleOutNetwork network(spec);
    FAIL() << "a buffer smaller than its headroom was taken";
  } catch (const std::invalid_argument& problem) {
    EXPECT_NE(std::string(problem.what()).find("switch leaf0: headroom takes"), std::string::npos) << problem.what();
  }
}

}  // namespace
}  // namespace fs::test
