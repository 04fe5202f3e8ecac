// SPDX-License-Identifier: Apache-2.0
#include "gpu/request/tags.hpp"

#include <gtest/gtest.h>

#include "gpu/request/request_timers.hpp"

namespace fs {
namespace {

constexpr auto somebody = static_cast<TransactionHandle>(7);

TEST(Tags, ATagWithGhostsRestsForTheDrainTime) {
  Tags tags(1, RecoveryFormat{}, Cycles(100));
  const auto tag = tags.acquire(somebody);
  tags.release_with_ghosts(tag, Cycles(10));
  EXPECT_FALSE(tags.available());
  EXPECT_EQ(tags.next_wake(), Cycles(110));
  tags.wake(Cycles(109));
  EXPECT_FALSE(tags.available());
  tags.wake(Cycles(110));
  EXPECT_TRUE(tags.available());
}

TEST(Tags, GenerationsLetATagBeUsedAtOnceUntilOneWouldComeRound) {
  RecoveryFormat recovery;
  recovery.tag_reuse = TagReuse::generation;
  recovery.generation_bits = 2;
  Tags tags(1, recovery, Cycles(100));
  tags.release_with_ghosts(tags.acquire(somebody), Cycles(0));
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(tags.available()) << i;
    tags.release(tags.acquire(somebody), Cycles(1));
  }
  // Four values of two bits: the ghost's, and three others. The fifth use would carry the ghost's again.
  ASSERT_TRUE(tags.available());
  EXPECT_NE(tags.generation(0), 1);
  tags.release(tags.acquire(somebody), Cycles(2));
  EXPECT_EQ(tags.generation(0), 0);
  EXPECT_FALSE(tags.available());
  tags.wake(Cycles(102));
  EXPECT_TRUE(tags.available());
}

TEST(Tags, WithoutGhostsATagIsFreeAtOnceForEver) {
  RecoveryFormat recovery;
  recovery.tag_reuse = TagReuse::generation;
  Tags tags(1, recovery, Cycles(100));
  for (int i = 0; i < 50; ++i) tags.release(tags.acquire(somebody), Cycles(i));
  EXPECT_TRUE(tags.available());
  EXPECT_EQ(tags.in_use(), 0U);
}

TEST(RequestTimers, EndInTheOrderOfTheirStartWhateverStopsBetween) {
  RequestTimers timers;
  timers.enable(5, Cycles(10));
  for (std::uint32_t tag = 0; tag < 5; ++tag) timers.start(tag, Cycles(static_cast<std::int64_t>(tag)));
  timers.stop(0);
  timers.stop(2);
  timers.stop(4);
  timers.stop(4);
  timers.start(2, Cycles(6));
  for (const auto& [tag, due] : {std::pair<std::uint32_t, int>{1, 11}, {3, 13}, {2, 16}}) {
    ASSERT_TRUE(timers.running());
    EXPECT_EQ(timers.first(), tag);
    EXPECT_EQ(timers.first_due(), Cycles(due));
    timers.stop(tag);
  }
  EXPECT_FALSE(timers.running());
}

}  // namespace
}  // namespace fs
