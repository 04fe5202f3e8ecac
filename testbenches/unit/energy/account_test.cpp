// SPDX-License-Identifier: Apache-2.0
#include "energy/account.hpp"

#include <gtest/gtest.h>

using namespace fs;

namespace {

constexpr double one_gigabit = 1e9;

Part part_of(PartKind kind, double watts, double idle, EnergyCause cause) {
  Part part;
  part.name = to_string(kind);
  part.kind = kind;
  part.rate = BitsPerSecond(10'000'000'000);
  part.draws = {{cause, watts, idle}};
  return part;
}

PartPtr shared(Part part) { return std::make_shared<const Part>(std::move(part)); }

double joules_of(const EnergyReport& report, EnergyCause cause) {
  return report.by_cause[static_cast<std::size_t>(cause)];
}
double joules_of(const EnergyReport& report, Scale scale) { return report.by_scale[static_cast<std::size_t>(scale)]; }

}  // namespace

TEST(Account, LinkAtFullLoadDrawsBothItsEndsWhollyAndIdleTheIdleShare) {
  const PartPtr part = shared(part_of(PartKind::link, 8, 0.25, EnergyCause::optics));
  for (const double load : {0.0, 0.5, 1.0}) {
    EnergyAccount account;
    account.add_link(part, Scale::scale_up, 10e9, Micrometres(0), load * 2 * 10e9, true);
    const EnergyReport report(account, 1, 1);
    EXPECT_DOUBLE_EQ(report.joules(), 2 * 8 * (0.25 + 0.75 * load));
    EXPECT_DOUBLE_EQ(report.idle_joules, 4);
  }
}

TEST(Account, ABitOverABusyLinkCostsWhatTheDataSheetSaysOfOneModule) {
  // 8 W at 10 Gb/s are 800 pJ/bit: a bit passes half of each end's work.
  EnergyAccount account;
  account.add_link(shared(part_of(PartKind::link, 8, 1, EnergyCause::optics)), Scale::scale_up, 10e9, Micrometres(0),
                   20e9, true);
  EXPECT_DOUBLE_EQ(EnergyReport(account, 1, 20e9 / 8).joules_per_bit(), 800e-12);
}

TEST(Account, SwitchAtFullLoadDrawsItsPowerOnce) {
  EnergyAccount account;
  account.add_chip(shared(part_of(PartKind::switch_chip, 300, 0.6, EnergyCause::switch_core)), Scale::scale_out, 10e9,
                   10e9);
  const EnergyReport report(account, 1, 1);
  EXPECT_DOUBLE_EQ(joules_of(report, EnergyCause::switch_core), 300);
  EXPECT_DOUBLE_EQ(joules_of(report, Scale::scale_out), 300);
  EXPECT_DOUBLE_EQ(report.bit_joules, 120);
}

TEST(Account, WhatIsFasterTakesMoreOfThePartAndPaysForMore) {
  Part cable = part_of(PartKind::link, 1, 1, EnergyCause::dsp);
  cable.price = 100;
  cable.price_per_metre = 10;
  EnergyAccount account;
  account.add_link(shared(cable), Scale::scale_up, 25e9, Micrometres(3'000'000), 0, true);
  EXPECT_DOUBLE_EQ(account.rows().at(0).units, 2.5);
  EXPECT_DOUBLE_EQ(EnergyReport(account, 1, 1).capital, 2.5 * (100 + 3 * 10));
  EXPECT_DOUBLE_EQ(EnergyReport(account, 1, 1).joules(), 5);
}

TEST(Account, LinkBringsItsSerdesAndTheirFecOnlyWhereItHasOne) {
  Part serdes = part_of(PartKind::serdes, 2, 1, EnergyCause::serdes);
  serdes.draws.push_back({EnergyCause::fec, 0.5, 1});
  Part cable = part_of(PartKind::link, 0, 1, EnergyCause::optics);
  cable.serdes = shared(serdes);
  const PartPtr part = shared(cable);
  EnergyAccount account;
  account.add_link(part, Scale::scale_up, 10e9, Micrometres(0), 0, true);
  account.add_link(part, Scale::scale_up, 10e9, Micrometres(0), 0, false);
  const EnergyReport report(account, 1, 1);
  EXPECT_DOUBLE_EQ(joules_of(report, EnergyCause::serdes), 2 * 2 * 2);
  EXPECT_DOUBLE_EQ(joules_of(report, EnergyCause::fec), 2 * 0.5);
}

TEST(Account, CausesScalesAndTheWholeSumToTheSame) {
  EnergyAccount account;
  account.add_link(shared(part_of(PartKind::link, 8, 0.5, EnergyCause::optics)), Scale::scale_up, 10e9, Micrometres(0),
                   3e9, true);
  account.add_chip(shared(part_of(PartKind::switch_chip, 30, 0.5, EnergyCause::switch_core)), Scale::scale_out, 40e9,
                   7e9);
  account.add_chip(shared(part_of(PartKind::memory, 5, 0.1, EnergyCause::memory)), Scale::node, 10e9, one_gigabit);
  Part amplifier = part_of(PartKind::amplifier, 60, 1, EnergyCause::amplifier);
  amplifier.rate = BitsPerSecond(0);
  account.add_pieces(shared(amplifier), Scale::scale_across, 4, 0.025, 0);
  const EnergyReport report(account, 0.5, 1);
  double causes = 0;
  double scales = 0;
  for (const double joules : report.by_cause) causes += joules;
  for (const double joules : report.by_scale) scales += joules;
  EXPECT_NEAR(causes, report.joules(), 1e-12);
  EXPECT_NEAR(scales, report.joules(), 1e-12);
  EXPECT_DOUBLE_EQ(joules_of(report, Scale::scale_across), 4 * 0.025 * 60 * 0.5);
}

TEST(Account, CapitalIsWrittenOffOverTheLifetimeAtThisRunsRate) {
  Part chip = part_of(PartKind::switch_chip, 1000, 1, EnergyCause::switch_core);
  chip.price = 31557600;  // a dollar a second for a year
  EnergyAccount account;
  account.add_chip(shared(chip), Scale::scale_up, 10e9, 0);
  CostTerms terms;
  terms.lifetime_years = 2;
  terms.electricity_per_kwh = 0.36;
  terms.overhead = 1.5;
  const EnergyReport report(account, 3, 300);  // 100 bytes a second
  EXPECT_DOUBLE_EQ(report.capital_per_byte(terms), 0.5 / 100);
  EXPECT_DOUBLE_EQ(report.electricity_per_byte(terms), 1000 * 1.5 / 3.6e6 * 0.36 / 100);
}

TEST(Account, NothingDeliveredHasNoPricePerByte) {
  const EnergyReport report(EnergyAccount(), 1, 0);
  EXPECT_EQ(report.joules_per_bit(), 0);
  EXPECT_EQ(report.capital_per_byte({}), 0);
}
