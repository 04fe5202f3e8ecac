// SPDX-License-Identifier: Apache-2.0
// Percentiles, merging and growth of the latency histogram.
#include "observe/latency_histogram.hpp"

#include <algorithm>
#include <cmath>

#include "common/check.hpp"

namespace fs {

std::uint64_t LatencyHistogram::bucket_begin(std::size_t bucket) {
  if (bucket < 2 * sub_buckets) return bucket;
  const auto shift = bucket / sub_buckets - 1;
  return (bucket - shift * sub_buckets) << shift;
}

std::uint64_t LatencyHistogram::bucket_width(std::size_t bucket) {
  return bucket < 2 * sub_buckets ? 1 : 1ULL << (bucket / sub_buckets - 1);
}

void LatencyHistogram::grow(std::int64_t value, std::size_t bucket) {
  FS_CHECK(value >= 0, "a latency is negative");
  counts_.resize((bucket / sub_buckets + 1) * sub_buckets);
}

void LatencyHistogram::merge(const LatencyHistogram& other) {
  if (other.counts_.size() > counts_.size()) counts_.resize(other.counts_.size());
  for (std::size_t i = 0; i < other.counts_.size(); ++i) counts_[i] += other.counts_[i];
  count_ += other.count_;
  sum_ += other.sum_;
  min_ = std::min(min_, other.min_);
  max_ = std::max(max_, other.max_);
}

Femtoseconds LatencyHistogram::percentile(double q) const {
  FS_CHECK(q >= 0 && q <= 1, "a percentile lies in [0, 1]");
  if (empty()) return Femtoseconds(0);
  const auto rank = static_cast<std::uint64_t>(std::ceil(q * static_cast<double>(count_)));
  if (rank <= 1) return min();
  if (rank >= count_) return max();
  std::uint64_t below = 0;
  std::size_t bucket = 0;
  while (below + counts_[bucket] < rank) below += counts_[bucket++];
  const auto middle = static_cast<std::int64_t>(bucket_begin(bucket) + (bucket_width(bucket) - 1) / 2);
  return Femtoseconds(std::clamp(middle, min_, max_));
}

}  // namespace fs
