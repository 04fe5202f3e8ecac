// SPDX-License-Identifier: Apache-2.0
#include "link/channel.hpp"

#include <array>
#include <map>
#include <vector>

#include <gtest/gtest.h>

#include "link/medium.hpp"

using namespace fs;

namespace {

/// 1 GHz core, 64-byte flits, 50 GB/s: a 16-byte unit lasts 0.32 ns, a full flit 1.28 ns.
Profile profile() {
  Profile p;
  p.core_clock = Clock(nanoseconds(1));
  p.lanes.line_rate = BitsPerSecond(400'000'000'000);
  p.lanes.phy_latency = nanoseconds(20);
  p.classes = {{"request", 1, 8}, {"response", 1, 8}};
  return p;
}

struct Bench {
  explicit Bench(const ChannelConfig& config)
      : wheel(1), inbox(wheel, 0, 256), channel(config, packets, inbox, PortId(3)) {}
  explicit Bench(const Profile& p, Femtoseconds propagation = nanoseconds(5))
      : Bench(make_channel_config(p, propagation, 1)) {}

  /// A packet of `length` flits, the last of `last_bytes`, sent from `at` on, a flit a cycle.
  PacketHandle send(Cycles at, int length, int last_bytes = 64, VcId vc = VcId(0)) {
    const PacketHandle handle = packets.acquire();
    packets[handle].length = static_cast<std::uint16_t>(length);
    for (int i = 0; i < length; ++i) {
      Flit flit;
      flit.handle = handle;
      flit.flags = static_cast<std::uint8_t>((i == 0 ? Flit::head_flag : 0) | (i + 1 == length ? Flit::tail_flag : 0));
      flit.wire_bytes = static_cast<std::uint16_t>(i + 1 == length ? last_bytes : 64);
      channel.send(flit, vc, at + Cycles(i));
    }
    return handle;
  }
  /// Cycle of each flit's and each credit's arrival.
  void collect() {
    for (Cycles next = wheel.next(); next != Cycles::max(); next = wheel.next()) {
      std::array<std::uint64_t, 1> awake{};
      wheel.take(next, awake.data());
      auto& slot = inbox.take(next);
      EXPECT_LE(slot.flits.size(), 1U) << "at most one flit a core cycle";
      for (const auto& f : slot.flits) flits.push_back({next.value(), f});
      for (const auto& c : slot.credits) credits.push_back({next.value(), c});
      slot.clear();
    }
  }

  PacketPool packets;
  WakeWheel wheel;
  Inbox inbox;
  Channel channel;
  std::vector<std::pair<std::int64_t, PortFlit>> flits;
  std::vector<std::pair<std::int64_t, CreditPulse>> credits;
};

}  // namespace

TEST(Channel, AddsSerializationPhyAndPropagationAndCrossesToTheClock) {
  Bench bench(profile());
  const auto handle = bench.send(Cycles(100), 1, 16);
  bench.collect();
  // Sent at 100 ns = unit 312.5, so from unit 313 (100.16 ns) to 100.48; + 20 + 5 = 125.48; edge 126.
  ASSERT_EQ(bench.flits.size(), 1U);
  EXPECT_EQ(bench.flits[0].first, 126);
  EXPECT_EQ(bench.flits[0].second.port, PortId(3));
  const Packet& p = bench.packets[handle];
  EXPECT_EQ(p.ledger[Cause::serialization], picoseconds(480));
  EXPECT_EQ(p.ledger[Cause::phy_fec], nanoseconds(20));
  EXPECT_EQ(p.ledger[Cause::propagation], nanoseconds(5));
  EXPECT_EQ(p.ledger[Cause::clock_crossing], picoseconds(520));
  EXPECT_EQ(p.mark, nanoseconds(126));
  EXPECT_EQ(p.ledger.sum(), nanoseconds(26));
}

TEST(Channel, KeepsItsExactRateUnderBackToBackFlits) {
  Bench bench(profile());
  int sent = 0;
  for (Cycles now(0); sent < 1000; now += Cycles(1)) {
    if (!bench.channel.ready(now)) continue;
    bench.send(now, 1);
    ++sent;
  }
  bench.collect();
  // 1000 flits of 1.28 ns behind the first.
  EXPECT_EQ(bench.flits.back().first - bench.flits.front().first, 1278)
      << "999 x 1.28 ns = 1278.72, from edge 27 (26.28) to edge 1305 (1305.00)";
  EXPECT_EQ(bench.channel.busy_time(), nanoseconds(1280));
}

TEST(Channel, HoldsTheCoreBackWithinTheSkid) {
  Bench bench(profile());
  std::int64_t worst = 0;
  for (Cycles now(0); now < Cycles(5000); now += Cycles(1)) {
    if (bench.channel.ready(now)) bench.send(now, 1);
    worst = std::max(worst, bench.channel.busy_time().value() - now.value() * 1'000'000);
  }
  EXPECT_LE(Femtoseconds(worst), nanoseconds(4)) << "no hidden queue grows between core and wire";
  EXPECT_GE(bench.channel.busy_time(), nanoseconds(4998)) << "and the wire never starves";
}

TEST(Channel, ReleasesFlitsAtTheEndOfTheirCodewordGroup) {
  Profile p = profile();
  p.fec.codeword_payload = Bytes(640);
  p.fec.interleave = 2;
  p.fec.decode_latency = nanoseconds(50);
  Bench bench(p);
  bench.send(Cycles(0), 1, 16);
  const auto late = bench.send(Cycles(30), 1, 16);  // 30 ns: in the second group, which ends at 51.2 ns
  bench.collect();
  EXPECT_EQ(bench.flits[0].first, 101) << "25.6 + 50 + 20 + 5 = 100.6";
  EXPECT_EQ(bench.flits[1].first, 127) << "51.2 + 75 = 126.2";
  EXPECT_EQ(bench.packets[late].ledger.sum(), nanoseconds(97));
}

TEST(Channel, EndsItsCodewordsEarlierByItsLead) {
  Profile p = profile();
  p.fec.codeword_payload = Bytes(640);
  ChannelConfig config = make_channel_config(p, nanoseconds(5), 1);
  config.lead = nanoseconds(3);
  Bench bench(config);
  const auto first = bench.send(Cycles(0), 1, 16);
  const auto next = bench.send(Cycles(10), 1, 16);
  bench.collect();
  EXPECT_EQ(bench.flits[0].first, 35) << "12.8 - 3 + 20 + 5 = 34.8";
  EXPECT_EQ(bench.flits[1].first, 48) << "25.6 - 3 + 25 = 47.6";
  EXPECT_EQ(bench.packets[first].ledger[Cause::serialization], picoseconds(520)) << "units end at 0.2, 0.52 ns ...";
  EXPECT_EQ(bench.packets[first].ledger.sum(), nanoseconds(35));
  EXPECT_EQ(bench.packets[next].ledger.sum(), nanoseconds(38));
  EXPECT_EQ(bench.channel.busy_time(), picoseconds(640));
}

TEST(Channel, HoldsAPacketFrameUntilItsTail) {
  Profile p = profile();
  p.frame.kind = FrameKind::packet;
  p.frame.overhead = Bytes(16);
  Bench bench(p);
  const auto handle = bench.send(Cycles(0), 3);
  bench.collect();
  // 3 x 64 + 16 bytes end at 4.16 ns; + 25 = 29.16: the first flit at 30, then one a cycle.
  ASSERT_EQ(bench.flits.size(), 3U);
  EXPECT_EQ(bench.flits[0].first, 30);
  EXPECT_EQ(bench.flits[2].first, 32);
  EXPECT_EQ(bench.packets[handle].mark, nanoseconds(32));
}

TEST(Channel, RunsFixedFramesWithTheWire) {
  Profile p = profile();
  p.frame.kind = FrameKind::fixed;
  p.frame.payload = Bytes(320);
  p.frame.overhead = Bytes(80);  // frames of 400 bytes, 8 ns
  Bench bench(p);
  bench.send(Cycles(0), 1);
  bench.collect();
  EXPECT_EQ(bench.flits[0].first, 33) << "usable when its frame has ended: 8 + 25 ns";
  Bench full(p);
  int sent = 0;
  for (Cycles now(0); sent < 1000; now += Cycles(1)) {
    if (!full.channel.ready(now)) continue;
    full.send(now, 1);
    ++sent;
  }
  EXPECT_EQ(full.channel.busy_time(), nanoseconds(1600)) << "64000 bytes at 4/5 of 50 GB/s";
}

TEST(Channel, CreditsOnASideBandTakeItsLatency) {
  Bench bench(profile());
  bench.channel.return_credit(VcId(1), Cycles(10));
  bench.channel.return_credit(VcId(1), Cycles(10));
  bench.collect();
  ASSERT_EQ(bench.credits.size(), 2U);
  EXPECT_EQ(bench.credits[0].first, 35);
  EXPECT_EQ(bench.credits[1].first, 36) << "one pulse a VC and cycle";
}

TEST(Channel, CreditsOnTheWireWaitForAMessageAndTakeBytes) {
  Profile p = profile();
  p.credits.message = Bytes(16);
  p.credits.coalesce = 4;
  p.credits.max_wait = Cycles(8);
  Bench bench(p);
  for (int i = 0; i < 3; ++i) bench.channel.return_credit(VcId(0), Cycles(i));
  EXPECT_EQ(bench.channel.flush_credits(Cycles(2)), Cycles(8)) << "neither full nor old";
  EXPECT_EQ(bench.channel.flush_credits(Cycles(8)), Cycles::max());
  EXPECT_EQ(bench.channel.credit_messages(), 1U);
  EXPECT_EQ(bench.channel.busy_time(), picoseconds(320));
  bench.collect();
  ASSERT_EQ(bench.credits.size(), 3U);
  EXPECT_EQ(bench.credits[0].first, 34) << "8 + 0.32 + 25";
}

TEST(Channel, CreditMessagesTakeTurnsWithFlits) {
  Profile p = profile();
  p.credits.message = Bytes(64);
  Bench bench(p);
  // A slot freed every cycle asks for more messages than the wire carries, 1.28 ns each.
  int flits = 0;
  for (int cycle = 0; cycle < 1000; ++cycle) {
    if (bench.channel.ready(Cycles(cycle))) {
      bench.send(Cycles(cycle), 1);
      ++flits;
    }
    bench.channel.return_credit(VcId(0), Cycles(cycle));
    bench.channel.flush_credits(Cycles(cycle));
  }
  bench.collect();
  EXPECT_NEAR(flits, 1000 / 1.28 / 2, 3);
  EXPECT_NEAR(static_cast<double>(bench.channel.credit_messages()), 1000 / 1.28 / 2, 3);
  EXPECT_GT(bench.credits.size(), 990U) << "what waits for the wire shares the next message";
}

TEST(Channel, CreditsRideFreeInTheNextHeader) {
  Profile p = profile();
  p.credits.message = Bytes(16);
  p.credits.coalesce = 100;
  p.credits.max_wait = Cycles(1000);
  p.credits.piggyback = true;
  Bench bench(p);
  bench.channel.return_credit(VcId(0), Cycles(0));
  bench.send(Cycles(1), 1);
  EXPECT_EQ(bench.channel.flush_credits(Cycles(2)), Cycles::max());
  EXPECT_EQ(bench.channel.credit_messages(), 0U);
  bench.collect();
  ASSERT_EQ(bench.credits.size(), 1U);
  EXPECT_EQ(bench.credits[0].first, bench.flits[0].first);
}

TEST(Channel, OneFlitPerCycleCostsAConstant) {
  Profile p = profile();
  p.wire_unit = Bytes(64);
  p.lanes.line_rate = BitsPerSecond(512'000'000'000);
  p.lanes.phy_latency = Femtoseconds(0);
  Bench bench(p, Femtoseconds(0));
  EXPECT_TRUE(bench.channel.always_ready());
  const auto handle = bench.send(Cycles(7), 1);
  bench.channel.return_credit(VcId(0), Cycles(7));
  bench.collect();
  EXPECT_EQ(bench.flits[0].first, 8);
  EXPECT_EQ(bench.credits[0].first, 8);
  EXPECT_EQ(bench.packets[handle].ledger.sum(), nanoseconds(1));
}

TEST(Channel, RefusesALatencyBelowOneReceiverCycle) {
  Profile p = profile();
  p.lanes.phy_latency = Femtoseconds(0);
  EXPECT_THROW(make_channel_config(p, Femtoseconds(0), 0), std::invalid_argument);
}

TEST(Medium, DelaysByLength) {
  EXPECT_EQ(propagation_delay("copper", Micrometres(3'000'000)), picoseconds(13'800));
  EXPECT_EQ(propagation_delay("fibre", Micrometres(80'000'000'000)), microseconds(392));
  EXPECT_EQ(propagation_delay("pcb", Micrometres(100'000)), picoseconds(710));
  EXPECT_THROW(propagation_delay("string", Micrometres(1)), std::invalid_argument);
}
