// SPDX-License-Identifier: Apache-2.0
// The digest: blind to order, sensitive to everything else.
#include "observe/digest.hpp"

#include <gtest/gtest.h>

#include <set>
#include <stdexcept>

using fs::Digest;
using fs::Femtoseconds;
using fs::NodeId;
using fs::Outcome;

namespace {

Digest one(unsigned src, std::uint64_t number, std::int64_t time, Outcome outcome = Outcome::delivered) {
  Digest digest;
  digest.add(static_cast<NodeId>(src), number, Femtoseconds(time), outcome);
  return digest;
}

}  // namespace

TEST(Digest, OrderLeavesNoTrace) {
  Digest forward;
  Digest backward;
  for (int i = 0; i < 1000; ++i) forward.add(NodeId{3}, i, Femtoseconds(i * 7), Outcome::delivered);
  for (int i = 999; i >= 0; --i) backward.add(NodeId{3}, i, Femtoseconds(i * 7), Outcome::delivered);
  EXPECT_EQ(forward, backward);
}

TEST(Digest, PartsSumToTheWhole) {
  Digest parts = one(1, 2, 3);
  parts += one(4, 5, 6);
  Digest whole;
  whole.add(NodeId{4}, 5, Femtoseconds(6), Outcome::delivered);
  whole.add(NodeId{1}, 2, Femtoseconds(3), Outcome::delivered);
  EXPECT_EQ(parts.hex(), whole.hex());
}

TEST(Digest, EveryFieldCounts) {
  const auto base = one(1, 2, 3);
  EXPECT_NE(base, one(2, 2, 3));
  EXPECT_NE(base, one(1, 3, 3));
  EXPECT_NE(base, one(1, 2, 4));
  EXPECT_NE(base, one(1, 2, 3, Outcome::poisoned));
}

TEST(Digest, NearbyDeliveriesNeverCollideInEitherHalf) {
  std::set<std::string> high;
  std::set<std::string> low;
  for (unsigned src = 0; src < 16; ++src) {
    for (std::uint64_t number = 0; number < 64; ++number) {
      for (std::int64_t time = 0; time < 64; ++time) {
        const auto hex = one(src, number, time).hex();
        high.insert(hex.substr(0, 16));
        low.insert(hex.substr(16));
      }
    }
  }
  EXPECT_EQ(high.size(), 16U * 64 * 64);
  EXPECT_EQ(low.size(), 16U * 64 * 64);
}

TEST(Digest, SwappingTheTimesOfTwoPacketsShows) {
  Digest straight = one(1, 10, 100);
  straight += one(1, 11, 101);
  Digest crossed = one(1, 10, 101);
  crossed += one(1, 11, 100);
  EXPECT_NE(straight, crossed);
}

TEST(Digest, TheTextIsFixedForEver) {
  EXPECT_EQ(Digest().hex(), "00000000000000000000000000000000");
  EXPECT_EQ(one(7, 42, 123456789).hex(), "963e70dd4a165a225a32fa59ccd2fa2c");
}

TEST(Digest, ReadsItsOwnText) {
  EXPECT_EQ(Digest::from_hex(one(7, 42, 9).hex()), one(7, 42, 9));
  EXPECT_THROW(Digest::from_hex("12"), std::invalid_argument);
  EXPECT_THROW(Digest::from_hex(std::string(32, 'g')), std::invalid_argument);
}
