// SPDX-License-Identifier: Apache-2.0
#include "common/clock.hpp"

#include <gtest/gtest.h>

using namespace fs;

TEST(Clock, RoundsItsPeriodToWholeFemtoseconds) {
  EXPECT_EQ(Clock::from_hertz(1.33e9).period(), Femtoseconds(751880));
  EXPECT_EQ(Clock::from_hertz(1e9).period(), nanoseconds(1));
}

TEST(Clock, FindsTheFirstEdgeAtOrAfterATime) {
  const Clock clock(Femtoseconds(10));
  EXPECT_EQ(clock.at_or_after(Femtoseconds(20)), Cycles(2));
  EXPECT_EQ(clock.at_or_after(Femtoseconds(21)), Cycles(3));
}

TEST(ByteClock, KeepsAnExactRateOverBillionsOfBytes) {
  const ByteClock third(3'000'000'000'000'000, 1);  // 3 Pb/s: a byte lasts 8/3 fs
  EXPECT_EQ(third.end_of(1), Femtoseconds(2));
  EXPECT_EQ(third.end_of(3), Femtoseconds(8));
  EXPECT_EQ(third.end_of(3'000'000'000'000), Femtoseconds(8'000'000'000'000));
}

TEST(ByteClock, FindsTheBoundaryAtOrAfterATime) {
  const ByteClock clock(53'125'000'000 * 8, 1);
  for (const std::int64_t n : {0LL, 1LL, 17LL, 1'000'003LL, 123'456'789'012LL}) {
    EXPECT_EQ(clock.boundary_at_or_after(clock.end_of(n)), n);
    EXPECT_EQ(clock.boundary_at_or_after(clock.end_of(n) + Femtoseconds(1)), n + 1);
  }
}
