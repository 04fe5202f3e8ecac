// SPDX-License-Identifier: Apache-2.0
#include "optics/time/recovery.hpp"

#include <gtest/gtest.h>

#include "optics/time/damping.hpp"
#include "support/shipped_optics.hpp"

using namespace fs;
using fs::testing::km;
using fs::testing::ms;
using fs::testing::shipped;

namespace {

LightCourse course_of(double kilometres, std::vector<LightInterval> cuts) {
  LightCourse::Spec spec;
  spec.name = "line";
  spec.mode = shipped().mode("400zr_plus");
  spec.line = equal_spans(shipped().fibre("smf"), km(kilometres), km(80), shipped().amplifier("textbook"));
  for (const auto& interval : cuts) {
    LightEvent event;
    event.start = interval.from;
    if (interval.to != Femtoseconds::max()) event.repair = interval.to - interval.from;
    spec.events.push_back(event);
  }
  return LightCourse(spec);
}

LineRecovery recovery_of(LineRecovery::Kind kind, Femtoseconds wait_to_restore) {
  LineRecovery recovery = default_line_recovery(kind);
  recovery.wait_to_restore = wait_to_restore;
  return recovery;
}

}  // namespace

TEST(Selection, OnePlusOneSwitchesAfterDetectionAndSwitching) {
  const auto working = course_of(80, {{ms * 100}});
  const auto protecting = course_of(160, {});
  const Selection selection(recovery_of(LineRecovery::Kind::one_plus_one, Femtoseconds(0)), working, protecting);
  ASSERT_EQ(selection.changes().size(), 2U);
  EXPECT_EQ(selection.changes()[1].time, ms * 100 + working.delay() + ms * 60);
  EXPECT_EQ(selection.changes()[1].line, 1);
  EXPECT_EQ(selection.at(ms * 159), 0);
  EXPECT_EQ(selection.at(ms * 161), 1);
}

TEST(Selection, ARingAddsTheWayOfTheWord) {
  const auto working = course_of(80, {{ms * 100}});
  const auto protecting = course_of(400, {});
  const Selection selection(recovery_of(LineRecovery::Kind::ring, Femtoseconds(0)), working, protecting);
  ASSERT_EQ(selection.changes().size(), 2U);
  EXPECT_EQ(selection.changes()[1].time, ms * 160 + working.delay() + protecting.delay());
}

TEST(Selection, GoesHomeAfterTheWaitAndNotBefore) {
  const auto working = course_of(80, {{ms * 100, ms * 1000}});
  const auto protecting = course_of(80, {});
  const Selection selection(recovery_of(LineRecovery::Kind::one_plus_one, one_second()), working, protecting);
  ASSERT_EQ(selection.changes().size(), 3U);
  EXPECT_EQ(selection.changes()[2].line, 0);
  EXPECT_EQ(selection.changes()[2].time, ms * 2000 + working.delay());
}

TEST(Selection, IgnoresWhatIsShorterThanDetection) {
  const auto working = course_of(80, {{ms * 100, ms * 105}});
  const auto protecting = course_of(80, {});
  EXPECT_EQ(Selection(default_line_recovery(LineRecovery::Kind::one_plus_one), working, protecting).changes().size(),
            1U);
}

TEST(Selection, WaitsForTheFirstOfTwoFailedLines) {
  const auto working = course_of(80, {{ms * 100}});
  const auto protecting = course_of(80, {{ms * 50, ms * 500}});
  const Selection selection(recovery_of(LineRecovery::Kind::one_plus_one, Femtoseconds(0)), working, protecting);
  ASSERT_EQ(selection.changes().size(), 2U);
  EXPECT_EQ(selection.changes()[1].time, ms * 500 + protecting.delay());
  const auto repaired = course_of(80, {{ms * 100, ms * 300}});
  EXPECT_EQ(
      Selection(recovery_of(LineRecovery::Kind::one_plus_one, Femtoseconds(0)), repaired, protecting).changes().size(),
      1U);
}

