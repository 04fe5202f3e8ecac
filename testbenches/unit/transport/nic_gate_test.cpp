// SPDX-License-Identifier: Apache-2.0
// The gate of a site's gateway by itself: who is admitted, who waits, and what the buffer holds meanwhile.
#include "transport/gateway/nic_gate.hpp"

#include <gtest/gtest.h>

#include <array>

using namespace fs;

namespace {

constexpr std::int64_t unit = 1000;

NicGate gate_of(FlowControl flow, std::int64_t buffer, std::int64_t headroom = 0) {
  GatewaySpec spec;
  spec.buffer = buffer;
  spec.flow_control = flow;
  return NicGate(spec, unit, headroom);
}

}  // namespace

TEST(NicGate, SetsRoomAsideAndGrantsInTurn) {
  NicGate gate = gate_of(FlowControl::credits, 2 * unit + 1);
  std::array<NicGate::Ticket, 4> nics;
  EXPECT_TRUE(gate.admits(nics[0], 0));
  EXPECT_TRUE(gate.admits(nics[1], 1));
  EXPECT_FALSE(gate.admits(nics[2], 2));
  EXPECT_FALSE(gate.admits(nics[2], 2)) << "it waits already";
  EXPECT_FALSE(gate.admits(nics[3], 3));
  EXPECT_EQ(gate.set_aside(), 2 * unit);
  std::uint32_t next = 9;
  EXPECT_FALSE(gate.grants(next));
  // What comes may be less than what was set aside.
  EXPECT_TRUE(gate.take(400));
  EXPECT_EQ(gate.buffer().level(), unit + 400);
  EXPECT_FALSE(gate.grants(next)) << "600 are free";
  gate.buffer().give_back(400);
  ASSERT_TRUE(gate.grants(next));
  EXPECT_EQ(next, 2U);
  EXPECT_FALSE(gate.grants(next));
  NicGate::granted(nics[2]);
  EXPECT_TRUE(gate.admits(nics[2], 2));
  EXPECT_FALSE(gate.admits(nics[0], 0)) << "NIC 3 waits before it";
}

TEST(NicGate, KeepsTheGrantOfWhoHasNothingToSend) {
  NicGate gate = gate_of(FlowControl::credits, unit);
  NicGate::Ticket nic;
  EXPECT_TRUE(gate.admits(nic, 0));
  gate.keep(nic);
  EXPECT_EQ(gate.set_aside(), unit);
  EXPECT_TRUE(gate.admits(nic, 0)) << "by what it has kept";
  EXPECT_FALSE(gate.admits(nic, 0));
}

TEST(NicGate, TakesWhatFlowControlDoesNotHoldOnlyIntoFreeRoom) {
  NicGate gate = gate_of(FlowControl::credits, unit + 64);
  NicGate::Ticket nic;
  EXPECT_TRUE(gate.admits(nic, 0));
  EXPECT_TRUE(gate.take(64, false));
  EXPECT_FALSE(gate.take(64, false));
  EXPECT_EQ(gate.set_aside(), unit);
  EXPECT_TRUE(gate.take(unit)) << "what was admitted has its room";
}

TEST(NicGate, TellsOfAPauseOnceAndOfItsEndAtHalf) {
  NicGate gate = gate_of(FlowControl::pfc, 10 * unit, 2 * unit);
  NicGate::Ticket nic;
  for (int i = 0; i < 8; ++i) {
    EXPECT_TRUE(gate.take(unit));
    EXPECT_FALSE(gate.must_pause()) << i;
  }
  EXPECT_TRUE(gate.take(unit));
  EXPECT_TRUE(gate.must_pause());
  EXPECT_FALSE(gate.must_pause());
  EXPECT_TRUE(gate.admits(nic, 0)) << "the word is on its way";
  EXPECT_TRUE(gate.take(unit)) << "the headroom";
  gate.told(true);
  EXPECT_FALSE(gate.admits(nic, 0));
  gate.buffer().give_back(5 * unit);
  EXPECT_FALSE(gate.may_resume());
  gate.buffer().give_back(unit);
  EXPECT_TRUE(gate.may_resume());
  EXPECT_FALSE(gate.may_resume());
  gate.told(false);
  EXPECT_TRUE(gate.admits(nic, 0));
}

TEST(NicGate, AdmitsAllAndDropsWhatFindsNoRoomWhereItIsLossy) {
  NicGate gate = gate_of(FlowControl::lossy, unit);
  NicGate::Ticket nic;
  EXPECT_TRUE(gate.take(unit));
  EXPECT_TRUE(gate.admits(nic, 0));
  EXPECT_FALSE(gate.take(1));
  EXPECT_FALSE(gate.must_pause());
  EXPECT_FALSE(gate.may_resume());
}
