// SPDX-License-Identifier: Apache-2.0
// A link's states under faults: what is held, what is lost, when it says so, and that credits and flits add up.
#include <vector>

#include <gtest/gtest.h>

#include "link/layer/live_link.hpp"
#include "link_rig.hpp"

using namespace fs;

namespace {

/// Two lanes of 256 Gb/s, fixed frames of 640 bytes in 10 ns, 64-byte flits of 1 ns.
Profile two_lanes() {
  Profile p;
  p.core_clock = Clock(nanoseconds(1));
  p.wire_unit = Bytes(16);
  p.lanes.count = 2;
  p.lanes.line_rate = BitsPerSecond(256'000'000'000);
  p.lanes.phy_latency = nanoseconds(10);
  p.frame.kind = FrameKind::fixed;
  p.frame.payload = Bytes(640);
  p.fec.codeword_payload = Bytes(640);
  p.fec.symbols = 544;
  p.fec.correctable = 15;
  p.credits.message = Bytes(16);
  p.credits.coalesce = 4;
  p.credits.max_wait = Cycles(16);
  p.classes = {{"request", 1, 8}, {"response", 1, 8}};
  p.retry.mode = RetryMode::go_back_n;
  p.retry.window = 64;
  p.retry.numbers = 128;
  p.retry.replay_timer = nanoseconds(500);
  p.retry.replay_limit = 4;
  p.retry.message = Bytes(16);
  p.retry.ack_every = 4;
  p.retry.ack_wait = nanoseconds(50);
  p.training.train = microseconds(20);
  p.training.retrain = microseconds(2);
  p.training.restart = nanoseconds(300);
  p.training.signal_lost = nanoseconds(200);
  p.training.give_up = microseconds(10);
  return p;
}

struct Watcher : LinkObserver {
  void link_changed(const LinkNotice& notice) override { notices.push_back(notice); }
  void flit_lost(const LostFlit& flit) override {
    ++lost;
    if (flit.packet_ends) packets->release(flit.flit.handle);
    ends += flit.packet_ends ? 1 : 0;
  }
  void packet_poisoned(ChannelId, PacketHandle, Femtoseconds) override { ++poisoned; }
  void packet_wrong(ChannelId, PacketHandle) override {}
  std::vector<LinkState> states() const {
    std::vector<LinkState> to;
    for (const auto& n : notices) to.push_back(n.to);
    return to;
  }
  std::vector<LinkNotice> notices;
  PacketPool* packets = nullptr;
  int lost = 0, ends = 0, poisoned = 0;
};

struct LiveRig : LinkRig {
  explicit LiveRig(const Profile& p = two_lanes(), int depth = 200, const LinkSpeeds& speeds = {})
      : LinkRig(make_channel_config(p, nanoseconds(10), 1), depth, 1, Unjoined{}),
        link(config(p, speeds), ab, ba, scheduler, &watcher) {
    watcher.packets = &packets;
    a.offer(5, 64, 64);
    b.offer(2, 64, 64);
    run(Cycles(500));
  }
  static LiveLinkConfig config(const Profile& p, const LinkSpeeds& speeds) {
    LiveLinkConfig c;
    c.name = "a-b";
    c.speeds = speeds;
    c.training = p.training;
    c.lanes = static_cast<int>(p.lanes.count);
    c.rate_numerator = p.payload_rate_numerator();
    c.rate_denominator = p.payload_rate_denominator();
    return c;
  }
  /// Drains, and holds what was sent against what came and what was lost.
  void expect_balance() {
    EXPECT_TRUE(drain(Cycles(60000))) << "stuck in state " << link_state_name(link.state());
    EXPECT_EQ(packets.in_use(), 0U);
    EXPECT_TRUE(whole()) << "credits";
    EXPECT_EQ(a.sent_flits + b.sent_flits,
              a.received_flits + b.received_flits + static_cast<std::uint64_t>(watcher.lost));
  }
  double rate(Cycles cycles) {
    const auto before = b.received_flits;
    run(cycles);
    return static_cast<double>(b.received_flits - before) / static_cast<double>(cycles.value());
  }

  Watcher watcher;
  LiveLink link;
};

using S = LinkState;

}  // namespace

TEST(LiveLink, IsUpAndLosesNothing) {
  LiveRig rig;
  EXPECT_EQ(rig.link.state(), S::up);
  EXPECT_GT(rig.rate(Cycles(2000)), 0.9);
  rig.expect_balance();
  EXPECT_TRUE(rig.watcher.notices.empty());
}

TEST(LiveLink, ShortCutIsHiddenByReplay) {
  LiveRig rig;
  rig.link.cut(rig.now);
  rig.run(Cycles(1000));
  EXPECT_EQ(rig.link.state(), S::recovering);
  EXPECT_EQ(rig.watcher.notices.at(0).time, nanoseconds(700)) << "cut at 500 ns, noticed 200 ns later";
  rig.link.restore(rig.now);
  rig.run(Cycles(3000));
  EXPECT_EQ(rig.watcher.states(), (std::vector<S>{S::recovering, S::up}));
  EXPECT_EQ(rig.watcher.notices.at(1).time, nanoseconds(3500)) << "restored at 1500 ns, trained in 2000";
  rig.expect_balance();
  EXPECT_EQ(rig.watcher.lost, 0);
  EXPECT_EQ(rig.a.poisoned + rig.b.poisoned, 0U);
}

TEST(LiveLink, LongCutTakesItDownAndEveryPacketEnds) {
  LiveRig rig;
  rig.link.cut(rig.now);
  rig.run(Cycles(12000));
  EXPECT_EQ(rig.watcher.states(), (std::vector<S>{S::recovering, S::down}));
  EXPECT_EQ(rig.watcher.notices.at(1).reason, LinkReason::gave_up);
  EXPECT_EQ(rig.watcher.notices.at(1).time, nanoseconds(10700));
  EXPECT_GT(rig.watcher.lost, 0);
  const int lost = rig.watcher.lost;
  rig.run(Cycles(1000));
  EXPECT_GT(rig.watcher.lost, lost + 1000) << "a sink takes a flit a cycle from each side";
  rig.a.in_order = rig.b.in_order = false;
  rig.link.restore(rig.now);
  EXPECT_EQ(rig.link.state(), S::training);
  rig.run(Cycles(25000));
  EXPECT_EQ(rig.link.state(), S::up);
  EXPECT_GT(rig.rate(Cycles(2000)), 0.9);
  rig.expect_balance();
}

TEST(LiveLink, DeadLaneHalvesIt) {
  LiveRig rig;
  const double full = rig.rate(Cycles(4000));
  rig.link.lose_lane(1, rig.now);
  rig.run(Cycles(5000));
  EXPECT_EQ(rig.watcher.states(), (std::vector<S>{S::recovering, S::degraded}));
  EXPECT_EQ(rig.watcher.notices.at(1).lanes, 1);
  EXPECT_NEAR(rig.rate(Cycles(4000)) / full, 0.5, 0.02);
  rig.link.restore_lane(1, rig.now);
  rig.run(Cycles(5000));
  EXPECT_EQ(rig.link.state(), S::up);
  EXPECT_GT(rig.rate(Cycles(4000)), 0.9);
  rig.expect_balance();
  EXPECT_EQ(rig.watcher.lost, 0);
}

namespace {

/// Half and quarter speed, each with a thousandth of the errors of the speed above.
LinkSpeeds slower(double max_ber = 0) { return {{2, 4}, 1e-3, max_ber}; }

}  // namespace

TEST(LiveLink, RunsAtHalfSpeedByCommand) {
  LiveRig rig(two_lanes(), 200, slower());
  const double full = rig.rate(Cycles(4000));
  rig.link.slow_down(LinkReason::command, rig.now);
  rig.run(Cycles(5000));
  EXPECT_EQ(rig.watcher.states(), (std::vector<S>{S::recovering, S::degraded}));
  EXPECT_EQ(rig.watcher.notices.at(1).lanes, 2);
  EXPECT_EQ(rig.watcher.notices.at(1).slower_by, 2);
  EXPECT_NEAR(rig.rate(Cycles(4000)) / full, 0.5, 0.02);
  rig.link.slow_down(LinkReason::command, rig.now);
  rig.run(Cycles(5000));
  EXPECT_EQ(rig.link.slower_by(), 4);
  EXPECT_NEAR(rig.rate(Cycles(8000)) / full, 0.25, 0.02);
  rig.link.slow_down(LinkReason::command, rig.now);
  EXPECT_EQ(rig.link.state(), S::degraded) << "there is no lower speed";
  rig.link.allow_full_speed(rig.now);
  rig.run(Cycles(5000));
  EXPECT_EQ(rig.link.state(), S::up);
  EXPECT_GT(rig.rate(Cycles(4000)), 0.9);
  rig.expect_balance();
  EXPECT_EQ(rig.watcher.lost, 0);
}

TEST(LiveLink, ErrsLessAtALowerSpeed) {
  LiveRig rig(two_lanes(), 200, slower());
  rig.link.set_bit_error_ratio(0, -1, 2e-3, rig.now);
  rig.run(Cycles(10000));
  EXPECT_GT(rig.link.counters(0, rig.now).frames_lost, 20U);
  rig.link.slow_down(LinkReason::command, rig.now);
  rig.run(Cycles(5000));
  const auto lost = rig.link.counters(0, rig.now).frames_lost;
  rig.run(Cycles(50000));
  EXPECT_EQ(rig.link.counters(0, rig.now).frames_lost, lost) << "2e-6 is far below the cliff";
  rig.link.set_bit_error_ratio(0, -1, 0.0, rig.now);
  rig.expect_balance();
}

TEST(LiveLink, TrainsToTheHighestSpeedThatIsGoodEnough) {
  LiveRig rig(two_lanes(), 200, slower(1e-5));
  rig.link.set_bit_error_ratio(1, 0, 2e-3, rig.now);
  EXPECT_EQ(rig.link.state(), S::up) << "it looks when it trains";
  rig.link.retrain(rig.now);
  rig.run(Cycles(5000));
  EXPECT_EQ(rig.link.state(), S::degraded);
  EXPECT_EQ(rig.link.slower_by(), 2);
  // A better lane: up again by itself.
  rig.link.set_bit_error_ratio(1, 0, 1e-6, rig.now);
  rig.run(Cycles(5000));
  EXPECT_EQ(rig.watcher.notices.at(2).reason, LinkReason::speed_changed);
  EXPECT_EQ(rig.link.state(), S::up);
  rig.link.set_bit_error_ratio(1, 0, 0.0, rig.now);
  rig.expect_balance();
}

TEST(LiveLink, WidthAndSpeedMultiply) {
  LiveRig rig(two_lanes(), 200, slower());
  const double full = rig.rate(Cycles(4000));
  rig.link.lose_lane(0, rig.now);
  rig.run(Cycles(5000));
  rig.link.slow_down(LinkReason::command, rig.now);
  rig.run(Cycles(5000));
  EXPECT_NEAR(rig.rate(Cycles(8000)) / full, 0.25, 0.02);
  rig.expect_balance();
}

TEST(LiveLink, TooFewLanesTakeItDown) {
  Profile p = two_lanes();
  p.training.min_lanes = 2;
  LiveRig rig(p);
  rig.b.in_order = rig.a.in_order = false;
  rig.link.lose_lane(0, rig.now);
  rig.run(Cycles(12000));
  EXPECT_EQ(rig.link.state(), S::down);
  rig.link.restore_lane(0, rig.now);
  EXPECT_EQ(rig.link.state(), S::training);
  rig.run(Cycles(30000));
  EXPECT_EQ(rig.link.state(), S::up);
  rig.expect_balance();
}

TEST(LiveLink, StaysDownUntilACommandWhereItIsToldTo) {
  Profile p = two_lanes();
  p.training.min_lanes = 2;
  p.training.auto_up = false;
  for (const bool lane : {false, true}) {
    LiveRig rig(p);
    rig.b.in_order = rig.a.in_order = false;
    lane ? rig.link.lose_lane(0, rig.now) : rig.link.cut(rig.now);
    rig.run(Cycles(16000));
    lane ? rig.link.restore_lane(0, rig.now) : rig.link.restore(rig.now);
    rig.run(Cycles(60000));
    EXPECT_EQ(rig.link.state(), S::down) << lane;
    rig.link.power_on(rig.now);
    rig.run(Cycles(60000));
    EXPECT_EQ(rig.link.state(), S::up) << lane;
    rig.expect_balance();
  }
}

TEST(LiveLink, MarginalLaneIsAllTheLinksTrouble) {
  LiveRig rig;
  rig.link.set_bit_error_ratio(0, 1, 4e-3, rig.now);
  rig.run(Cycles(20000));
  EXPECT_EQ(rig.link.state(), S::up);
  EXPECT_GT(rig.link.counters(0, rig.now).frames_lost, 20U);
  EXPECT_EQ(rig.link.counters(1, rig.now).frames_lost, 0U);
  rig.link.set_bit_error_ratio(0, -1, 0.0, rig.now);
  rig.expect_balance();
  EXPECT_EQ(rig.watcher.lost, 0);
}

TEST(LiveLink, StartsRetryAnewAfterTheReplayLimit) {
  LiveRig rig;
  rig.link.set_bit_error_ratio(0, -1, 0.1, rig.now);
  rig.run(Cycles(6000));
  ASSERT_FALSE(rig.watcher.notices.empty());
  EXPECT_EQ(rig.watcher.notices.at(0).reason, LinkReason::replay_limit);
  rig.link.set_bit_error_ratio(0, -1, 0.0, rig.now);
  rig.run(Cycles(3000));
  EXPECT_EQ(rig.link.state(), S::up);
  rig.expect_balance();
  EXPECT_EQ(rig.watcher.lost, 0);
}

TEST(LiveLink, GoesOffAndOnAgain) {
  LiveRig rig;
  rig.link.power_off(rig.now);
  EXPECT_EQ(rig.link.state(), S::off);
  rig.run(Cycles(100));
  EXPECT_GT(rig.watcher.lost, 0);
  rig.a.in_order = rig.b.in_order = false;
  rig.link.power_on(rig.now);
  rig.run(Cycles(21000));
  EXPECT_EQ(rig.link.state(), S::up);
  rig.expect_balance();
}

TEST(LiveLink, FlapsFuzzed) {
  for (std::uint64_t seed = 1; seed <= 100 && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomStream dice(seed, "live link", "faults");
    Profile p = two_lanes();
    if (dice.chance(0.3)) p.frame = FrameFormat{FrameKind::packet, Bytes(0), Bytes(16)};
    if (dice.chance(0.2)) p.frame = FrameFormat{FrameKind::flit, Bytes(0), Bytes(0)};
    if (dice.chance(0.3)) p.retry.mode = RetryMode::selective_repeat;
    p.credits.counters = dice.chance(0.3);
    p.credits.repair = p.credits.counters ? microseconds(1) : Femtoseconds(0);
    p.credits.piggyback = !p.credits.counters && dice.chance(0.5);
    LiveRig rig(p, 200, dice.chance(0.5) ? slower(dice.chance(0.5) ? 1e-3 : 0) : LinkSpeeds{});
    rig.a.in_order = rig.b.in_order = false;
    for (int i = 0; i < 12; ++i) {
      switch (dice.below(10)) {
        case 0:
          rig.link.cut(rig.now);
          break;
        case 1:
          rig.link.restore(rig.now);
          break;
        case 2:
          rig.link.lose_lane(static_cast<int>(dice.below(2)), rig.now);
          break;
        case 3:
          rig.link.restore_lane(static_cast<int>(dice.below(2)), rig.now);
          break;
        case 4:
          rig.link.retrain(rig.now);
          break;
        case 5:
          rig.link.power_off(rig.now);
          break;
        case 6:
          rig.link.power_on(rig.now);
          break;
        case 7:
          rig.link.slow_down(LinkReason::command, rig.now);
          break;
        case 8:
          rig.link.allow_full_speed(rig.now);
          break;
        default:
          rig.link.set_bit_error_ratio(static_cast<int>(dice.below(2)), -1, dice.chance(0.5) ? 2e-3 : 0.0, rig.now);
      }
      rig.run(Cycles(1 + static_cast<std::int64_t>(dice.below(6000))));
    }
    rig.link.set_bit_error_ratio(0, -1, 0.0, rig.now);
    rig.link.set_bit_error_ratio(1, -1, 0.0, rig.now);
    rig.link.restore(rig.now);
    rig.link.restore_lane(0, rig.now);
    rig.link.restore_lane(1, rig.now);
    rig.link.power_on(rig.now);
    rig.link.allow_full_speed(rig.now);
    rig.run(Cycles(30000));
    EXPECT_EQ(rig.link.state(), S::up);
    rig.expect_balance();
  }
}
