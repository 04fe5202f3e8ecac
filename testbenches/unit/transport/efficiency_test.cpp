// SPDX-License-Identifier: Apache-2.0
// Share of the wire that a transport makes use of, over distance and loss, against theory.
#include <gtest/gtest.h>

#include <ostream>

#include <cmath>

#include "paths.hpp"
#include "transport/end_to_end/theory.hpp"
#include "transport/run/flow_run.hpp"

using namespace fs;
using namespace fs::testing;

namespace {

struct Measured {
  double kept = 0;        // packets, each once
  double efficiency = 0;  // of the wire from the first arrival on
  double window = 0;      // 1 + RTT / T
  FlowResult result;
};

/// One flow of one-packet messages at 400 Gb/s for `packets` packet times after the first arrival.
Measured saturated(const TransportSpec& transport, double kilometres, double loss, std::int64_t packets,
                   bool damaged = false) {
  const Femtoseconds delay(static_cast<std::int64_t>(kilometres * 4.9e9));
  FlowSpec flow;
  flow.transport = transport;
  flow.bytes = transport.payload;
  Measured measured;
  auto there = plain("there", delay, loss);
  there.deliver_damaged = damaged;
  const ByteClock wire(there.rate.value(), 1);
  const Femtoseconds packet_time = wire.end_of(transport.packet_bytes());
  measured.window = 1 + 2 * to_nanoseconds(delay) / to_nanoseconds(packet_time);
  flow.outstanding = static_cast<std::int64_t>(measured.window * 20) + 100;
  FlowRun run(there, plain("back", delay, 0), {flow});
  run.run(delay + packet_time * packets);
  measured.result = run.result(0);
  measured.kept = static_cast<double>(measured.result.completed);
  measured.efficiency = measured.kept / static_cast<double>(packets);
  return measured;
}

TransportSpec of_kind(TransportSpec::Kind kind) {
  TransportSpec spec;
  spec.kind = kind;
  return spec;
}

/// The share of tries that failed lies within four standard deviations of the loss asked for.
void expect_share(double failed, double tries, double loss) {
  EXPECT_NEAR(failed / tries, loss, 4 * std::sqrt(loss / tries)) << failed << " of " << tries;
}

struct Point {
  double kilometres;
  double loss;
  std::int64_t packets;
};
std::ostream& operator<<(std::ostream& out, const Point& point) {
  return out << point.kilometres << "km,loss=" << point.loss;
}

}  // namespace

class GoBackN : public ::testing::TestWithParam<Point> {};

// A loss costs W packet times: its own and a round trip. With the losses that there were, efficiency is theory's to
// within one percent; and there were as many as there should be. Theory takes the loss as known when the packet ends,
// and the sender as going back in the middle of another: a link's receiver, which sees damage, comes near that.
TEST_P(GoBackN, UsesTheWireAsTheorySays) {
  const Point point = GetParam();
  const Measured run = saturated(of_kind(TransportSpec::Kind::go_back_n), point.kilometres, point.loss, point.packets);
  const double rounds = static_cast<double>(run.result.sender.rounds);
  ASSERT_GE(rounds, 5);
  EXPECT_NEAR(run.efficiency / go_back_n_efficiency(rounds / (rounds + run.kept), run.window), 1.0, 0.01) << rounds;
  expect_share(rounds, rounds + run.kept, point.loss);
  EXPECT_EQ(run.result.sender.timeouts, 0U);
}

class GoBackNOverAHop : public ::testing::TestWithParam<Point> {};

TEST_P(GoBackNOverAHop, UsesTheWireAsTheorySaysFromTheFirstMetresOn) {
  const Point point = GetParam();
  const Measured run =
      saturated(of_kind(TransportSpec::Kind::go_back_n), point.kilometres, point.loss, point.packets, true);
  const double rounds = static_cast<double>(run.result.sender.rounds);
  EXPECT_NEAR(run.efficiency / go_back_n_efficiency(rounds / (rounds + run.kept), run.window), 1.0, 0.01) << rounds;
  expect_share(rounds, rounds + run.kept, point.loss);
  EXPECT_EQ(run.result.sender.timeouts, 0U);
}

INSTANTIATE_TEST_SUITE_P(Distances, GoBackNOverAHop,
                         ::testing::Values(Point{0.03, 1e-3, 500'000}, Point{0.03, 1e-2, 500'000},
                                           Point{1, 1e-2, 1'000'000}, Point{6, 1e-3, 1'000'000}));

