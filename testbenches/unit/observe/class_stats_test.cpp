// SPDX-License-Identifier: Apache-2.0
// What belongs to the measurement window of a class.
#include "observe/class_stats.hpp"

#include <gtest/gtest.h>

using fs::Cause;
using fs::Femtoseconds;

namespace {

fs::Ledger ledger_of(std::int64_t time) {
  fs::Ledger ledger;
  ledger.add(Cause::propagation, Femtoseconds(time));
  return ledger;
}

}  // namespace

TEST(ClassStats, LatencyBelongsToTheCreationWindowAndThroughputToTheDeliveryWindow) {
  fs::ClassStats stats("request", Femtoseconds(100), Femtoseconds(200));
  stats.created(Femtoseconds(90), 1, 16);
  stats.delivered(Femtoseconds(90), Femtoseconds(150), ledger_of(60), 1, 16);
  stats.created(Femtoseconds(180), 2, 32);
  stats.delivered(Femtoseconds(180), Femtoseconds(250), ledger_of(70), 2, 32);
  EXPECT_EQ(stats.offered().flits, 2U);
  EXPECT_EQ(stats.accepted().flits, 1U);
  EXPECT_EQ(stats.latency().count(), 1U);
  EXPECT_EQ(stats.latency().max().value(), 70);
  EXPECT_NO_THROW(stats.ledger().check_against(stats.latency(), "request"));
}