TEST(Selection, StaysWithBothLinesGone) {
  const auto working = course_of(80, {{ms * 100}});
  const auto protecting = course_of(80, {{ms * 50}});
  EXPECT_EQ(Selection(default_line_recovery(LineRecovery::Kind::one_plus_one), working, protecting).changes().size(),
            1U);
}

// Three cuts of 20 ms, 200 ms apart, and a wait to restore of 10 ms: without damping the traffic follows each of them.
TEST(Selection, DampingKeepsTrafficOffALineThatFlaps) {
  const auto working = course_of(80, {{ms * 100, ms * 120}, {ms * 300, ms * 320}, {ms * 500, ms * 520}});
  const auto protecting = course_of(80, {});
  LineRecovery recovery = recovery_of(LineRecovery::Kind::one_plus_one, ms * 10);
  recovery.switching = ms;
  EXPECT_EQ(Selection(recovery, working, protecting).changes().size(), 7U);
  recovery.damping = LinkDamping::Spec{};
  recovery.damping->half_life = one_second();
  recovery.damping->longest = one_second() * 2;
  const Selection selection(recovery, working, protecting);
  // Out at the first, home, out at the second; that one's penalty holds it down, and the third adds its own:
  // 1000 (2^-0.4 + 2^-0.2 + 1) = 2628 at 500 ms, which is 1200 after 1.131 s more.
  ASSERT_EQ(selection.changes().size(), 5U);
  EXPECT_EQ(selection.changes()[4].line, 0);
  EXPECT_NEAR(to_nanoseconds(selection.changes()[4].time - working.delay()), 1.6311e9, 0.001e9);
}

TEST(LineRecovery, TakesTheReferenceTimesUnlessTold) {
  EXPECT_EQ(default_line_recovery(LineRecovery::Kind::one_plus_one).interruption(ms), ms * 60);
  EXPECT_EQ(default_line_recovery(LineRecovery::Kind::ring).interruption(ms), ms * 61);
  EXPECT_EQ(default_line_recovery(LineRecovery::Kind::restoration).interruption(Femtoseconds(0)), ms * 8010);
  auto document = Document::from_text("{kind: ring, switching: 30ms}", "r.yaml");
  EXPECT_EQ(read_line_recovery(document.root()).interruption(Femtoseconds(0)), ms * 40);
}

TEST(LinkDamping, SuppressesTheSecondFlapAndComesBack) {
  LinkDamping damping;
  damping.flap(Femtoseconds(0));
  EXPECT_FALSE(damping.suppressed(Femtoseconds(0)));
  damping.flap(one_second());
  EXPECT_NEAR(damping.penalty(one_second()), 1000 * (1 + 0.95484), 0.01);
  EXPECT_TRUE(damping.suppressed(one_second() * 2));
  // 1954.84 halves every 15 s: 1200 after 10.56 s.
  const Femtoseconds back = damping.usable_from(one_second() * 2);
  EXPECT_NEAR(to_nanoseconds(back) * 1e-9, 11.56, 0.01);
  EXPECT_FALSE(damping.suppressed(back));
}

TEST(LinkDamping, NeverKeepsALinkLongerThanItsLimit) {
  LinkDamping damping;
  for (int i = 0; i < 100; ++i) damping.flap(one_second() + ms * i);
  EXPECT_NEAR(damping.ceiling(), 4800, 1e-9);
  const Femtoseconds last = one_second() + ms * 99;
  EXPECT_NEAR(to_nanoseconds(damping.usable_from(last) - last) * 1e-9, 30, 1e-6);
}

TEST(Availability, ReproducesTheExamples) {
  EXPECT_NEAR(unavailability(2.13, 100, 12), 2.9e-4, 0.05e-4);
  EXPECT_NEAR(unavailability(0.3, 100, 12), 4.1e-5, 0.05e-5);
  EXPECT_NEAR(unavailability(0.3, 1000, 12), 4.1e-4, 0.05e-4);
}