// Where a round trip is a few packets, W is a whole number of them: what is left of the difference to theory.
TEST(WholePackets, GoBackNOverFewPacketsCostsWholePackets) {
  constexpr double packet_time = 4160 * 8 / 400e9;
  constexpr double complaint = 64 * 8 / 400e9;
  for (const bool at_once : {false, true}) {
    const double window = go_back_n_window(2 * 0.03 * 4.9e-6, packet_time, complaint, at_once);
    EXPECT_EQ(window, at_once ? 5 : 6);
    const Measured run = saturated(of_kind(TransportSpec::Kind::go_back_n), 0.03, 1e-2, 500'000, at_once);
    const double rounds = static_cast<double>(run.result.sender.rounds);
    EXPECT_NEAR(run.efficiency / go_back_n_efficiency(rounds / (rounds + run.kept), window), 1.0, 0.002) << window;
  }
}

INSTANTIATE_TEST_SUITE_P(Distances, GoBackN,
                         ::testing::Values(Point{0.03, 1e-3, 500'000}, Point{1, 1e-3, 1'000'000},
                                           Point{1, 1e-2, 1'000'000}, Point{10, 1e-4, 1'500'000},
                                           Point{10, 1e-3, 1'500'000}, Point{100, 1e-4, 2'500'000},
                                           Point{100, 1e-3, 2'500'000}, Point{1000, 1e-5, 3'000'000}));

class SelectiveRepeat : public ::testing::TestWithParam<Point> {};

TEST_P(SelectiveRepeat, UsesTheWireAsTheorySays) {
  const Point point = GetParam();
  const Measured run =
      saturated(of_kind(TransportSpec::Kind::selective_repeat), point.kilometres, point.loss, point.packets);
  EXPECT_NEAR(run.efficiency / selective_repeat_efficiency(point.loss), 1.0, 0.01);
  EXPECT_EQ(run.result.duplicates, 0U);
}

INSTANTIATE_TEST_SUITE_P(Distances, SelectiveRepeat,
                         ::testing::Values(Point{1, 1e-2, 300'000}, Point{10, 1e-2, 300'000}, Point{100, 1e-3, 500'000},
                                           Point{100, 1e-2, 500'000}, Point{1000, 1e-2, 1'500'000}));

TEST(Window, BelowTheBandwidthDelayProductIsItsShareOfIt) {
  for (const auto kind : {TransportSpec::Kind::go_back_n, TransportSpec::Kind::selective_repeat}) {
    TransportSpec spec = of_kind(kind);
    for (const std::int64_t window : {40, 300, 1000}) {
      spec.window = window;
      spec.acknowledge_every = 1;
      const Measured run = saturated(spec, 10, 0, 200'000);
      const double packet_time = 1 / 400e9 * 4160 * 8;
      const double theory = window_efficiency(static_cast<double>(window), 98e-6, packet_time);
      EXPECT_NEAR(run.efficiency / theory, 1.0, 0.01) << window;
    }
  }
}

// A window smaller than the packets that share an acknowledgement: none of it waits for a timer.
TEST(Window, OfTwoPacketsDoesNotWaitForAcknowledgementsThatWaitForMore) {
  TransportSpec spec = of_kind(TransportSpec::Kind::selective_repeat);
  for (const std::int64_t window : {1, 2, 5}) {
    spec.window = window;
    const Measured run = saturated(spec, 10, 0, 200'000);
    const double theory = window_efficiency(static_cast<double>(window), 98e-6, 4160 * 8 / 400e9);
    EXPECT_NEAR(run.efficiency / theory, 1.0, 0.01) << window;
    EXPECT_EQ(run.result.sender.timeouts, 0U);
    EXPECT_EQ(run.result.duplicates, 0U);
  }
}

TEST(Window, OfTheBandwidthDelayProductFillsTheWire) {
  for (const auto kind : {TransportSpec::Kind::go_back_n, TransportSpec::Kind::selective_repeat}) {
    EXPECT_GT(saturated(of_kind(kind), 100, 0, 200'000).efficiency, 0.999);
  }
}

TEST(Pacing, KeepsToItsRate) {
  TransportSpec spec = of_kind(TransportSpec::Kind::selective_repeat);
  spec.pace = BitsPerSecond(100'000'000'000);
  EXPECT_NEAR(saturated(spec, 10, 0, 200'000).efficiency, 0.25, 0.001);
}
