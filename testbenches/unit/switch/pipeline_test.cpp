// SPDX-License-Identifier: Apache-2.0
// Cycle by cycle: when a flit that never waits leaves, and what tx_ready and sleep do.
#include <gtest/gtest.h>

#include "common/check.hpp"
#include "rig.hpp"
#include "switch/model/router/output_rows.hpp"

namespace fs::testing {
namespace {

/// Edges from the one that samples a lone flit to the one after which it stands on the tx pins.
std::int64_t residence(const SwitchConfig& config) {
  Rig rig(config);
  rig.route_straight();
  rig.fill_credits(8);
  const std::int64_t sampled = rig.cycle();
  rig.rx(0, 0, flit_of(1, 1, 0, 1));
  return rig.edges_until_tx(50) - sampled;
}

TEST(Pipeline, ALoneFlitLeavesAfterTheDeclaredCycles) {
  for (const auto queueing : {Queueing::voq, Queueing::vc_fifo, Queueing::output}) {
    for (const auto vc_allocation : {VcAllocation::none, VcAllocation::before, VcAllocation::same_cycle}) {
      if (queueing == Queueing::output && vc_allocation != VcAllocation::none) continue;
      for (const int stages : {0, 1, 3}) {
        SwitchConfig c = small_config(4, 2);
        c.queueing = queueing;
        c.vc_allocation = vc_allocation;
        c.input_pipeline = stages;
        c.output_pipeline = 2 * stages;
        EXPECT_EQ(residence(c), c.pipeline_cycles());
      }
    }
  }
}

TEST(Pipeline, SpeculationSavesTheCycleOfVcAllocation) {
  SwitchConfig c = small_config(4, 2);
  c.vc_allocation = VcAllocation::before;
  EXPECT_EQ(residence(c), 2);
  c.vc_allocation = VcAllocation::same_cycle;
  EXPECT_EQ(residence(c), 1);
}

TEST(Pipeline, SuccessivePacketsOfOneVcPayForVcAllocationEachTime) {
  SwitchConfig c = small_config(2, 1);
  c.queueing = Queueing::vc_fifo;
  c.vc_allocation = VcAllocation::before;
  c.switching = Switching::wormhole;
  Rig rig(c);
  rig.route_straight();
  rig.fill_credits(8);
  for (std::uint32_t p = 0; p < 3; ++p) {
    rig.rx(0, 0, flit_of(p, 1, 0, 1));
    rig.edge();
  }
  std::vector<std::int64_t> left;
  for (int k = 0; k < 10; ++k) {
    if (!rig.edge().tx.empty()) left.push_back(rig.cycle());
  }
  // The first left while the others arrived; allocation and traversal of the rest do not overlap.
  ASSERT_EQ(left.size(), 2U);
  EXPECT_EQ(left[1] - left[0], 2);
}

TEST(Pipeline, TheInputsCreditComesBackWithTheGrant) {
  SwitchConfig c = small_config(2, 2);
  c.output_pipeline = 3;
  Rig rig(c);
  rig.route_straight();
  rig.fill_credits(8);
  rig.rx(0, 1, flit_of(1, 1, 0, 1));
  EXPECT_TRUE(rig.edge().rx_credit.empty());
  const Pins granted = rig.edge();
  EXPECT_TRUE(granted.tx.empty());
  ASSERT_EQ(granted.rx_credit.size(), 1U);
  EXPECT_EQ(granted.rx_credit[0].port, PortId{0});
  EXPECT_EQ(granted.rx_credit[0].vc, VcId{1});
}

TEST(Pipeline, TxReadyStopsGrantsAndLetsTheSkidThrough) {
  SwitchConfig c = small_config(2, 1);
  c.output_pipeline = 2;
  Rig rig(c);
  rig.route_straight();
  rig.fill_credits(8);
  rig.rx(0, 0, flit_of(1, 1, 0, 1));
  rig.edge();
  rig.rx(0, 0, flit_of(2, 1, 0, 1));
  rig.edge();  // the first is granted
  rig.ready(1, false);
  int seen = 0;
  for (int k = 0; k < 6; ++k) seen += static_cast<int>(rig.edge().tx.size());
  EXPECT_EQ(seen, 1);
  EXPECT_EQ(rig.wake(), Cycles(rig.cycle())) << "tx_ready has no wake: a flit it holds back keeps the core awake";
  rig.ready(1, true);
  EXPECT_EQ(rig.edges_until_tx(5) - rig.cycle(), -1);
}

TEST(Pipeline, AnIdleCoreSleepsUntilItsPipelinesNextFlit) {
  SwitchConfig c = small_config(2, 1);
  c.output_pipeline = 5;
  Rig rig(c);
  rig.route_straight();
  rig.fill_credits(2);
  rig.rx(0, 0, flit_of(1, 1, 0, 1));
  rig.edge();
  rig.edge();
  EXPECT_EQ(rig.wake(), Cycles(rig.cycle() + 4));
  for (int k = 0; k < 4; ++k) rig.skip();
  EXPECT_EQ(rig.edge().tx.size(), 1U);
  EXPECT_EQ(rig.wake(), Cycles::max());
}

TEST(Pipeline, ACoreBlockedByCreditAloneSleepsUntilAPulse) {
  Rig rig(small_config(2, 1));
  rig.route_straight();
  rig.rx(0, 0, flit_of(1, 1, 0, 1));
  for (int k = 0; k < 3; ++k) rig.edge();
  EXPECT_EQ(rig.wake(), Cycles::max());
  rig.credit(1, 0);
  rig.edge();
  EXPECT_EQ(rig.edge().tx.size(), 1U) << "a credit sampled at one edge serves the next";
}

TEST(Pipeline, ResetEmptiesEverythingAndKeepsRoutes) {
  SwitchConfig c = small_config(2, 2);
  c.output_pipeline = 1;
  Rig rig(c);
  rig.route_straight();
  rig.fill_credits(3);
  rig.rx(0, 0, flit_of(1, 1, 0, 2));
  rig.edge();
  rig.edge();
  rig.core().reset();
  EXPECT_EQ(rig.core().counts().flits_inside, 0U);
  EXPECT_EQ(rig.core().credits(PortId{1}, VcId{0}), 0);
  EXPECT_EQ(rig.core().occupancy(PortId{0}, VcId{0}), 0);
  rig.fill_credits(4);
  rig.rx(0, 0, flit_of(2, 1, 0, 1));
  Pins pins;
  ASSERT_GE(rig.edges_until_tx(5, &pins), 0);
  EXPECT_EQ(pins.tx[0].flit.handle, PacketHandle{2});
}

TEST(Pipeline, AnOverrunNamesSwitchPortVcAndCycle) {
  SwitchConfig c = small_config(2, 2);
  c.depth = {4, 4};
  c.name = "leaf3";
  Rig rig(c);
  rig.route_straight();
  const auto overrun = [&] {
    for (std::uint32_t k = 0; k < 5; ++k) {
      rig.rx(1, 1, flit_of(k, 0, 0, 1));
      rig.edge();
    }
  };
  try {
    overrun();
    FAIL() << "five flits went into four slots";
  } catch (const InvariantError& e) {
    EXPECT_NE(std::string(e.what()).find("switch leaf3, port 1, VC 1, cycle 4"), std::string::npos) << e.what();
  }
}

TEST(Pipeline, AFlitInTheInputPipelineOccupiesItsSlot) {
  for (const auto queueing : {Queueing::voq, Queueing::output}) {
    SwitchConfig c = small_config(2, 1);
    c.queueing = queueing;
    c.input_pipeline = 3;
    Rig rig(c);
    rig.route_straight();
    rig.rx(0, 0, flit_of(1, 1, 0, 1));
    rig.edge();
    EXPECT_EQ(rig.core().occupancy(PortId{0}, VcId{0}), 1);
    EXPECT_EQ(rig.core().counts().flits_inside, 1U);
  }
}

TEST(Pipeline, AFlitForAVcBeyondThePortsIsRefused) {
  Rig rig(small_config(2, 2));
  rig.route_straight();
  rig.rx(0, 2, flit_of(1, 1, 0, 1));
  EXPECT_THROW(rig.edge(), InvariantError);
}

TEST(Pipeline, AFlitWithoutARouteIsRefused) {
  Rig rig(small_config(2, 1));
  rig.rx(0, 0, flit_of(1, 1, 0, 1));
  EXPECT_THROW(rig.edge(), InvariantError);
}

TEST(OutputRows, HandOnEachRowAtItsCycle) {
  OutputRows rows(2, 3);
  for (std::int64_t cycle = 10; cycle < 20; ++cycle) {
    const bool full = cycle % 3 == 1;
    rows.row(cycle + 3)[0].port = static_cast<PortId>(cycle);
    rows.close(cycle + 3, full ? 2 : 0);
    EXPECT_EQ(rows.next_due(cycle), Cycles(cycle + 3 - (cycle - 1) % 3)) << cycle;
    int count = 0;
    const PortFlit* due = rows.take(cycle, count);
    EXPECT_EQ(count, cycle >= 13 && (cycle - 3) % 3 == 1 ? 2 : 0) << cycle;
    if (count > 0) {
      EXPECT_EQ(index(due[0].port), static_cast<std::size_t>(cycle - 3));
    }
  }
  rows.reset();
  EXPECT_EQ(rows.size(), 0U);
  EXPECT_EQ(rows.next_due(20), Cycles::max());
}

}  // namespace
}  // namespace fs::testing
