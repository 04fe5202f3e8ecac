// SPDX-License-Identifier: Apache-2.0
// The whole grid of go back n and selective repeat against theory, to 1 %; minutes.
#include <gtest/gtest.h>

#include "arq.hpp"

using namespace fs;
using arq::ratio;

TEST(ArqTheoryGrid, GoBackN) {
  for (const std::int64_t loop : {4, 16, 64, 256, 1024}) {
    for (const double p : {1e-5, 1e-4, 1e-3, 1e-2, 1e-1}) {
      EXPECT_NEAR(ratio(RetryMode::go_back_n, p, loop), 1.0, 0.01) << "W " << loop << " p " << p;
    }
  }
}

TEST(ArqTheoryGrid, SelectiveRepeat) {
  for (const std::int64_t loop : {4, 16, 64, 256, 1024}) {
    for (const double p : {1e-5, 1e-4, 1e-3, 1e-2, 1e-1}) {
      EXPECT_NEAR(ratio(RetryMode::selective_repeat, p, loop), 1.0, 0.01) << "W " << loop << " p " << p;
    }
  }
}
