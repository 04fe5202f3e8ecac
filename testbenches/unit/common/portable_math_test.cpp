// SPDX-License-Identifier: Apache-2.0
#include "common/portable_math.hpp"

#include <gtest/gtest.h>

#include <cmath>

using namespace fs;

TEST(PortableExp, AgreesWithTheLibrary) {
  for (double x = -740; x < 709; x += 0.3711) {
    const double expected = std::exp(x);
    if (x < -700) {
      EXPECT_NEAR(portable_exp(x), expected, expected * 1e-9 + 1e-322) << x;
    } else {
      EXPECT_NEAR(portable_exp(x), expected, expected * 1e-14) << x;
    }
  }
  EXPECT_EQ(portable_exp(0), 1.0);
  EXPECT_EQ(portable_exp(-800), 0.0);
}

TEST(PortableErfc, AgreesWithTheLibrary) {
  for (double x = -6; x < 26; x += 0.0137) {
    const double expected = std::erfc(x);
    EXPECT_NEAR(portable_erfc(x), expected, expected * 1e-12) << x;
  }
}

TEST(PortableAsinh, AgreesWithTheLibrary) {
  for (double x = 0.001; x < 1e6; x *= 1.37) EXPECT_NEAR(portable_asinh(x), std::asinh(x), 1e-12) << x;
}

TEST(Decibels, AreInvertedByFactors) {
  EXPECT_NEAR(from_db(3.0), 1.9952623149688795, 1e-14);
  for (double db = -150; db < 150; db += 1.7) EXPECT_NEAR(to_db(from_db(db)), db, 1e-11);
}
