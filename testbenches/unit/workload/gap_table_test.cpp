// SPDX-License-Identifier: Apache-2.0
#include "workload/open_loop/gap_table.hpp"

#include <cmath>
#include <vector>

#include <gtest/gtest.h>

using namespace fs;

namespace {

/// Pearson's statistic of `draws` gaps against the geometric distribution, by gap 1 .. bins-1 and "longer".
double chi_square(double p, int bins, int draws) {
  RandomStream stream(5, "gpu1.0", "gap");
  const GapTable table(p);
  std::vector<double> seen(static_cast<std::size_t>(bins), 0.0);
  for (int i = 0; i < draws; ++i)
    ++seen[static_cast<std::size_t>(std::min<std::int64_t>(table.draw(stream), bins) - 1)];
  double chi2 = 0;
  for (int k = 0; k < bins; ++k) {
    const double share = k + 1 < bins ? std::pow(1 - p, k) * p : std::pow(1 - p, k);
    const double expected = share * draws;
    chi2 += (seen[static_cast<std::size_t>(k)] - expected) * (seen[static_cast<std::size_t>(k)] - expected) / expected;
  }
  return chi2;
}

}  // namespace

TEST(GapTable, HasTheGeometricDistribution) {
  // 99.99 % quantiles of chi-square: 9 degrees of freedom 33.7, 199 degrees 279.
  EXPECT_LT(chi_square(0.5, 10, 1'000'000), 33.7);
  EXPECT_LT(chi_square(0.3, 10, 1'000'000), 33.7);
  EXPECT_LT(chi_square(0.02, 200, 1'000'000), 279.0) << "beyond the table's 63 gaps";
  EXPECT_LT(chi_square(0.01, 200, 1'000'000), 279.0) << "without the table";
}

TEST(GapTable, DrawsOneInEveryTrialAtCertainty) {
  RandomStream stream(5, "gpu1.0", "gap");
  const GapTable table(1.0);
  for (int i = 0; i < 10'000; ++i) ASSERT_EQ(table.draw(stream), 1);
}
