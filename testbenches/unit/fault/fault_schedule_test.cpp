// SPDX-License-Identifier: Apache-2.0
#include "fault/fault_schedule.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "planes.hpp"

namespace fs {
namespace {

using test::faults_of;
using test::gigahertz;

FaultPlan plan_of(const std::string& text, const Topology& topology) {
  FaultPlan plan;
  plan.faults = faults_of(text, topology);
  return plan;
}

TEST(FaultSchedule, AScheduledFaultComesAndGoesAtItsTimes) {
  const auto topology = test::planes();
  const auto plan = plan_of("  - {kind: link_down, where: sw1.2, at: 10ns, for: 5ns}", topology);
  const FaultSchedule schedule(plan, topology.graph, gigahertz, 4, 1);
  ASSERT_EQ(schedule.steps().size(), 2U);
  EXPECT_EQ(schedule.steps()[0].at, Cycles(10));
  EXPECT_EQ(schedule.steps()[1].at, Cycles(15));
  EXPECT_EQ(schedule.faults()[0].where, "gpu2.1-sw1.2");
}

TEST(FaultSchedule, ARampIsEvenInTheLogarithm) {
  const auto topology = test::planes();
  const auto plan = plan_of(
      "  - {kind: bit_errors, where: sw1.2, at: 0ns, from: 1e-10, to: 1e-2, ramp: 8us, steps: 8, for: 20us}", topology);
  const FaultSchedule schedule(plan, topology.graph, gigahertz, 4, 1);
  ASSERT_EQ(schedule.steps().size(), 10U);
  for (int i = 1; i <= 8; ++i) {
    const FaultStep& step = schedule.steps()[static_cast<std::size_t>(i)];
    EXPECT_EQ(step.what, FaultStep::What::ramp);
    EXPECT_EQ(step.at, Cycles(1 + 1000 * i)) << i;
    EXPECT_NEAR(std::log10(step.ratio), -10.0 + i, 1e-9);
  }
}

TEST(FaultSchedule, DrawsFollowTheSeedAndStayInTheirSpan) {
  const auto topology = test::planes();
  const auto plan = plan_of("  - {kind: link_down, where: any, at: 1us, until: 3us, count: 40, for: 10ns}", topology);
  const FaultSchedule one(plan, topology.graph, gigahertz, 4, 1);
  const FaultSchedule again(plan, topology.graph, gigahertz, 4, 1);
  const FaultSchedule other(plan, topology.graph, gigahertz, 4, 2);
  ASSERT_EQ(one.faults().size(), 40U);
  bool differs = false;
  std::set<std::string> places;
  for (std::size_t i = 0; i < 40; ++i) {
    EXPECT_EQ(one.faults()[i].where, again.faults()[i].where);
    EXPECT_EQ(one.faults()[i].at, again.faults()[i].at);
    differs = differs || one.faults()[i].at != other.faults()[i].at;
    EXPECT_GE(one.faults()[i].at, Cycles(1000));
    EXPECT_LE(one.faults()[i].at, Cycles(3000));
    places.insert(one.faults()[i].where);
  }
  EXPECT_TRUE(differs);
  EXPECT_GT(places.size(), 6U);
  for (std::size_t i = 1; i < one.steps().size(); ++i) EXPECT_LE(one.steps()[i - 1].at, one.steps()[i].at);
}

TEST(FaultSchedule, IntervalsHaveTheirMean) {
  const auto topology = test::planes();
  const auto plan =
      plan_of("  - {kind: switch_down, where: any, at: 0us, until: 1000us, interval: 1us, for: 1ns}", topology);
  const FaultSchedule schedule(plan, topology.graph, gigahertz, 4, 7);
  EXPECT_NEAR(static_cast<double>(schedule.faults().size()), 1000, 5 * std::sqrt(1000.0));
}

TEST(FaultSchedule, ATrayIsAllItsSwitchesAndTheirLinks) {
  const auto topology = test::planes();
  const auto plan = plan_of(
      "  - {kind: tray_down, where: [sw0, sw2], at: 1us}\n"
      "  - {kind: gpu_gone, where: gpu1, at: 1us}\n"
      "  - {kind: link_flap, where: sw0.1, at: 1us, period: 100ns, down: 30ns, flaps: 3}",
      topology);
  const FaultSchedule schedule(plan, topology.graph, gigahertz, 4, 1);
  EXPECT_EQ(schedule.faults()[0].chips.size(), 2U);
  EXPECT_EQ(schedule.faults()[0].links.size(), 8U);
  EXPECT_EQ(schedule.faults()[1].links.size(), 3U);
  EXPECT_EQ(schedule.steps().size(), 2U + 6U);
}

TEST(FaultSchedule, ACorruptRowNeverNamesTheRightOutput) {
  const auto topology = test::planes();
  const auto plan =
      plan_of("  - {kind: corrupt_route, where: any, destination: gpu2, at: 0us, until: 9us, count: 200}", topology);
  const FaultSchedule schedule(plan, topology.graph, gigahertz, 4, 3);
  for (const Fault& fault : schedule.faults()) EXPECT_NE(fault.output, PortId{2});
}

}  // namespace
}  // namespace fs
