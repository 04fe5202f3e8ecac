// SPDX-License-Identifier: Apache-2.0
// DCQCN: its equations step by step, and what many of it make of one link.
#include <gtest/gtest.h>

#include "networks.hpp"
#include "scale_out/nic/dcqcn.hpp"

namespace fs::test {
namespace {

using Pattern = NetTrafficSpec::Pattern;

/// Equations 1 to 4 of the paper, worked by hand with g = 1/16.
TEST(Dcqcn, CutsByAlphaAndRecoversHalfOfTheRestAStep) {
  DcqcnSpec spec;
  spec.g = 1.0 / 16;
  Dcqcn rate(spec, 40e9);
  EXPECT_FALSE(rate.limited());
  rate.notified(Femtoseconds(0));
  EXPECT_DOUBLE_EQ(rate.rate(), 20e9);  // alpha begins at 1
  EXPECT_DOUBLE_EQ(rate.target(), 40e9);
  EXPECT_DOUBLE_EQ(rate.alpha(), 1);
  rate.timer(microseconds(55));
  EXPECT_DOUBLE_EQ(rate.alpha(), 15.0 / 16);
  EXPECT_DOUBLE_EQ(rate.rate(), 30e9);
  rate.notified(microseconds(60));
  EXPECT_DOUBLE_EQ(rate.target(), 30e9);
  EXPECT_DOUBLE_EQ(rate.rate(), 30e9 * (1 - 15.0 / 32));
  EXPECT_DOUBLE_EQ(rate.alpha(), 15.0 / 16 * 15 / 16 + 1.0 / 16);
}

TEST(Dcqcn, GoesFromFastToAdditiveToHyper) {
  DcqcnSpec spec;
  spec.fast_steps = 2;
  Dcqcn rate(spec, 40e9);
  rate.notified(Femtoseconds(0));
  rate.notified(Femtoseconds(0));  // target 20, rate 10
  double target = 20e9;
  double expected = 10e9;
  for (int step = 1; step <= 4; ++step) {
    if (step > 2) target += 40e6;  // the timer alone is ahead: additive
    expected = (expected + target) / 2;
    rate.timer(microseconds(55) * step);
    EXPECT_DOUBLE_EQ(rate.rate(), expected) << step;
  }
  for (int step = 1; step <= 4; ++step) {
    target += step > 2 ? 400e6 * (step - 2) : 40e6;  // bytes have caught up: hyper
    expected = (expected + target) / 2;
    rate.sent(10'000'000);
    EXPECT_DOUBLE_EQ(rate.rate(), expected) << step;
  }
}

TEST(Dcqcn, EndsAtTheLinesRate) {
  const DcqcnSpec spec;
  Dcqcn rate(spec, 40e9);
  rate.notified(Femtoseconds(0));
  for (int step = 1; step <= 8; ++step) rate.timer(microseconds(55) * step);
  EXPECT_TRUE(rate.limited());
  rate.timer(microseconds(55) * 9);  // half of it, nine times halved: within a thousandth
  EXPECT_FALSE(rate.limited());
  EXPECT_EQ(rate.next_timer(), Femtoseconds::max());
}

/// The paper's own scene: 40 Gb/s, eight senders to one.
ScaleOutSpec forty_gigabit(int nics) {
  ScaleOutSpec spec = one_switch(nics);
  spec.topology.nic_link.rate = BitsPerSecond(40'000'000'000);
  spec.nic.transport.payload = 1024;
  spec.ethernet.mtu = 1106;
  spec.nic.transport.window = 4096;
  spec.ethernet.buffer = 12'000'000;
  return spec;
}

NetTrafficSpec eight_to_one() {
  NetTrafficSpec spec = traffic(Pattern::incast, nodes(1, 8));
  spec.targets = {NodeId{0}};
  spec.bytes = 1 << 18;
  spec.outstanding = 32;
  return spec;
}

TEST(Dcqcn, SharesALinkFairlyWithAShortQueueAndNoPauses) {
  ScaleOutSpec spec = forty_gigabit(9);
  const NetRunSpec scene = run_of(eight_to_one(), microseconds(100'000), microseconds(50'000));
  ScaleOutRun pauses_only(spec, scene);
  pauses_only.run(scene.duration);
  spec.ethernet.ecn = true;
  spec.nic.dcqcn = true;
  ScaleOutRun run(spec, scene);
  std::int64_t longest = 0;
  for (int look = 1; look <= 2000; ++look) {  // the queue in the second half, looked at every 25 us
    run.run(microseconds(25) * (2000 + look));
    longest =
        std::max(longest, run.network().wires().queued(NetGraph::opposite(run.network().nics().port_of(NodeId{0}))));
  }
  EXPECT_GT(run.network().nics().counts().notifications, 1000U);
  EXPECT_GT(run.classes()[0].fairness(), 0.95);
  EXPECT_GT(goodput(run) * 8 / 40e9, 0.85);
  EXPECT_LT(longest, 4 * spec.ethernet.kmax);
  EXPECT_EQ(run.network().packet_counts().lost(), 0U);
  const auto paused = [](const ScaleOutRun& what) {
    std::uint64_t sum = 0;
    for (const auto& port : what.network().wires().counts) sum += port.pauses;
    return sum;
  };
  EXPECT_LT(paused(run) * 10, paused(pauses_only));
}

TEST(Ecn, MarksByTheLengthOfTheQueue) {
  // A queue far above kmax: everything is marked. One below kmin: nothing.
  for (const bool above : {false, true}) {
    ScaleOutSpec spec = forty_gigabit(9);
    spec.ethernet.ecn = true;
    spec.ethernet.kmin = above ? 0 : 11'000'000;
    spec.ethernet.kmax = above ? 1 : 11'500'000;
    NetTrafficSpec flows = eight_to_one();
    flows.messages = 10;
    ScaleOutRun run(spec, run_of(flows, microseconds(100'000)));
    run.run(microseconds(100'000));
    const auto& counts = run.network().nics().counts();
    EXPECT_EQ(run.classes()[0].done(), 80U);
    if (above) {
      EXPECT_GT(counts.marked * 100, counts.data * 99);
    } else {
      EXPECT_EQ(counts.marked, 0U);
    }
  }
}

/// A queue held at a length by construction: shares of pmax between the thresholds.
TEST(Ecn, MarksAShareBetweenTheThresholds) {
  ScaleOutSpec spec = forty_gigabit(3);
  spec.ethernet.ecn = true;
  spec.ethernet.pmax = 0.5;
  spec.nic.transport.window = 100;  // two windows of 100 packets less what is under way stay in the queue
  NetTrafficSpec flows = traffic(Pattern::incast, nodes(1, 2));
  flows.targets = {NodeId{0}};
  flows.bytes = 1 << 20;
  flows.outstanding = 4;
  ScaleOutRun once(spec, run_of(flows, microseconds(2'000)));
  once.run(microseconds(2'000));
  const NetPortId out = NetGraph::opposite(once.network().nics().port_of(NodeId{0}));
  const double queue = static_cast<double>(once.network().wires().queued(out));
  ASSERT_GT(queue, 20'000);
  spec.ethernet.kmin = 0;
  spec.ethernet.kmax = static_cast<std::int64_t>(2 * queue);
  ScaleOutRun run(spec, run_of(flows, microseconds(20'000)));
  run.run(microseconds(20'000));
  const auto& counts = run.network().nics().counts();
  // Acknowledgements come 16 packets together, so the queue breathes by about as much.
  EXPECT_NEAR(static_cast<double>(counts.marked) / static_cast<double>(counts.data), 0.25, 0.03);
}

}  // namespace
}  // namespace fs::test
