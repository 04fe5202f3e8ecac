// SPDX-License-Identifier: Apache-2.0
// The three ways to choose among outputs, and what a route write may change.
#include <gtest/gtest.h>

#include "common/check.hpp"
#include "rig.hpp"
#include "switch/route_table.hpp"

namespace fs::testing {
namespace {

/// Sends one packet from port 0 and says where it left.
int exit_of(Rig& rig, const Flit& flit) {
  rig.rx(0, 0, flit);
  Pins pins;
  if (rig.edges_until_tx(10, &pins) < 0) return -1;
  return static_cast<int>(index(pins.tx[0].port));
}

Flit keyed(std::uint32_t key) {
  Flit f = flit_of(1, 0, 0, 1);
  f.hash_key = key;
  return f;
}

TEST(Route, HashedTakesTheKeysShareOfTheList) {
  Rig rig(small_config(6, 1));
  rig.route(0, 0, {1, 3, 5}, 1, RouteMode::hashed);
  rig.fill_credits(8);
  EXPECT_EQ(exit_of(rig, keyed(0)), 1);
  EXPECT_EQ(exit_of(rig, keyed(0x55555555)), 1);
  EXPECT_EQ(exit_of(rig, keyed(0x55555556)), 3);
  EXPECT_EQ(exit_of(rig, keyed(0xaaaaaaaa)), 3);
  EXPECT_EQ(exit_of(rig, keyed(0xaaaaaaab)), 5);
  EXPECT_EQ(exit_of(rig, keyed(0xffffffff)), 5);
}

TEST(Route, SprayedGoesRoundFromTheLowestPort) {
  Rig rig(small_config(6, 1));
  rig.route(0, 0, {1, 3, 5}, 1, RouteMode::sprayed);
  rig.fill_credits(8);
  for (const int expected : {1, 3, 5, 1, 3}) EXPECT_EQ(exit_of(rig, keyed(7)), expected);
  rig.route(0, 2, {0, 4}, 1, RouteMode::sprayed);
  EXPECT_EQ(exit_of(rig, flit_of(9, 2, 0, 1)), 4) << "the pointer belongs to input and class, not to the row";
}

TEST(Route, AdaptiveTakesTheLeastOccupiedAndHashesTies) {
  Rig rig(small_config(6, 1));
  rig.route(0, 0, {1, 3, 5}, 1, RouteMode::adaptive);
  rig.fill_credits(4);
  EXPECT_EQ(exit_of(rig, keyed(0x80000000)), 3) << "all empty: from the hashed choice on";
  EXPECT_EQ(exit_of(rig, keyed(0x80000000)), 5) << "one flit downstream of 3";
  EXPECT_EQ(exit_of(rig, keyed(0x80000000)), 1);
  rig.credit(1, 0);
  rig.edge();
  EXPECT_EQ(exit_of(rig, keyed(0x80000000)), 1) << "its credit came back";
}

TEST(Route, AdaptiveSeesWhatIsQueuedHere) {
  Rig rig(small_config(4, 1));
  rig.route(0, 0, {1, 2}, 1, RouteMode::adaptive);
  rig.route(0, 1, {1}, 1);
  rig.rx(3, 0, flit_of(5, 1, 0, 1));  // no credit yet: stays queued for output 1
  rig.edge();
  rig.rx(0, 0, keyed(0));
  rig.edge();
  rig.fill_credits(1);
  Pins all;
  for (int k = 0; k < 4; ++k) {
    for (const auto& f : rig.edge().tx) all.tx.push_back(f);
  }
  ASSERT_EQ(all.tx.size(), 2U);
  for (const auto& f : all.tx) {
    EXPECT_EQ(index(f.port), f.flit.handle == PacketHandle{5} ? 1U : 2U);
  }
}

TEST(Route, AHeadsChoiceStandsWhenTheRowIsRewritten) {
  Rig rig(small_config(4, 1));
  rig.route(0, 0, {1}, 1);
  rig.rx(0, 0, flit_of(1, 0, 0, 2));
  rig.edge();
  rig.route(0, 0, {2}, 1);
  rig.rx(0, 0, flit_of(1, 0, 1, 2));
  rig.edge();
  rig.rx(0, 0, flit_of(2, 0, 0, 1));
  rig.edge();
  std::vector<std::vector<std::size_t>> ports(3);
  for (int k = 0; k < 8; ++k) {
    for (int o = 0; o < 4; ++o) rig.credit(o, 0);
    for (const auto& f : rig.edge().tx) ports[static_cast<std::size_t>(f.flit.handle)].push_back(index(f.port));
  }
  EXPECT_EQ(ports[1], (std::vector<std::size_t>{1, 1}));
  EXPECT_EQ(ports[2], (std::vector<std::size_t>{2}));
}

TEST(Route, BadRowsAreRefused) {
  RouteTable table(4, 2, 1, 4, "t");
  RouteRow row;
  row.vcs_low = 1;
  EXPECT_THROW(table.write(ClassId{0}, NodeId{0}, row), InvariantError) << "no output";
  row.outputs = {PortId{4}};
  EXPECT_THROW(table.write(ClassId{0}, NodeId{0}, row), InvariantError) << "no such port";
  row.outputs = {PortId{2}, PortId{1}};
  EXPECT_THROW(table.write(ClassId{0}, NodeId{0}, row), InvariantError) << "not ascending";
  row.outputs = {PortId{1}};
  row.vcs_low = 4;
  EXPECT_THROW(table.write(ClassId{0}, NodeId{0}, row), InvariantError) << "no such VC";
  row.vcs_low = 0;
  EXPECT_THROW(table.write(ClassId{0}, NodeId{0}, row), InvariantError) << "no VC";
  row.vcs_low = 1;
  EXPECT_THROW(table.write(ClassId{1}, NodeId{0}, row), InvariantError) << "no such class";
  EXPECT_THROW(table.write(ClassId{0}, NodeId{4}, row), InvariantError) << "no such destination";
}

TEST(SwitchConfig, WhatCannotWorkIsRefusedByName) {
  const auto refuses = [](const char* field, auto&& change) {
    SwitchConfig c = small_config(4, 2);
    change(c);
    try {
      make_model_core(c);
      ADD_FAILURE() << field << " was accepted";
    } catch (const std::invalid_argument& e) {
      EXPECT_EQ(std::string(e.what()).rfind(field, 0), 0U) << e.what();
    }
  };
  refuses("ports", [](SwitchConfig& c) { c.ports = 257; });
  refuses("vcs", [](SwitchConfig& c) { c.vcs = 0; });
  refuses("depth", [](SwitchConfig& c) { c.depth = {8}; });
  refuses("depth", [](SwitchConfig& c) { c.depth = {3, 3}; });
  refuses("pool_depth", [](SwitchConfig& c) {
    c.buffer = BufferKind::shared_pool;
    c.pool_depth = 31;
  });
  refuses("speedup", [](SwitchConfig& c) {
    c.ports = c.destinations = 200;
    c.input_speedup = 2;
  });
  refuses("switching", [](SwitchConfig& c) { c.switching = Switching::wormhole; });
  refuses("vc_allocation", [](SwitchConfig& c) {
    c.queueing = Queueing::output;
    c.vc_allocation = VcAllocation::before;
  });
}

}  // namespace
}  // namespace fs::testing
