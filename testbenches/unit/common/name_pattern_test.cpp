// SPDX-License-Identifier: Apache-2.0
#include "common/name_pattern.hpp"

#include <gtest/gtest.h>

using fs::matches;

TEST(NamePattern, TakesNamesAsTheyAre) {
  EXPECT_TRUE(matches("gpu3.1-sw1.3", "gpu3.1-sw1.3"));
  EXPECT_FALSE(matches("gpu3", "gpu31"));
  EXPECT_FALSE(matches("sw1.3", "sw1x3")) << "a dot is a dot";
  EXPECT_FALSE(matches("", "sw1"));
}

TEST(NamePattern, HasAnyTextForAStarAndOneCharacterForTheOthers) {
  EXPECT_TRUE(matches("*", "gpu0.1->sw1.0"));
  EXPECT_TRUE(matches("gpu0.*-sw*", "gpu0.17-sw17.0"));
  EXPECT_FALSE(matches("gpu0.*-sw*", "gpu1.0-sw0.1"));
  EXPECT_TRUE(matches("*.1*1", "gpu1.1-sw1.1"));
  EXPECT_TRUE(matches("sw?", "sw7"));
  EXPECT_FALSE(matches("sw?", "sw17"));
  EXPECT_TRUE(matches("sw[0-3]", "sw2"));
  EXPECT_FALSE(matches("sw[0-3]", "sw4"));
}
