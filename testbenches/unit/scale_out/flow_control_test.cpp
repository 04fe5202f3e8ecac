// SPDX-License-Identifier: Apache-2.0
// Neighbours that keep each other from overflowing, and what happens where nobody does.
#include <gtest/gtest.h>

#include "networks.hpp"

namespace fs::test {
namespace {

using Flow = EthernetSpec::FlowControl;
using Pattern = NetTrafficSpec::Pattern;

/// Eight NICs into one, through one switch, windows wide open.
ScaleOutSpec incast_network(Flow flow) {
  ScaleOutSpec spec = one_switch(9);
  spec.ethernet.flow_control = flow;
  spec.ethernet.buffer = 8'000'000;
  spec.nic.transport.window = 4096;
  return spec;
}

NetTrafficSpec incast(std::int64_t messages) {
  NetTrafficSpec spec = traffic(Pattern::incast, nodes(1, 8));
  spec.targets = {NodeId{0}};
  spec.bytes = 1 << 20;
  spec.messages = messages;
  spec.outstanding = 4;
  return spec;
}

std::uint64_t pauses(const ScaleOutNetwork& network) {
  std::uint64_t sum = 0;
  for (const auto& port : network.wires().counts) sum += port.pauses;
  return sum;
}

TEST(FlowControl, PausesLoseNothingAndKeepTheWireFull) {
  ScaleOutRun run(incast_network(Flow::pfc), run_of(incast(20), microseconds(10'000)));
  const Femtoseconds end = run.run(microseconds(10'000));
  const auto& network = run.network();
  EXPECT_EQ(run.classes()[0].done(), 160U);
  EXPECT_EQ(network.packet_counts().lost(), 0U);
  EXPECT_EQ(network.nics().queue_pairs().sender_counts().repeated, 0U);
  EXPECT_GT(pauses(network), 8U);
  EXPECT_GT(run.classes()[0].fairness(), 0.9999);
  // 160 MiB at 400 Gb/s of wire, of which 4096 in 4178 bytes are theirs.
  const double wire_ns = 160.0 * (1 << 20) * 4178 / 4096 / 50;
  EXPECT_NEAR(to_nanoseconds(end) / wire_ns, 1.0, 0.01);
}

/// The computed headroom is enough on long cables too, and half of what has been used is not.
TEST(FlowControl, HeadroomIsWhatComesAfterAPause) {
  for (const std::int64_t metres : {3, 300, 2000}) {
    ScaleOutSpec spec = incast_network(Flow::pfc);
    spec.ethernet.buffer = 40'000'000;
    spec.ethernet.alpha = 1.0 / 8;
    spec.topology.nic_link.flight = picoseconds(4900 * metres);
    ScaleOutRun run(spec, run_of(incast(20), microseconds(10'000)));
    run.run(microseconds(10'000));
    EXPECT_EQ(run.network().packet_counts().lost(), 0U) << metres;
    std::int64_t used = 0;
    for (const auto& port : run.network().wires().counts) used = std::max(used, port.headroom_high_water);
    const std::int64_t given = EthernetSwitches::headroom_for(spec.ethernet, spec.topology.nic_link);
    EXPECT_LE(used, given) << metres;
    // The formula holds two longest frames and 800 bytes of MAC; a simulated neighbour needs all but those.
    EXPECT_GE(used, given - 3 * spec.ethernet.mtu - 800) << metres;
    spec.ethernet.headroom = used / 2;
    ScaleOutRun short_of(spec, run_of(incast(20), microseconds(20'000)));
    short_of.run(microseconds(20'000));
    EXPECT_GT(short_of.network().packet_counts().dropped[static_cast<int>(NetDrop::headroom)], 0U) << metres;
    EXPECT_EQ(short_of.classes()[0].done(), 160U) << metres;
  }
}

TEST(FlowControl, CreditsLoseNothingAndKeepTheWireFull) {
  ScaleOutRun run(incast_network(Flow::credits), run_of(incast(20), microseconds(10'000)));
  const Femtoseconds end = run.run(microseconds(10'000));
  EXPECT_EQ(run.classes()[0].done(), 160U);
  EXPECT_EQ(run.network().packet_counts().lost(), 0U);
  EXPECT_EQ(run.network().nics().queue_pairs().sender_counts().repeated, 0U);
  EXPECT_EQ(pauses(run.network()), 0U);
  EXPECT_NEAR(to_nanoseconds(end) / (160.0 * (1 << 20) * 4178 / 4096 / 50), 1.0, 0.01);
}

/// A share smaller than what its round trip takes lets one sender have share / round trip.
TEST(FlowControl, CreditsBoundTheRateByTheirRoundTrip) {
  ScaleOutSpec spec = one_switch(2);
  spec.topology.nic_link.flight = microseconds(5);
  spec.ethernet.flow_control = Flow::credits;
  spec.ethernet.buffer = 300'000;
  spec.ethernet.credit_every = 4178;
  spec.nic.transport.window = 4096;
  NetTrafficSpec stream = traffic(Pattern::pairs, {NodeId{0}});
  stream.targets = {NodeId{1}};
  stream.bytes = 4096 * 64;
  stream.outstanding = 16;
  ScaleOutRun run(spec, run_of(stream, microseconds(2'000), microseconds(200)));
  run.run(microseconds(2'000));
  const double share = 300'000.0 * 15 / 16 / 2;  // two ports
  // There and back, the switch, and a packet's own time.
  const double round_trip = 2 * 5.1e-6 + 600e-9 + 4178 * 20e-12;
  EXPECT_NEAR(goodput(run) * 4178 / 4096 / (share / round_trip), 1.0, 0.04);
}

TEST(FlowControl, WithoutItBuffersOverflowAndTransportsMakeItGood) {
  for (const auto kind : {TransportSpec::Kind::selective_repeat, TransportSpec::Kind::go_back_n}) {
    ScaleOutSpec spec = incast_network(Flow::none);
    spec.ethernet.buffer = 500'000;
    spec.nic.transport.kind = kind;
    spec.nic.transport.window = 64;
    ScaleOutRun run(spec, run_of(incast(5), microseconds(1'000'000)));
    run.run(microseconds(1'000'000));
    const auto counts = run.network().packet_counts();
    EXPECT_GT(counts.dropped[static_cast<int>(NetDrop::threshold)], 0U);
    EXPECT_EQ(counts.dropped[static_cast<int>(NetDrop::headroom)], 0U);
    EXPECT_GE(run.network().nics().queue_pairs().sender_counts().repeated, counts.lost());
    EXPECT_EQ(run.classes()[0].done(), 40U);
  }
}

/// One full queue may hold alpha / (1 + alpha) of the buffer (Choudhury and Hahne 1998).
TEST(FlowControl, DynamicThresholdsLeaveRoomForOthers) {
  for (const double alpha : {0.5, 1.0, 4.0}) {
    ScaleOutSpec spec = incast_network(Flow::none);
    spec.ethernet.buffer = 2'000'000;
    spec.ethernet.alpha = alpha;
    ScaleOutRun run(spec, run_of(incast(4), microseconds(2'000)));
    run.run(microseconds(2'000));
    const auto& network = run.network();
    std::int64_t most = 0;
    for (const auto& port : network.wires().counts) most = std::max(most, port.queue_high_water);
    EXPECT_NEAR(static_cast<double>(most) / 2e6, alpha / (1 + alpha), 0.01) << alpha;
  }
}

/// A stopped priority does not stop another one.
TEST(FlowControl, PrioritiesAreStoppedOneByOne) {
  ScaleOutSpec spec = incast_network(Flow::pfc);
  spec.ethernet.priorities = 3;
  spec.topology.nics = 11;
  NetTrafficSpec other = traffic(Pattern::pairs, {NodeId{1}});
  other.name = "other";
  other.targets = {NodeId{10}};
  other.priority = 1;
  other.bytes = 4096;
  other.load = 0.05;
  NetRunSpec both = run_of(incast(0), microseconds(1'000), microseconds(100));
  both.traffic.push_back(other);
  ScaleOutRun run(spec, both);
  run.run(microseconds(1'000));
  EXPECT_GT(pauses(run.network()), 8U);
  // At most one frame of the other priority is before it.
  EXPECT_LT(to_nanoseconds(run.classes()[1].latency().percentile(0.99)), 1'630 + 84 + 3 * 84);
}

/// Two priorities that both want all of a wire have it as their weights say; one that is alone has all of it.
TEST(FlowControl, PrioritiesShareAWireByTheirWeights) {
  struct Case {
    std::int64_t weights[2];
    double share;
  };
  for (const Case& c : {Case{{0, 0}, 0.5}, Case{{1, 1}, 0.5}, Case{{3, 1}, 0.75}, Case{{1, 9}, 0.1}}) {
    for (const bool one_nic : {true, false}) {  // shared at a NIC, and at a switch
      ScaleOutSpec spec = incast_network(Flow::pfc);
      spec.ethernet.priorities = 3;
      spec.ethernet.weights = {c.weights[0], c.weights[1]};
      NetTrafficSpec first = traffic(Pattern::pairs, {NodeId{1}});
      first.targets = {NodeId{0}};
      first.bytes = 65'536;
      first.outstanding = 8;
      NetTrafficSpec second = first;
      second.name = "second";
      second.priority = 1;
      if (!one_nic) second.sources = {NodeId{2}};
      NetRunSpec both = run_of(first, microseconds(2'000), microseconds(200));
      both.traffic.push_back(second);
      ScaleOutRun run(spec, both);
      run.run(microseconds(2'000));
      const double all = goodput(run, 0) + goodput(run, 1);
      EXPECT_NEAR(goodput(run, 0) / all, c.share, 0.01) << c.weights[0] << ":" << c.weights[1] << one_nic;
      EXPECT_NEAR(all / (50e9 * 4096 / 4178), 1.0, 0.02);
      both.traffic.pop_back();
      ScaleOutRun alone(spec, both);
      alone.run(microseconds(2'000));
      EXPECT_NEAR(goodput(alone) / (50e9 * 4096 / 4178), 1.0, 0.02);
    }
  }
}

}  // namespace
}  // namespace fs::test
