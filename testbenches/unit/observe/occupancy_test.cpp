// SPDX-License-Identifier: Apache-2.0
// Time-weighted occupancy, and the registry of counters.
#include "observe/occupancy.hpp"

#include <gtest/gtest.h>

#include "common/check.hpp"
#include "observe/counters.hpp"

using fs::Occupancy;

TEST(Occupancy, PercentilesAreWeightedByTime) {
  Occupancy buffer(8);
  buffer.set(0, 1);
  buffer.set(90, 5);
  buffer.set(99, 8);
  EXPECT_EQ(buffer.high_water(), 8);
  EXPECT_EQ(buffer.percentile(0.9, 100), 1);
  EXPECT_EQ(buffer.percentile(0.99, 100), 5);
  EXPECT_EQ(buffer.percentile(1.0, 100), 8);
  EXPECT_DOUBLE_EQ(buffer.mean(100), (90 * 1 + 9 * 5 + 8) / 100.0);
}

TEST(Occupancy, LevelsThatTookNoTimeCountForHighWaterOnly) {
  Occupancy buffer(4);
  buffer.add(10, +4);
  buffer.add(10, -4);
  EXPECT_EQ(buffer.high_water(), 4);
  EXPECT_EQ(buffer.percentile(1.0, 20), 0);
}

TEST(Occupancy, RestartForgetsThePastAndKeepsTheLevel) {
  Occupancy buffer(4);
  buffer.set(0, 4);
  buffer.set(10, 2);
  buffer.restart(50);
  EXPECT_EQ(buffer.high_water(), 2);
  EXPECT_EQ(buffer.percentile(0.99, 60), 2);
  EXPECT_EQ(buffer.percentile(0.99, 50), 2) << "no time has passed";
}

TEST(Counters, AreReadLiveAndSortedByName) {
  fs::Counters counters;
  const std::uint64_t grants = 1;
  std::uint64_t requests = 2;
  counters.publish("switch0.requests", &requests);
  counters.publish("switch0.grants", &grants);
  requests = 5;
  const auto values = counters.snapshot();
  ASSERT_EQ(values.size(), 2U);
  EXPECT_EQ(values[0].first, "switch0.grants");
  EXPECT_EQ(values[1].second, 5U);
}

TEST(Counters, TwoOfOneNameAreRefused) {
  fs::Counters counters;
  const std::uint64_t value = 0;
  counters.publish("a", &value);
  EXPECT_THROW(counters.publish("a", &value), fs::InvariantError);
}
