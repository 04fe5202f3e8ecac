// SPDX-License-Identifier: Apache-2.0
// The latency histogram against sorting.
#include "observe/latency_histogram.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "common/check.hpp"
#include "common/random.hpp"

using fs::Femtoseconds;
using fs::LatencyHistogram;

namespace {

/// Values spread evenly over the logarithm, from 1 fs to 2^50 fs (18 minutes).
std::vector<std::int64_t> spread_values(std::uint64_t seed, int count) {
  fs::RandomStream random(seed, "test", "latencies");
  std::vector<std::int64_t> values;
  for (int i = 0; i < count; ++i) values.push_back(static_cast<std::int64_t>(std::exp2(50 * random.unit())));
  return values;
}

}  // namespace

class Percentiles : public testing::TestWithParam<std::uint64_t> {};
INSTANTIATE_TEST_SUITE_P(Seeds, Percentiles, testing::Values(1, 2, 3, 4));

TEST_P(Percentiles, AreWithinHalfAPercentOfTheSortedValues) {
  auto values = spread_values(GetParam(), 20'000);
  LatencyHistogram histogram;
  for (const auto v : values) histogram.add(Femtoseconds(v));
  std::sort(values.begin(), values.end());
  for (const double q : {0.0, 0.001, 0.1, 0.5, 0.9, 0.99, 0.999, 1.0}) {
    const auto rank = std::max<std::size_t>(1, static_cast<std::size_t>(std::ceil(q * 20'000)));
    const auto exact = static_cast<double>(values[rank - 1]);
    EXPECT_NEAR(static_cast<double>(histogram.percentile(q).value()), exact, 0.004 * exact) << "q = " << q;
  }
}

TEST_P(Percentiles, SumCountAndExtremesAreExact) {
  const auto values = spread_values(GetParam(), 1'000);
  LatencyHistogram histogram;
  fs::Int128 sum = 0;
  for (const auto v : values) {
    histogram.add(Femtoseconds(v));
    sum += v;
  }
  EXPECT_TRUE(histogram.sum() == sum);
  EXPECT_EQ(histogram.count(), 1'000U);
  EXPECT_EQ(histogram.min().value(), *std::min_element(values.begin(), values.end()));
  EXPECT_EQ(histogram.max().value(), *std::max_element(values.begin(), values.end()));
}

TEST(LatencyHistogram, BucketsCoverEveryValueOnceAndAreNarrow) {
  for (std::size_t bucket = 0; bucket < 7296; ++bucket) {
    const auto begin = LatencyHistogram::bucket_begin(bucket);
    const auto width = LatencyHistogram::bucket_width(bucket);
    ASSERT_EQ(LatencyHistogram::bucket_of(begin), bucket);
    ASSERT_EQ(LatencyHistogram::bucket_of(begin + width - 1), bucket);
    ASSERT_EQ(LatencyHistogram::bucket_begin(bucket + 1), begin + width);
    ASSERT_LE(width * 128, std::max<std::uint64_t>(begin, 128));
  }
}

TEST(LatencyHistogram, ConstantLatencyIsReportedExactly) {
  LatencyHistogram histogram;
  for (int i = 0; i < 10; ++i) histogram.add(Femtoseconds(987'654'321));
  EXPECT_EQ(histogram.percentile(0.5).value(), 987'654'321);
  EXPECT_EQ(histogram.mean(), 987'654'321.0);
}

TEST(LatencyHistogram, MergedHalvesEqualTheWhole) {
  LatencyHistogram whole;
  LatencyHistogram halves[2];
  for (const auto v : spread_values(9, 5'000)) {
    whole.add(Femtoseconds(v));
    halves[v & 1].add(Femtoseconds(v));
  }
  halves[0].merge(halves[1]);
  EXPECT_EQ(halves[0].count(), whole.count());
  EXPECT_TRUE(halves[0].sum() == whole.sum());
  EXPECT_EQ(halves[0].min(), whole.min());
  for (const double q : {0.01, 0.5, 0.99}) EXPECT_EQ(halves[0].percentile(q), whole.percentile(q));
}

TEST(LatencyHistogram, EmptyIsZeroThroughout) {
  const LatencyHistogram histogram;
  EXPECT_EQ(histogram.mean(), 0);
  EXPECT_EQ(histogram.min().value(), 0);
  EXPECT_EQ(histogram.percentile(0.99).value(), 0);
}

TEST(LatencyHistogram, MergingAnEmptyOneChangesNothing) {
  LatencyHistogram histogram;
  histogram.add(Femtoseconds(5));
  histogram.merge(LatencyHistogram());
  EXPECT_EQ(histogram.min().value(), 5);
  EXPECT_EQ(histogram.count(), 1U);
}

TEST(LatencyHistogram, RefusesNegativeLatencyEvenWhenFullyGrown) {
  LatencyHistogram histogram;
  histogram.add(Femtoseconds::max());
  EXPECT_THROW(histogram.add(Femtoseconds(-1)), fs::InvariantError);
}

TEST(LatencyHistogram, SumsBeyondSixtyFourBits) {
  LatencyHistogram histogram;
  for (int i = 0; i < 4; ++i) histogram.add(Femtoseconds::max());
  EXPECT_TRUE(histogram.sum() == static_cast<fs::Int128>(Femtoseconds::max().value()) * 4);
}
