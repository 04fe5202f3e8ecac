// SPDX-License-Identifier: Apache-2.0
// A Verilated core behind the switch core's contract: pins, time, sleep, routes, reset, and what stops it.
#include "cosim/verilated_core.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/check.hpp"
#include "cores.hpp"
#include "rig.hpp"

namespace fs::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

const char* const relay = "top: relay\nsources: [" RTL_FOLDER "/relay.sv]\nparameters: [NumPorts]\n";

SwitchConfig relay_config(const std::string& name = "sw0") {
  SwitchConfig c = small_config(2, 1);
  c.name = name;
  return c;
}

std::unique_ptr<SwitchCore> make_relay(const std::string& name = "sw0") {
  return library_with("relay", relay).make("relay", relay_config(name)).core;
}

TEST(VerilatedCore, PassesAFlitBitForBit) {
  Rig rig(relay_config(), make_relay());
  rig.route(0, 0, {1}, 1);
  Flit flit = flit_of(0xdeadbeef, 1, 0, 3);
  flit.flags |= Flit::poison_flag;
  flit.wire_bytes = 0x1234;
  rig.rx(0, 0, flit);
  const Pins pins = rig.edge();
  ASSERT_EQ(pins.tx.size(), 1U);
  EXPECT_EQ(index(pins.tx[0].port), 1U);
  EXPECT_EQ(pins.tx[0].flit, flit);
  ASSERT_EQ(pins.rx_credit.size(), 1U);
  EXPECT_EQ(index(pins.rx_credit[0].port), 0U);
  EXPECT_TRUE(rig.edge().tx.empty());
}

/// Where nothing looks at the clock but registers at its rise, its fall is not evaluated; elsewhere it has to be.
class OtherClocks : public ::testing::TestWithParam<const char*> {};

TEST_P(OtherClocks, PassAFlitInTheSameCycle) {
  const std::string name = std::string("relay_") + GetParam();
  auto library = library_with(name, std::string(relay) + "arguments: [+define+" + GetParam() + "]\n");
  Rig rig(relay_config(), library.make(name, relay_config()).core);
  rig.route(0, 0, {1}, 1);
  for (unsigned k = 1; k < 4; ++k) {
    rig.rx(0, 0, flit_of(k, 1, 0, 3));
    const Pins pins = rig.edge();
    ASSERT_EQ(pins.tx.size(), 1U);
    EXPECT_EQ(pins.tx[0].flit, flit_of(k, 1, 0, 3));
  }
  EXPECT_TRUE(rig.edge().tx.empty());
}

INSTANTIATE_TEST_SUITE_P(Kinds, OtherClocks, ::testing::Values("FALLING_EDGE", "LATCH"));

TEST(VerilatedCore, SleepsWhenItSaysSo) {
  Rig rig(relay_config(), make_relay());
  rig.route(0, 0, {1}, 1);
  rig.edge();
  EXPECT_EQ(rig.wake(), Cycles::max());
  rig.rx(0, 0, flit_of(1, 1, 0, 1));
  rig.edge();
  EXPECT_EQ(rig.wake().value(), rig.cycle());
  rig.edge();
  EXPECT_EQ(rig.wake(), Cycles::max());
}

TEST(VerilatedCore, SleepsWhenItHoldsNothing) {
  auto library = library_with("silent_relay", std::string(relay) + "arguments: [+define+NO_IDLE]\n");
  Rig rig(relay_config(), library.make("silent_relay", relay_config()).core);
  rig.route(0, 0, {1}, 1);
  rig.rx(0, 0, flit_of(1, 1, 0, 1));
  rig.edge();
  int stepped = 0;
  while (rig.wake() != Cycles::max() && stepped < 100) {
    EXPECT_EQ(rig.wake().value(), rig.cycle());
    rig.edge();
    ++stepped;
  }
  EXPECT_EQ(stepped, 4);
}

TEST(VerilatedCore, WritesRoutesOneAnEdge) {
  Rig rig(relay_config(), make_relay());
  rig.route(0, 0, {1}, 1);
  rig.rx(0, 0, flit_of(9, 1, 0, 1));
  rig.edge();
  rig.route(0, 0, {0}, 1);
  rig.route(0, 0, {1}, 1);
  rig.edge();
  EXPECT_EQ(rig.wake().value(), rig.cycle()) << "a row waits";
  rig.rx(1, 0, flit_of(1, 1, 0, 1));
  Pins pins = rig.edge();
  ASSERT_EQ(pins.tx.size(), 1U);
  EXPECT_EQ(index(pins.tx[0].port), 0U) << "by the row before";
  rig.rx(1, 0, flit_of(2, 1, 0, 1));
  pins = rig.edge();
  ASSERT_EQ(pins.tx.size(), 1U);
  EXPECT_EQ(index(pins.tx[0].port), 1U);
}

