// SPDX-License-Identifier: Apache-2.0
// Without waiting, a message takes what its bytes, wires and switches take: to the femtosecond.
#include <gtest/gtest.h>

#include <algorithm>
#include <tuple>

#include "networks.hpp"

namespace fs::test {
namespace {

constexpr NodeId first{0};

/// At 400 Gb/s.
Femtoseconds wire(std::int64_t bytes) { return picoseconds(bytes * 20); }

class Latency : public testing::TestWithParam<std::tuple<int, int, std::int64_t>> {};

/// Switches on the way (1, 3, 5), forwarding, message.
TEST_P(Latency, IsItsClosedForm) {
  const auto [switches, stores, bytes] = GetParam();
  ScaleOutSpec spec = leaf_spine(16, 4, 2);
  spec.topology.kind = NetTopologySpec::Kind::clos3;
  spec.topology.pods = 2;
  spec.topology.cores = 2;
  if (stores == 1) spec.ethernet.forwarding = EthernetSpec::Forwarding::store_and_forward;
  const auto target = static_cast<NodeId>(switches == 1 ? 1 : switches == 3 ? 4 : 12);
  const std::int64_t packets = (bytes + 4095) / 4096;
  const std::int64_t last = std::max<std::int64_t>(84, bytes - (packets - 1) * 4096 + 82);
  Femtoseconds expected = spec.nic.send_latency + spec.nic.receive_latency + (switches + 1) * nanoseconds(115) +
                          switches * spec.ethernet.latency + (packets - 1) * wire(4178) + wire(last);
  // Store and forward: each switch waits for the whole of a packet, and behind a longer one for that.
  if (stores == 1) expected += switches * wire(packets > 1 ? 4178 : last);
  EXPECT_EQ(time_of(spec, first, target, bytes), expected);
}

INSTANTIATE_TEST_SUITE_P(Ways, Latency,
                         testing::Combine(testing::Values(1, 3, 5), testing::Values(0, 1),
                                          testing::Values(1, 2, 4096, 4097, 100'000)));

/// Into a faster wire a packet goes when its end can follow without a gap; into a slower one at once.
TEST(Latency, CutThroughBetweenUnequalRatesNeverRunsDry) {
  ScaleOutSpec spec = leaf_spine(4, 2, 1);
  spec.topology.leaf_link.rate = BitsPerSecond(1'600'000'000'000);
  const Femtoseconds fast =
      spec.nic.send_latency + spec.nic.receive_latency + 4 * nanoseconds(115) + 3 * spec.ethernet.latency + wire(4178);
  // The leaf's wire is four times as fast: it begins late enough to end with the packet's tail; the spine and the last
  // leaf then send as soon as they can, the last wire taking its full time again.
  const Femtoseconds late = wire(4178) - wire(4178) / 4;
  EXPECT_EQ(time_of(spec, first, static_cast<NodeId>(2), 4096), fast + late);
  spec.topology.leaf_link.rate = BitsPerSecond(100'000'000'000);
  EXPECT_EQ(time_of(spec, first, static_cast<NodeId>(2), 4096), fast + 4 * wire(4178) - wire(4178));
}

/// A message of 2 bytes through one switch of 130 ns (Quantum-2), two cables of 3 m; the ends' latencies are fitted so
/// that it takes 1.47 us, as ib_write_lat has it: this holds the fit, and what a second level of switches adds to it.
TEST(Latency, SmallMessagesAsMeasured) {
  ScaleOutSpec spec = leaf_spine(8, 2, 2);
  spec.ethernet.latency = nanoseconds(130);
  spec.nic.send_latency = spec.nic.receive_latency = picoseconds(554'160);
  EXPECT_NEAR(to_nanoseconds(time_of(spec, first, static_cast<NodeId>(1), 2)), 1470, 0.01);
  EXPECT_NEAR(to_nanoseconds(time_of(spec, first, static_cast<NodeId>(5), 2)), 1470 + 2 * (130 + 115), 0.01);
}

}  // namespace
}  // namespace fs::test
