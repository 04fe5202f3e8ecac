// SPDX-License-Identifier: Apache-2.0
// Credits, holds, VCs and packets of several flits.
#include <gtest/gtest.h>

#include "rig.hpp"

namespace fs::testing {
namespace {

/// Sends whole packets as fast as one port takes them; returns the flits that left within `edges`.
int flits_out(Rig& rig, int edges) {
  int n = 0;
  for (int k = 0; k < edges; ++k) n += static_cast<int>(rig.edge().tx.size());
  return n;
}

TEST(Switching, CutThroughWaitsForCreditForTheWholePacket) {
  Rig rig(small_config(2, 1));
  rig.route_straight();
  rig.fill_credits(2);
  for (int k = 0; k < 3; ++k) {
    rig.rx(0, 0, flit_of(1, 1, k, 3));
    rig.edge();
  }
  EXPECT_EQ(flits_out(rig, 5), 0);
  rig.credit(1, 0);
  rig.edge();
  EXPECT_EQ(flits_out(rig, 3), 3);
}

TEST(Switching, WormholeTakesOneCreditAtATime) {
  SwitchConfig c = small_config(2, 1);
  c.queueing = Queueing::vc_fifo;
  c.switching = Switching::wormhole;
  Rig rig(c);
  rig.route_straight();
  rig.fill_credits(2);
  int n = 0;
  for (int k = 0; k < 3; ++k) {
    rig.rx(0, 0, flit_of(1, 1, k, 3));
    n += static_cast<int>(rig.edge().tx.size());
  }
  n += flits_out(rig, 5);
  EXPECT_EQ(n, 2);
  rig.credit(1, 0);
  EXPECT_EQ(flits_out(rig, 3), 1);
}

TEST(Switching, StoreAndForwardWaitsForTheTail) {
  SwitchConfig c = small_config(2, 1);
  c.switching = Switching::store_and_forward;
  Rig rig(c);
  rig.route_straight();
  rig.fill_credits(8);
  rig.rx(0, 0, flit_of(1, 1, 0, 2));
  rig.edge();
  EXPECT_EQ(flits_out(rig, 5), 0);
  rig.rx(0, 0, flit_of(1, 1, 1, 2));
  rig.edge();
  EXPECT_EQ(flits_out(rig, 2), 2);
}

TEST(Switching, APacketHoldsItsOutputVcUntilItsTail) {
  SwitchConfig c = small_config(3, 2);
  Rig rig(c);
  rig.route_straight();
  rig.fill_credits(8);
  rig.rx(0, 0, flit_of(1, 2, 0, 2));
  rig.edge();
  rig.rx(1, 0, flit_of(2, 2, 0, 1));  // the same output and VC
  rig.edge();                         // the first head leaves, its tail is not there yet
  EXPECT_EQ(flits_out(rig, 3), 0);
  rig.rx(1, 1, flit_of(3, 2, 0, 1));  // another VC may pass between the two
  rig.edge();
  Pins pins = rig.edge();
  ASSERT_EQ(pins.tx.size(), 1U);
  EXPECT_EQ(pins.tx[0].flit.handle, PacketHandle{3});
  rig.rx(0, 0, flit_of(1, 2, 1, 2));
  rig.edge();
  pins = rig.edge();
  ASSERT_EQ(pins.tx.size(), 1U);
  EXPECT_EQ(pins.tx[0].flit.handle, PacketHandle{1});
  pins = rig.edge();
  ASSERT_EQ(pins.tx.size(), 1U);
  EXPECT_EQ(pins.tx[0].flit.handle, PacketHandle{2});
}

TEST(Switching, APoisonedTailEndsAPacketAndReturnsWhatWasSetAside) {
  Rig rig(small_config(2, 1));
  rig.route_straight();
  rig.fill_credits(4);
  rig.rx(0, 0, flit_of(1, 1, 0, 4));
  rig.edge();
  Flit tail = flit_of(1, 1, 1, 4);
  tail.flags = Flit::tail_flag | Flit::poison_flag;
  rig.rx(0, 0, tail);
  rig.edge();
  EXPECT_EQ(rig.core().credits(PortId{1}, VcId{0}), 3) << "set aside is still here";
  const Pins pins = rig.edge();
  ASSERT_EQ(pins.tx.size(), 1U);
  EXPECT_TRUE(pins.tx[0].flit.poison());
  EXPECT_EQ(rig.core().credits(PortId{1}, VcId{0}), 2);
  rig.rx(0, 0, flit_of(2, 1, 0, 2));
  rig.edge();
  EXPECT_EQ(flits_out(rig, 1), 1) << "two credits are free again";
}

TEST(Switching, APacketKeepsItsVcWhereAllowedAndElseTakesTheLowest) {
  for (const std::uint64_t allowed : {0b0110ULL, 0b0101ULL}) {
    Rig rig(small_config(2, 4));
    rig.route(0, 1, {1}, allowed);
    rig.fill_credits(4);
    rig.rx(0, 1, flit_of(1, 1, 0, 1));
    Pins pins;
    ASSERT_GE(rig.edges_until_tx(4, &pins), 0);
    EXPECT_EQ(pins.tx[0].vc, (allowed >> 1) & 1U ? VcId{1} : VcId{0});
  }
}

TEST(Switching, HeadOfLineBlockingIsAMatterOfTheQueues) {
  for (const auto queueing : {Queueing::vc_fifo, Queueing::voq}) {
    SwitchConfig c = small_config(3, 1);
    c.queueing = queueing;
    Rig rig(c);
    rig.route_straight();
    for (int k = 0; k < 4; ++k) {  // output 2 has credit, output 1 has none
      rig.credit(2, 0);
      rig.edge();
    }
    rig.rx(0, 0, flit_of(1, 1, 0, 1));
    rig.edge();
    rig.rx(0, 0, flit_of(2, 2, 0, 1));
    rig.edge();
    EXPECT_EQ(flits_out(rig, 5), queueing == Queueing::voq ? 1 : 0);
  }
}

TEST(Switching, SharedCreditsBeyondTheReserveServeAnyVc) {
  SwitchConfig c = small_config(2, 2);
  c.peer_shared_pool = true;
  c.peer_reserve = {1, 1};
  Rig rig(c);
  rig.route_straight();
  for (int k = 0; k < 2; ++k) {  // one into each reserve, then two into the shared part
    rig.credit(1, 0);
    rig.credit(1, 1);
    rig.edge();
  }
  EXPECT_EQ(rig.core().credits(PortId{1}, VcId{0}), 3);
  EXPECT_EQ(rig.core().credits(PortId{1}, VcId{1}), 3);
  for (std::uint32_t p = 0; p < 4; ++p) {
    rig.rx(0, 0, flit_of(p, 1, 0, 1));
    rig.edge();
  }
  flits_out(rig, 4);
  EXPECT_EQ(rig.core().credits(PortId{1}, VcId{0}), 0) << "VC 0 used its reserve and the shared part";
  EXPECT_EQ(rig.core().credits(PortId{1}, VcId{1}), 1) << "VC 1 keeps its reserve";
  EXPECT_EQ(rig.core().occupancy(PortId{0}, VcId{0}), 1);
  rig.credit(1, 0);  // what was borrowed is given back first
  rig.edge();
  EXPECT_EQ(rig.core().credits(PortId{1}, VcId{1}), 2);
}

TEST(Switching, AnInputPassesTwoFlitsACycleWithSpeedupTwo) {
  SwitchConfig c = small_config(3, 2);
  c.queueing = Queueing::vc_fifo;
  c.input_speedup = 2;
  Rig rig(c);
  rig.route_straight();
  rig.rx(0, 0, flit_of(1, 1, 0, 1));
  rig.edge();
  rig.rx(0, 1, flit_of(2, 2, 0, 1));
  rig.edge();
  rig.credit(1, 0);
  rig.credit(2, 1);
  rig.edge();
  EXPECT_EQ(rig.edge().tx.size(), 2U);
}

TEST(Switching, AnOutputTakesTwoAndSendsOneWithSpeedupTwo) {
  SwitchConfig c = small_config(3, 2);
  c.output_speedup = 2;
  Rig rig(c);
  rig.route_straight();
  rig.fill_credits(4);
  rig.rx(0, 0, flit_of(1, 2, 0, 1));
  rig.rx(1, 1, flit_of(2, 2, 0, 1));
  rig.edge();
  const Pins first = rig.edge();
  EXPECT_EQ(first.rx_credit.size(), 2U) << "both were granted";
  EXPECT_EQ(first.tx.size(), 1U);
  EXPECT_EQ(rig.edge().tx.size(), 1U);
}

TEST(Switching, SlotsOfOneVcFreedTogetherPulseOneAfterTheOther) {
  SwitchConfig c = small_config(3, 1);
  c.queueing = Queueing::output;
  Rig rig(c);
  rig.route_straight();
  rig.rx(0, 0, flit_of(1, 1, 0, 1));
  rig.edge();
  rig.rx(0, 0, flit_of(2, 2, 0, 1));
  rig.edge();
  rig.credit(1, 0);
  rig.credit(2, 0);
  rig.edge();
  const Pins both = rig.edge();
  EXPECT_EQ(both.tx.size(), 2U);
  EXPECT_EQ(both.rx_credit.size(), 1U);
  EXPECT_EQ(rig.edge().rx_credit.size(), 1U);
}

/// A neighbour with `depth` slots whose credits come back `loop` cycles after their flit left.
double credit_loop_throughput(int depth, int loop) {
  SwitchConfig c = small_config(2, 1);
  c.depth = {64};
  Rig rig(c);
  rig.route_straight();
  rig.fill_credits(depth);
  std::vector<std::int64_t> back;
  std::size_t returned = 0;
  int room = 64;
  int flits = 0;
  constexpr int edges = 4000;
  for (int k = 0; k < edges; ++k) {
    if (room > 0) {
      rig.rx(0, 0, flit_of(static_cast<std::uint32_t>(k), 1, 0, 1));
      --room;
    }
    if (returned < back.size() && back[returned] == rig.cycle()) {
      rig.credit(1, 0);
      ++returned;
    }
    const Pins pins = rig.edge();
    room += static_cast<int>(pins.rx_credit.size());
    flits += static_cast<int>(pins.tx.size());
    // The grant took a register's edge before the pins; the credit is counted an edge after it is sampled.
    if (!pins.tx.empty()) back.push_back(rig.cycle() - 1 + loop - 1);
  }
  return static_cast<double>(flits) / edges;
}

TEST(Switching, CreditLoopCarriesBufferOverRoundTrip) {
  constexpr int loop = 20;
  for (const int depth : {5, 10, 19, 20, 40}) {
    EXPECT_NEAR(credit_loop_throughput(depth, loop), std::min(1.0, static_cast<double>(depth) / loop), 0.01) << depth;
  }
}

}  // namespace
}  // namespace fs::testing
