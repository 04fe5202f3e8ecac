// SPDX-License-Identifier: Apache-2.0
// Summed ledgers, to the femtosecond.
#include "observe/ledger_sum.hpp"

#include <gtest/gtest.h>

#include "common/check.hpp"
#include "common/random.hpp"

using fs::Cause;
using fs::Femtoseconds;
using fs::Ledger;
using fs::LedgerSum;

TEST(LedgerSum, CausesSumToTheLatenciesExactly) {
  fs::RandomStream random(1, "test", "ledgers");
  LedgerSum sum;
  fs::LatencyHistogram latency;
  for (int n = 0; n < 1'000; ++n) {
    Ledger ledger;
    for (std::size_t i = 0; i < fs::cause_count; ++i) {
      ledger.add(static_cast<Cause>(i), Femtoseconds(static_cast<std::int64_t>(random.below(1'000'000'000))));
    }
    sum.add(ledger);
    latency.add(ledger.sum());
  }
  EXPECT_NO_THROW(sum.check_against(latency, "packets"));
  double means = 0;
  for (std::size_t i = 0; i < fs::cause_count; ++i) means += sum.mean(static_cast<Cause>(i));
  EXPECT_NEAR(means, latency.mean(), 1e-12 * latency.mean());
}

TEST(LedgerSum, OneFemtosecondTooMuchIsFound) {
  Ledger ledger;
  ledger.add(Cause::propagation, Femtoseconds(1'000'000));
  LedgerSum sum;
  sum.add(ledger);
  fs::LatencyHistogram latency;
  latency.add(Femtoseconds(1'000'001));
  EXPECT_THROW(sum.check_against(latency, "packets"), fs::InvariantError);
}

TEST(LedgerSum, AMissingLedgerIsFound) {
  fs::LatencyHistogram latency;
  latency.add(Femtoseconds(0));
  EXPECT_THROW(LedgerSum().check_against(latency, "packets"), fs::InvariantError);
}

TEST(LedgerSum, HoldsMoreThanSixtyFourBits) {
  Ledger ledger;
  ledger.add(Cause::retry, Femtoseconds(Femtoseconds::max().value() / 2));
  ledger.add(Cause::memory, Femtoseconds(3));
  LedgerSum sum;
  for (int i = 0; i < 100; ++i) sum.add(ledger);
  EXPECT_TRUE(sum.sum(Cause::retry) == static_cast<fs::Int128>(Femtoseconds::max().value() / 2) * 100);
  EXPECT_TRUE(sum.sum(Cause::memory) == 300);
  EXPECT_TRUE(sum.total() == sum.sum(Cause::retry) + 300);
}

TEST(LedgerSum, MergesWhatAnotherHolds) {
  Ledger ledger;
  ledger.add(Cause::endpoint, Femtoseconds(10));
  LedgerSum a;
  LedgerSum b;
  a.add(ledger);
  b.add(ledger);
  b.add(ledger);
  a.merge(b);
  EXPECT_EQ(a.count(), 3U);
  EXPECT_EQ(a.mean(Cause::endpoint), 10.0);
}
