// SPDX-License-Identifier: Apache-2.0
// A transaction's ledger is exact whatever it holds.
#include "gpu/transaction_ledger.hpp"

#include <gtest/gtest.h>

#include <utility>
#include <vector>

#include "common/random.hpp"

namespace fs {
namespace {

void expect_same(const TransactionLedger& ledger, const Ledger& exact) {
  for (std::size_t c = 0; c < cause_count; ++c) EXPECT_EQ(ledger.part(c), exact.part(c)) << c;
  EXPECT_EQ(ledger.sum(), exact.sum());
  EXPECT_EQ(ledger.whole().sum(), exact.sum());
  EXPECT_EQ(ledger.whole()[Cause::reroute], exact[Cause::reroute]);
}

/// Spans from nothing to hours: most ledgers stay narrow, many do not.
TEST(TransactionLedger, AgreesWithALedgerOfWholeFemtoseconds) {
  RandomStream random(1, "transaction ledger", "test");
  int wide = 0;
  for (int round = 0; round < 400; ++round) {
    TransactionLedger ledger;
    Ledger exact;
    const auto bits = 20 + random.below(34);
    for (int step = 0; step < 12; ++step) {
      const auto cause = static_cast<Cause>(random.below(cause_count));
      const Femtoseconds span(static_cast<std::int64_t>(random.below(1ULL << bits)));
      ledger.add(cause, span);
      exact.add(cause, span);
      PacketLedger packet;
      packet.add(static_cast<Cause>(random.below(packet_cause_count)), span);
      ledger += packet;
      exact += packet;
    }
    expect_same(ledger, exact);
    wide += ledger.wide() ? 1 : 0;
  }
  EXPECT_GT(wide, 100);
  EXPECT_LT(wide, 350);
}

TEST(TransactionLedger, IsNarrowUpToTheLastFemtosecondOf32Bits) {
  TransactionLedger ledger;
  ledger.add(Cause::memory, Femtoseconds(0xffffffff));
  EXPECT_FALSE(ledger.wide());
  ledger.add(Cause::memory, Femtoseconds(1));
  EXPECT_TRUE(ledger.wide());
  EXPECT_EQ(ledger[Cause::memory], Femtoseconds(0x100000000));
  EXPECT_EQ(ledger.sum(), Femtoseconds(0x100000000));
}

TEST(TransactionLedger, CopiesStandByThemselves) {
  TransactionLedger wide;
  wide.add(Cause::retry, Femtoseconds(1LL << 40));
  TransactionLedger copy = wide;
  copy.add(Cause::retry, Femtoseconds(1));
  EXPECT_EQ(wide[Cause::retry], Femtoseconds(1LL << 40));
  EXPECT_EQ(copy[Cause::retry], Femtoseconds((1LL << 40) + 1));
  std::vector<TransactionLedger> many(3, copy);
  many[1] = wide;
  many[2] = TransactionLedger();
  many.resize(40);
  EXPECT_EQ(many[0][Cause::retry], copy[Cause::retry]);
  EXPECT_EQ(many[1][Cause::retry], wide[Cause::retry]);
  EXPECT_EQ(many[2].sum(), Femtoseconds(0));
  const TransactionLedger& self = wide;
  wide = self;
  EXPECT_EQ(wide[Cause::retry], Femtoseconds(1LL << 40));
  wide.clear();
  EXPECT_FALSE(wide.wide());
  EXPECT_EQ(wide.sum(), Femtoseconds(0));
}

}  // namespace
}  // namespace fs
