// SPDX-License-Identifier: Apache-2.0
#include "common/random.hpp"

#include <cmath>

#include <gtest/gtest.h>

using namespace fs;

TEST(RandomStream, DependsOnSeedNameAndPurposeAlone) {
  RandomStream a(1, "gpu0", "gap"), b(1, "gpu0", "gap"), c(1, "gpu0", "dst"), d(1, "gpu1", "gap"), e(2, "gpu0", "gap");
  const auto first = a.next();
  EXPECT_EQ(first, b.next());
  EXPECT_NE(first, c.next());
  EXPECT_NE(first, d.next());
  EXPECT_NE(first, e.next());
}

TEST(RandomStream, IsUniformBelowABound) {
  RandomStream s(7, "x", "y");
  int count[6] = {};
  for (int i = 0; i < 600'000; ++i) ++count[s.below(6)];
  for (const int c : count) EXPECT_NEAR(c, 100'000, 1'500);
}

TEST(PortableLog, AgreesWithTheLibrary) {
  RandomStream s(3, "x", "log");
  for (int i = 0; i < 10'000; ++i) {
    const double x = s.unit() * 1000 + 1e-300;
    EXPECT_NEAR(portable_log(x), std::log(x), 1e-13 * (1 + std::fabs(std::log(x))));
  }
}

TEST(GeometricGap, HasTheMeanOfABernoulliProcess) {
  for (const double p : {1.0, 0.9, 0.5, 0.01}) {
    RandomStream s(11, "gpu3", "gap");
    const GeometricGap gap(p);
    double sum = 0;
    constexpr int n = 400'000;
    for (int i = 0; i < n; ++i) sum += static_cast<double>(gap.draw(s));
    EXPECT_NEAR(sum / n * p, 1.0, 0.006) << "p = " << p;
  }
}
