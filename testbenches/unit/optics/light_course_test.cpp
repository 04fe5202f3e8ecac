// SPDX-License-Identifier: Apache-2.0
#include "optics/time/light_course.hpp"

#include <gtest/gtest.h>

#include "support/shipped_optics.hpp"

using namespace fs;
using fs::testing::km;
using fs::testing::ms;
using fs::testing::shipped;

namespace {

LightCourse::Spec spec_of(double kilometres, std::vector<LightEvent> events) {
  LightCourse::Spec spec;
  spec.name = "line";
  spec.mode = shipped().mode("400zr_plus");
  spec.line = equal_spans(shipped().fibre("smf"), km(kilometres), km(80), shipped().amplifier("textbook"));
  spec.waves = comb(8, 100e9, Wave{});
  spec.events = std::move(events);
  return spec;
}

LightEvent cut(Femtoseconds at, double place_km) {
  LightEvent event;
  event.start = at;
  event.place = km(place_km);
  return event;
}

LightEvent fade(Femtoseconds at, double decibels, Femtoseconds rise, Femtoseconds hold, Femtoseconds fall) {
  LightEvent event;
  event.kind = LightEvent::Kind::loss;
  event.start = at;
  event.decibels = decibels;
  event.rise = rise;
  event.hold = hold;
  event.fall = fall;
  return event;
}

}  // namespace

TEST(LightCourse, IsAsDesignedWhileNothingHappens) {
  const LightCourse course(spec_of(160, {}));
  EXPECT_GT(course.design().margin_db, 3);
  EXPECT_NEAR(course.at(ms).margin_db, course.design().margin_db, 1e-12);
  EXPECT_LT(course.codeword_failure(one_second()), 1e-15);
  EXPECT_EQ(course.constant_until(ms), Femtoseconds::max());
  EXPECT_TRUE(course.failures().empty());
}

TEST(LightCourse, AgeingTakesMargin) {
  auto spec = spec_of(160, {});
  const double young = LightCourse(spec).design().margin_db;
  spec.ageing_db = 10 * 0.5;
  const LightCourse aged(spec);
  EXPECT_NEAR(young - aged.design().margin_db, 5, 1e-9);
}

TEST(LightCourse, ACutLosesWhatHasNotPassedIt) {
  const LightCourse course(spec_of(160, {cut(ms * 10, 100)}));
  const Femtoseconds passes = fibre_delay(shipped().fibre("smf"), km(100));
  EXPECT_TRUE(course.at(ms * 10 - passes - nanoseconds(1)).lit);
  EXPECT_FALSE(course.at(ms * 10 - passes + nanoseconds(1)).lit);
  EXPECT_EQ(course.codeword_failure(ms * 20), 1.0);
  ASSERT_EQ(course.failures().size(), 1U);
  EXPECT_EQ(course.failures()[0].to, Femtoseconds::max());
}

TEST(LightCourse, ARepairedCutIsBright) {
  auto event = cut(ms * 10, 0);
  event.repair = ms * 5;
  const LightCourse course(spec_of(80, {event}));
  EXPECT_TRUE(course.at(ms * 10 - Femtoseconds(1)).lit);
  EXPECT_FALSE(course.at(ms * 10).lit);
  EXPECT_FALSE(course.at(ms * 15 - Femtoseconds(1)).lit);
  EXPECT_TRUE(course.at(ms * 15).lit);
  EXPECT_EQ(course.constant_until(Femtoseconds(0)), ms * 10);
  EXPECT_EQ(course.constant_until(ms * 10), ms * 15);
}

TEST(LightCourse, AFadeCostsWhatItsSpanIsWorth) {
  // A dB lost before the first amplifier of a line of constant gain is lost at all of them.
  const LightCourse one(spec_of(80, {fade(Femtoseconds(0), 2, ms, ms * 10, ms)}));
  const double lost = one.design().margin_db - one.at(ms * 5).margin_db;
  EXPECT_NEAR(lost, 2, 0.3);
  EXPECT_NEAR(one.design().margin_db - one.at(ms / 2).margin_db, lost / 2, 0.15);
  EXPECT_NEAR(one.at(ms * 20).margin_db, one.design().margin_db, 1e-12);
}

TEST(LightCourse, AFadeBeyondTheMarginFailsAndComesBack) {
  auto spec = spec_of(160, {});
  const double margin = LightCourse(spec).design().margin_db;
  spec.events = {fade(ms * 10, margin + 6, ms * 5, ms * 20, ms * 5)};
  const LightCourse course(spec);
  ASSERT_EQ(course.failures().size(), 1U);
  const LightInterval failure = course.failures()[0];
  EXPECT_GT(failure.from, ms * 10);
  EXPECT_LT(failure.from, ms * 15);
  EXPECT_GT(failure.to, ms * 35);
  EXPECT_LT(failure.to, ms * 40);
  EXPECT_GT(course.codeword_failure(failure.from), 0.99);
  EXPECT_LT(course.codeword_failure(failure.from - ms), 0.99);
  EXPECT_GT(course.codeword_failure(failure.to - nanoseconds(1)), 0.99);
}

TEST(LightCourse, AStormCostsOnlyReceiversThatCannotFollow) {
  LightEvent storm;
  storm.kind = LightEvent::Kind::storm;
  storm.start = ms * 100;
  storm.duration = one_second() * 10;
  storm.burst = ms * 10;
  storm.mean_gap = ms * 100;
  storm.peak_krad_s = 1000;
  storm.relock = ms * 10;
  auto spec = spec_of(80, {storm});
  spec.mode.polarisation_limit_krad_s = 500;
  const LightCourse course(spec);
  double untracked = 0;
  for (const auto& failure : course.failures()) {
    EXPECT_GE(failure.from, ms * 100);
    untracked += to_nanoseconds(failure.to - failure.from) * 1e-9;
  }
  // A burst each 110 ms, every second of them too fast, 20 ms each: about 0.9 s of 10.
  EXPECT_NEAR(untracked, 0.91, 0.25);
  const LightCourse same(spec);
  EXPECT_EQ(same.failures().size(), course.failures().size());
  spec.mode.polarisation_limit_krad_s = 1000;
  EXPECT_TRUE(LightCourse(spec).failures().empty());
}

TEST(LightCourse, DirectDetectionLosesDecibelForDecibel) {
  auto spec = spec_of(2, {fade(Femtoseconds(0), 1, Femtoseconds(0), ms, Femtoseconds(0))});
  spec.mode = shipped().mode("400g_fr4");
  const LightCourse course(spec);
  EXPECT_NEAR(course.design().margin_db, 4 - 0.68, 1e-9);
  EXPECT_NEAR(course.at(ms / 2).margin_db, 3 - 0.68, 1e-9);
}
