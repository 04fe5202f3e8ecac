// SPDX-License-Identifier: Apache-2.0
// Where time went: sums, and the ledger of a packet that has places for the causes of packets only.
#include "flit/ledger.hpp"

#include <gtest/gtest.h>

#include "common/check.hpp"

namespace fs {
namespace {

TEST(PacketLedger, SumsEveryCauseOfAPacketAndRefusesTheOthers) {
  PacketLedger ledger;
  std::int64_t sum = 0;
  for (std::size_t k = 0; k < packet_cause_count; ++k) {
    ledger.add(static_cast<Cause>(k), Femtoseconds(1 << k));
    sum += 1 << k;
  }
  EXPECT_EQ(ledger.sum(), Femtoseconds(sum));
  for (std::size_t k = packet_cause_count; k < cause_count; ++k) {
    EXPECT_THROW(ledger.add(static_cast<Cause>(k), Femtoseconds(1)), InvariantError) << k;
    EXPECT_EQ(ledger[static_cast<Cause>(k)], Femtoseconds(0));
  }
  EXPECT_EQ(ledger.sum(), Femtoseconds(sum));
}

TEST(PacketLedger, IsAddedToThatOfItsTransaction) {
  PacketLedger packet;
  packet.begin(Femtoseconds(3));
  packet.add_switch(Femtoseconds(5), Femtoseconds(7));
  Ledger transaction;
  transaction.add(Cause::memory, Femtoseconds(100));
  transaction += packet;
  EXPECT_EQ(transaction.sum(), Femtoseconds(115));
  EXPECT_EQ(transaction[Cause::source_queue], Femtoseconds(3));
  EXPECT_EQ(transaction[Cause::switch_pipeline], Femtoseconds(5));
  EXPECT_EQ(transaction[Cause::allocation], Femtoseconds(7));
  EXPECT_EQ(transaction[Cause::memory], Femtoseconds(100));
}

}  // namespace
}  // namespace fs
