// SPDX-License-Identifier: Apache-2.0
// Batch means against processes whose mean is known.
#include "observe/batch_means.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "common/random.hpp"

using fs::BatchMeans;
using fs::Femtoseconds;

namespace {

constexpr std::int64_t window = 1'000'000;

/// 20,000 values of an AR(1) process of mean `mean` and correlation `rho`, one every 50 fs, plus a straight `rise`.
BatchMeans auto_regression(std::uint64_t seed, double mean, double rho, double rise = 0) {
  fs::RandomStream random(seed, "test", "ar1");
  BatchMeans batches(Femtoseconds(0), Femtoseconds(window));
  double x = 0;
  for (std::int64_t t = -window / 10; t < window; t += 50) {
    double noise = -6;
    for (int i = 0; i < 12; ++i) noise += random.unit();
    x = rho * x + 1'000 * noise;
    const double value = mean + x + rise * static_cast<double>(t) / window;
    batches.add(Femtoseconds(t), Femtoseconds(std::llround(value)));
  }
  return batches;
}

}  // namespace

TEST(BatchMeans, IntervalCoversTheTrueMeanOfAnAutoRegressionNineteenTimesOfTwenty) {
  constexpr double mean = 1e6;
  int covered = 0;
  for (std::uint64_t seed = 1; seed <= 400; ++seed) {
    const auto interval = auto_regression(seed, mean, 0.8).interval();
    ASSERT_TRUE(interval);
    if (std::abs(interval->mean - mean) <= interval->half_width) ++covered;
  }
  EXPECT_NEAR(covered, 380, 18) << "four standard deviations around 95 % of 400";
}

TEST(BatchMeans, IntervalHasTheWidthTheoryGives) {
  double width = 0;
  for (std::uint64_t seed = 1; seed <= 100; ++seed)
    width += auto_regression(seed, 1e6, 0.8).interval()->half_width / 100;
  const double standard_error = 1'000 / (1 - 0.8) / std::sqrt(20'000.0);
  EXPECT_NEAR(width, 2.04 * standard_error, 0.05 * width);
}

TEST(BatchMeans, SteadyRunsAreRarelyCalledDrifting) {
  int warned = 0;
  for (std::uint64_t seed = 1; seed <= 400; ++seed)
    warned += auto_regression(seed, 1e4, 0.8).drift_warning(0).has_value();
  EXPECT_GE(warned, 1) << "the test has a level of one in a hundred, not of none";
  EXPECT_LE(warned, 13);
}

TEST(BatchMeans, ARiseOfATenthIsReported) {
  const auto warning = auto_regression(1, 1e6, 0.8, 1e5).drift_warning();
  ASSERT_TRUE(warning);
  EXPECT_NE(warning->find("rises by 9."), std::string::npos) << *warning;
}

TEST(BatchMeans, ADriftTooSmallToMatterIsNotReported) {
  EXPECT_FALSE(auto_regression(1, 1e6, 0.8, 2e4).drift_warning());
}