TEST(VerilatedCore, WritesRoutesInItsSleep) {
  Rig rig(relay_config(), make_relay());
  rig.route(0, 0, {1}, 1);
  rig.edge();
  ASSERT_EQ(rig.wake(), Cycles::max());
  rig.route(0, 0, {1}, 1);
  rig.route(0, 0, {0}, 1);
  rig.rx(1, 0, flit_of(1, 1, 0, 1));
  const Pins pins = rig.edge();
  ASSERT_EQ(pins.tx.size(), 1U);
  EXPECT_EQ(index(pins.tx[0].port), 0U) << "by the last row, which the sleeping core has already";
}

TEST(VerilatedCore, CountsFromThePins) {
  Rig rig(relay_config(), make_relay());
  rig.route(0, 0, {1}, 1);
  rig.fill_credits(3);
  EXPECT_EQ(rig.core().credits(static_cast<PortId>(1), static_cast<VcId>(0)), 3);
  rig.rx(0, 0, flit_of(1, 1, 0, 1));
  rig.edge();
  EXPECT_EQ(rig.core().credits(static_cast<PortId>(1), static_cast<VcId>(0)), 2);
  EXPECT_EQ(rig.core().occupancy(static_cast<PortId>(0), static_cast<VcId>(0)), 0);
  EXPECT_EQ(rig.core().counts().flits_inside, 0U);
  EXPECT_EQ(rig.core().counts().grants, 1U);
}

TEST(VerilatedCore, StartsAnewAfterReset) {
  Rig rig(relay_config(), make_relay());
  rig.route(0, 0, {1}, 1);
  rig.fill_credits(2);
  rig.core().reset();
  EXPECT_EQ(rig.core().credits(static_cast<PortId>(1), static_cast<VcId>(0)), 0);
  EXPECT_TRUE(rig.edge().tx.empty());
  rig.rx(0, 0, flit_of(1, 1, 0, 1));
  EXPECT_EQ(rig.edge().tx.size(), 1U) << "routes are kept";
}

TEST(VerilatedCore, NamesSwitchCycleAndMessageOfAnAssertion) {
  Rig rig(relay_config("sw12"), make_relay("sw12"));
  rig.route(0, 0, {1}, 1);
  for (int k = 0; k < 7; ++k) rig.edge();
  rig.rx(0, 0, flit_of(1, 0, 0, 1));
  try {
    rig.edge();
    FAIL() << "the assertion was not seen";
  } catch (const InvariantError& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("switch sw12"), HasSubstr("core 'relay'"), HasSubstr("cycle 7"),
                                    HasSubstr("destination 0 is refused"), HasSubstr("relay.sv:")));
  }
}

TEST(VerilatedCore, TellsWhichPinDoesNotFit) {
  auto library = library_with("fixed_relay", "top: relay\nsources: [" RTL_FOLDER "/relay.sv]\n");
  SwitchConfig three = relay_config();
  three.ports = 3;
  try {
    library.make("fixed_relay", three);
    FAIL() << "two ports pass for three";
  } catch (const std::invalid_argument& error) {
    EXPECT_THAT(error.what(), AllOf(HasSubstr("rx_valid_i has 2 bits"), HasSubstr("3 ports"), HasSubstr("needs 3")));
  }
}

TEST(VerilatedCore, RefusesAnInputThatNobodyDrives) {
  auto library = library_with("extra_relay", std::string(relay) + "arguments: [+define+EXTRA_INPUT]\n");
  try {
    library.make("extra_relay", relay_config());
    FAIL() << "extra_i was accepted";
  } catch (const std::invalid_argument& error) {
    EXPECT_THAT(error.what(), HasSubstr("nothing drives its input extra_i"));
  }
}

TEST(VerilatedCore, SeveralCoresKeepApart) {
  auto library = library_with("relay", relay);
  recipe_file("silent_relay", std::string(relay) + "arguments: [+define+NO_IDLE]\n");
  Rig one(relay_config("sw1"), library.make("relay", relay_config("sw1")).core);
  Rig other(relay_config("sw2"), library.make("relay", relay_config("sw2")).core);
  Rig third(relay_config("sw3"), library.make("silent_relay", relay_config("sw3")).core);
  one.route(0, 0, {1}, 1);
  other.route(0, 0, {0}, 1);
  third.route(0, 0, {0, 1}, 1);
  for (Rig* rig : {&one, &other, &third}) rig->rx(0, 0, flit_of(1, 1, 0, 1));
  const Pins a = one.edge(), b = other.edge(), c = third.edge();
  ASSERT_EQ(a.tx.size(), 1U);
  ASSERT_EQ(b.tx.size(), 1U);
  EXPECT_EQ(index(a.tx[0].port), 1U);
  EXPECT_EQ(index(b.tx[0].port), 0U);
  EXPECT_EQ(c.tx.size(), 2U);
}

}  // namespace
}  // namespace fs::testing
