// SPDX-License-Identifier: Apache-2.0
#include "common/bits.hpp"

#include <vector>

#include <gtest/gtest.h>

#include "common/ring.hpp"

using namespace fs;

TEST(BitSet, PicksRoundRobinAndWraps) {
  BitSet<2> s;
  for (const int i : {3, 70, 100}) s.set(i);
  EXPECT_EQ(s.next_from(0), 3);
  EXPECT_EQ(s.next_from(4), 70);
  EXPECT_EQ(s.next_from(70), 70);
  EXPECT_EQ(s.next_from(71), 100);
  EXPECT_EQ(s.next_from(101), 3);
}

TEST(BitSet, VisitsMembersInOrder) {
  BitSet<3> s;
  std::vector<int> seen;
  for (const int i : {0, 63, 64, 191}) s.set(i);
  s.for_each([&](int i) { seen.push_back(i); });
  EXPECT_EQ(seen, (std::vector<int>{0, 63, 64, 191}));
  EXPECT_EQ(s.count(), 4);
}

TEST(Ring, KeepsOrderWhileItGrows) {
  Ring<int> ring;
  for (int i = 0; i < 100; ++i) {
    ring.push(2 * i);
    ring.push(2 * i + 1);
    EXPECT_EQ(ring.pop(), i);
  }
  EXPECT_EQ(ring.size(), 100U);
}
