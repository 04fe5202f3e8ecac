// SPDX-License-Identifier: Apache-2.0
// Two endpoints and one link that errs: what a replay costs, that ledgers say so, and that nothing is lost or repeated.
#include <algorithm>
#include <cstdlib>

#include <gtest/gtest.h>

#include "link/layer/live_link.hpp"
#include "link_rig.hpp"

using namespace fs;

namespace {

/// Frames of one flit of 64 bytes, 1 ns; a loop of 20 frames.
Profile simple() {
  Profile p;
  p.core_clock = Clock(nanoseconds(1));
  p.wire_unit = Bytes(64);
  p.lanes.line_rate = BitsPerSecond(512'000'000'000);
  p.frame.kind = FrameKind::flit;
  p.classes = {{"data", 1, 8}};
  p.retry.mode = RetryMode::go_back_n;
  p.retry.request = ReplayRequest::every_loss;
  p.retry.window = 64;
  p.retry.numbers = 128;
  return p;
}
constexpr std::int64_t loop = 20;
ChannelConfig simple_config(const Profile& p = simple()) { return make_channel_config(p, nanoseconds(9), 0); }

/// Destroys what is sent in the next `cycles`.
void spoil(LinkRig& rig, Cycles cycles) {
  rig.ab.layer()->set_errors({0.5}, {}, rig.now);
  rig.run(cycles);
  rig.ab.layer()->set_errors({0.0}, {}, rig.now);
}

}  // namespace

TEST(LinkLayer, AReplayAddsOneLoopAndTheLedgerSaysSo) {
  LinkRig rig(simple_config());
  rig.b.keep_latencies = true;
  rig.a.offer(1, 64, 64);
  rig.run(Cycles(100));
  const Femtoseconds unhindered = rig.b.latencies.back();
  EXPECT_EQ(rig.b.retry_times.back(), Femtoseconds(0));
  rig.b.latencies.clear();
  rig.b.retry_times.clear();
  spoil(rig, Cycles(1));
  rig.run(Cycles(2 * loop));
  ASSERT_TRUE(rig.drain(Cycles(500)));
  EXPECT_EQ(rig.ab.layer()->counters(rig.now).frames_lost, 1U);
  EXPECT_EQ(rig.ab.layer()->counters(rig.now).retries, 1U);
  EXPECT_EQ(rig.ab.layer()->counters(rig.now).frames_replayed, static_cast<std::uint64_t>(loop));
  std::size_t delayed = 0;
  for (std::size_t i = 0; i < rig.b.latencies.size(); ++i) {
    if (rig.b.retry_times[i] == Femtoseconds(0)) continue;
    ++delayed;
    EXPECT_EQ(rig.b.retry_times[i], nanoseconds(loop));
    EXPECT_EQ(rig.b.latencies[i], unhindered + nanoseconds(loop));
  }
  EXPECT_EQ(delayed, static_cast<std::size_t>(loop)) << "the lost frame and those sent before the request came";
}

TEST(LinkLayer, AFullWindowHoldsTheSenderBack) {
  Profile p = simple();
  p.retry.window = 10;
  LinkRig rig(simple_config(p));
  rig.a.offer(1, 64, 64);
  rig.run(Cycles(1000));
  const auto before = rig.b.received_flits;
  rig.run(Cycles(2000));
  // An acknowledgement comes back 1 + 9 + 9 ns after its frame began: at the edge after that the next may go.
  EXPECT_NEAR(static_cast<double>(rig.b.received_flits - before) / 2000, 10.0 / 20.0, 0.03);
  EXPECT_EQ(rig.ab.layer()->counters(rig.now).replay_high_water, 10U);
  EXPECT_EQ(rig.ab.layer()->counters(rig.now).retries, 0U);
}

TEST(LinkLayer, TheReplayTimerFindsWhatNobodyAsksFor) {
  Profile p = simple();
  p.retry.request = ReplayRequest::never;
  p.retry.replay_timer = nanoseconds(100);
  LinkRig rig(simple_config(p));
  rig.b.keep_latencies = true;
  rig.a.offer(1, 64, 64);
  rig.run(Cycles(50));
  spoil(rig, Cycles(1));
  ASSERT_TRUE(rig.drain(Cycles(1000)));
  EXPECT_EQ(rig.ab.layer()->counters(rig.now).timeouts, 1U);
  const Femtoseconds longest = *std::max_element(rig.b.retry_times.begin(), rig.b.retry_times.end());
  // The timer was last set by the acknowledgement of the frame before, a loop after that was sent.
  EXPECT_EQ(longest, nanoseconds(100 + loop - 1));
}

TEST(LinkLayer, WithoutRetryFlitsComePoisoned) {
  Profile p = simple();
  p.retry = RetryFormat{};
  LinkRig rig(simple_config(p));
  rig.a.offer(1, 64, 64);
  rig.run(Cycles(50));
  spoil(rig, Cycles(5));
  ASSERT_TRUE(rig.drain(Cycles(500)));
  EXPECT_EQ(rig.b.poisoned, 5U);
  EXPECT_EQ(rig.b.received_packets, rig.a.sent_packets);
}

TEST(LinkLayer, ACrcOfFewBitsLetsErrorsPass) {
  Profile p = simple();
  p.retry.crc_bits = 2;
  LinkRig rig(simple_config(p));
  rig.a.offer(1, 64, 64);
  rig.set_errors(1e-4);  // a frame in twenty
  rig.run(Cycles(200000));
  const LinkCounters counters = rig.ab.layer()->counters(rig.now);
  // Of the frames it waits for that errors hit, the receiver takes a quarter and asks for the others.
  const auto taken = static_cast<double>(counters.undetected);
  EXPECT_NEAR(taken / (taken + static_cast<double>(counters.retries)), 0.25, 0.02);
  EXPECT_NEAR(static_cast<double>(rig.b.wrong), taken, 3.0) << "a frame is a packet; some are under way";
}

/// Every packet with a part in a wrong frame is marked, and no other; also those that came by a replay.
TEST(LinkLayer, WrongFramesMarkTheirPackets) {
  for (const RetryMode mode : {RetryMode::go_back_n, RetryMode::selective_repeat}) {
    Profile p = simple();
    p.wire_unit = Bytes(16);
    p.frame.kind = FrameKind::fixed;
    p.frame.payload = Bytes(640);
    p.retry.mode = mode;
    p.retry.crc_bits = 1;
    LinkRig rig(simple_config(p));
    rig.a.offer(3, 64, 48);  // 176 bytes every 3 cycles: some flits lie in two frames
    rig.set_errors(2e-5);    // a frame in ten
    rig.run(Cycles(100000));
    rig.set_errors(0.0);
    ASSERT_TRUE(rig.drain(Cycles(5000)));
    const auto undetected = rig.ab.layer()->counters(rig.now).undetected;
    ASSERT_GT(undetected, 300U);
    // 640 bytes hold parts of (640 + 176 - 16) / 192 packets on the average, few of them marked already.
    EXPECT_NEAR(static_cast<double>(rig.b.wrong) / static_cast<double>(undetected), 4.17, 0.3);
    EXPECT_EQ(rig.b.received_packets, rig.a.sent_packets);
  }
}

namespace {

struct Case {
  std::uint64_t seed;
};

/// A profile of random shape: what is drawn here is all that the link layer knows.
Profile random_profile(RandomStream& dice) {
  Profile p;
  p.core_clock = Clock(picoseconds(700 + static_cast<std::int64_t>(dice.below(600))));
  p.wire_unit = Bytes(std::int64_t{4} << dice.below(4));
  p.lanes.count = 1 + static_cast<std::int64_t>(dice.below(4));
  p.lanes.line_rate = BitsPerSecond(400'000'000'000 / p.lanes.count);
  p.lanes.phy_latency = nanoseconds(1 + static_cast<std::int64_t>(dice.below(40)));
  const auto kind = dice.below(3);
  p.frame.kind = kind == 0 ? FrameKind::flit : kind == 1 ? FrameKind::packet : FrameKind::fixed;
  if (p.frame.kind == FrameKind::fixed)
    p.frame.payload = Bytes(p.wire_unit.value() * (8 + static_cast<std::int64_t>(dice.below(60))));
  p.frame.overhead = p.wire_unit * static_cast<std::int64_t>(dice.below(3));
  if (dice.chance(0.6)) {
    p.fec.codeword_payload = p.frame.kind == FrameKind::fixed ? p.frame.payload + p.frame.overhead : Bytes(640);
    p.fec.interleave = 1 + static_cast<std::int64_t>(dice.below(2));
    p.fec.symbols = 544;
    p.fec.correctable = 15;
    p.fec.decode_latency = nanoseconds(static_cast<std::int64_t>(dice.below(50)));
  }
  p.classes = {{"request", 1, 8}, {"response", 1, 8}};
  p.retry.mode = dice.chance(0.5) ? RetryMode::go_back_n : RetryMode::selective_repeat;
  p.retry.window = 4 + static_cast<std::int64_t>(dice.below(300));
  p.retry.numbers =
      2 * p.retry.window - (p.retry.mode == RetryMode::go_back_n ? 1 : 0) + static_cast<std::int64_t>(dice.below(3));
  p.retry.crc_bits = 64;
  p.retry.request = static_cast<ReplayRequest>(dice.below(3));
  p.retry.request_again = static_cast<std::int64_t>(dice.below(3)) * 100;
  p.retry.replay_timer = nanoseconds(1000 + static_cast<std::int64_t>(dice.below(2000)));
  p.retry.ack_every = 1 + static_cast<std::int64_t>(dice.below(20));
  p.retry.ack_wait = nanoseconds(static_cast<std::int64_t>(dice.below(200)));
  if (dice.chance(0.7)) {
    p.retry.message = p.wire_unit;
    p.retry.ack_piggyback = dice.chance(0.5);
  }
  if (dice.chance(0.7)) {
    p.credits.message = p.wire_unit;
    p.credits.coalesce = 1 + static_cast<std::int64_t>(dice.below(16));
    p.credits.max_wait = Cycles(static_cast<std::int64_t>(dice.below(32)));
    p.credits.per_packet = dice.chance(0.3);
    p.credits.counters = dice.chance(0.5);
    if (p.credits.counters) {
      p.credits.repair = microseconds(1);
    } else {
      p.credits.piggyback = dice.chance(0.5);
    }
  }
  return p;
}

/// A bit error ratio that loses between a frame in five and a frame in ten thousand.
double random_ber(RandomStream& dice, bool fec) {
  const double exponents[] = {5e-5, 2e-5, 1e-5, 2e-6};
  const double with_fec[] = {2.5e-3, 1.8e-3, 1.3e-3, 1.0e-3};
  const auto i = dice.below(4);
  return fec ? with_fec[i] : exponents[i];
}

/// 200, or as many as FARSPAN_LINK_CASES says.
std::uint64_t cases() {
  const char* wanted = std::getenv("FARSPAN_LINK_CASES");
  return wanted == nullptr ? 200 : std::stoull(wanted);
}

void run_fuzz(std::uint64_t seed) {
  SCOPED_TRACE("FARSPAN_LINK_SEED=" + std::to_string(seed) + " unit_link --gtest_filter=LinkFuzz.One");
  RandomStream dice(seed, "link fuzz", "case");
  const Profile p = random_profile(dice);
  const int depth = 16 + static_cast<int>(dice.below(400));
  LinkRig rig(
      make_channel_config(p, nanoseconds(static_cast<std::int64_t>(dice.below(300))), static_cast<int>(dice.below(3))),
      depth, seed);
  rig.a.dice = RandomStream(seed, "a", "load");
  rig.b.dice = RandomStream(seed, "b", "load");
  rig.a.load = dice.chance(0.5) ? 1.0 : 0.2;
  rig.b.load = dice.chance(0.5) ? 1.0 : 0.05;
  rig.a.consume_delay = static_cast<int>(dice.below(20));
  rig.a.offer(1 + static_cast<int>(dice.below(5)), 64, static_cast<int>(p.wire_unit.value()));
  if (dice.chance(0.7)) rig.b.offer(1 + static_cast<int>(dice.below(5)), 64, 64);
  for (int phase = 0; phase < 4; ++phase) {
    rig.set_errors(dice.chance(0.3) ? 0.0 : random_ber(dice, p.fec.symbols > 0));
    rig.run(Cycles(1500));
  }
  rig.set_errors(0.0);
  const bool drained = rig.drain(Cycles(60000));
  EXPECT_TRUE(drained) << "frames, credits or packets are stuck";
  EXPECT_EQ(rig.packets.in_use(), 0U);
  EXPECT_EQ(rig.a.sent_flits, rig.b.received_flits);
  EXPECT_EQ(rig.b.sent_flits, rig.a.received_flits);
  EXPECT_TRUE(rig.whole()) << "credits";
  EXPECT_GT(rig.b.received_flits, 0U);
}

}  // namespace

TEST(LinkFuzz, LosesAndRepeatsNothing) {
  for (std::uint64_t seed = 1; seed <= cases() && !testing::Test::HasFailure(); ++seed) run_fuzz(seed);
}

TEST(LinkFuzz, One) {
  const char* seed = std::getenv("FARSPAN_LINK_SEED");
  if (seed != nullptr) run_fuzz(std::stoull(seed));
}