TEST(BatchMeans, WhatLiesOutsideTheWindowIsNotCounted) {
  BatchMeans batches(Femtoseconds(100), Femtoseconds(200), 2);
  batches.add(Femtoseconds(99), Femtoseconds(1'000));
  batches.add(Femtoseconds(100), Femtoseconds(10));
  batches.add(Femtoseconds(199), Femtoseconds(30));
  batches.add(Femtoseconds(200), Femtoseconds(1'000));
  EXPECT_EQ(batches.interval()->mean, 20);
  EXPECT_EQ(batches.interval()->batches, 2);
}

TEST(BatchMeans, MergeEqualsOneThatSawBoth) {
  BatchMeans parts[2] = {BatchMeans(Femtoseconds(0), Femtoseconds(window)),
                         BatchMeans(Femtoseconds(0), Femtoseconds(window))};
  BatchMeans whole(Femtoseconds(0), Femtoseconds(window));
  for (std::int64_t t = 0; t < window; t += 100) {
    parts[t / 100 % 3 == 0].add(Femtoseconds(t), Femtoseconds(t % 777));
    whole.add(Femtoseconds(t), Femtoseconds(t % 777));
  }
  parts[0].merge(parts[1]);
  EXPECT_EQ(parts[0].interval()->mean, whole.interval()->mean);
  EXPECT_EQ(parts[0].interval()->half_width, whole.interval()->half_width);
}

TEST(BatchMeans, AWindowWithoutEndCoversWhatComes) {
  int covered = 0;
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    fs::RandomStream random(seed, "test", "open ended");
    BatchMeans batches(Femtoseconds(7), Femtoseconds::max());
    for (std::int64_t t = 7; t < 1'000'000'000; t += 200'000) {
      batches.add(Femtoseconds(t), Femtoseconds(static_cast<std::int64_t>(random.below(2'001))));
    }
    const auto interval = batches.interval();
    ASSERT_TRUE(interval);
    EXPECT_GE(interval->batches, 16);
    if (std::abs(interval->mean - 1'000) <= interval->half_width) ++covered;
  }
  EXPECT_NEAR(covered, 190, 13);
}

TEST(BatchMeans, WindowsWithoutEndMergeWhateverTheyHaveSeen) {
  BatchMeans brief(Femtoseconds(0), Femtoseconds::max());
  BatchMeans lengthy(Femtoseconds(0), Femtoseconds::max());
  BatchMeans whole(Femtoseconds(0), Femtoseconds::max());
  for (std::int64_t t = 0; t < 40'000'000; t += 100'000) {
    brief.add(Femtoseconds(t), Femtoseconds(t % 77));
    whole.add(Femtoseconds(t), Femtoseconds(t % 77));
  }
  for (std::int64_t t = 0; t < 900'000'000; t += 100'000) {
    lengthy.add(Femtoseconds(t), Femtoseconds(t % 99));
    whole.add(Femtoseconds(t), Femtoseconds(t % 99));
  }
  for (const bool first : {true, false}) {
    BatchMeans sum = first ? brief : lengthy;
    sum.merge(first ? lengthy : brief);
    EXPECT_EQ(sum.interval()->half_width, whole.interval()->half_width);
    EXPECT_EQ(sum.interval()->batches, whole.interval()->batches);
  }
}

TEST(BatchMeans, OneBatchGivesNoInterval) {
  BatchMeans batches(Femtoseconds(0), Femtoseconds(100));
  batches.add(Femtoseconds(1), Femtoseconds(5));
  EXPECT_FALSE(batches.interval());
  EXPECT_FALSE(batches.drift_warning());
}

TEST(BatchMeans, ConstantLatencyHasNoWidthAndNoDrift) {
  BatchMeans batches(Femtoseconds(0), Femtoseconds(window));
  for (std::int64_t t = 0; t < window; t += 100) batches.add(Femtoseconds(t), Femtoseconds(777));
  EXPECT_EQ(batches.interval()->half_width, 0);
  EXPECT_FALSE(batches.drift_warning(0));
}

TEST(StudentT, AgreesWithTables) {
  EXPECT_NEAR(fs::student_t_975(1), 12.706, 5e-4);
  EXPECT_NEAR(fs::student_t_975(6), 2.447, 5e-4);
  EXPECT_NEAR(fs::student_t_975(31), 2.0395, 1e-4);
  EXPECT_NEAR(fs::student_t_975(1000), 1.9623, 1e-4);
}

TEST(SaturationWarning, NeedsMoreThanNoise) {
  EXPECT_FALSE(fs::saturation_warning(1'000, 1'001));
  EXPECT_FALSE(fs::saturation_warning(1'000, 900)) << "within counting noise";
  EXPECT_FALSE(fs::saturation_warning(1'000'000, 990'000)) << "within tolerance";
  EXPECT_TRUE(fs::saturation_warning(1'000'000, 950'000));
  EXPECT_FALSE(fs::saturation_warning(0, 0));
}
