// SPDX-License-Identifier: Apache-2.0
// A log-linear histogram of latencies: exact count, sum, minimum and maximum; percentiles within 0.4 %.
#pragma once

#include <cstdint>
#include <vector>

#include "common/quantity.hpp"
#include "common/wide.hpp"

namespace fs {

/// Each power of two of femtoseconds is cut into 128 equal buckets (the layout of HdrHistogram, G. Tene, 2012), so a
/// bucket is at most 1/128 of its values wide and its middle at most 0.4 % off. Values below 256 fs are exact. Memory
/// follows the largest value seen: 34 KB up to 1 ms, never above 58 KB.
class LatencyHistogram {
 public:
  /// `value` >= 0; a negative one is a broken invariant of the caller.
  void add(Femtoseconds value) {
    const auto v = value.value();
    const auto i = bucket_of(static_cast<std::uint64_t>(v));
    if (i >= counts_.size()) grow(v, i);
    ++counts_[i];
    ++count_;
    sum_ += v;
    if (v < min_) min_ = v;
    if (v > max_) max_ = v;
  }
  /// Adds what another histogram has seen.
  void merge(const LatencyHistogram& other);
  void clear() { *this = LatencyHistogram(); }

  std::uint64_t count() const { return count_; }
  bool empty() const { return count_ == 0; }
  /// Sum of all values in femtoseconds, exact.
  Int128 sum() const { return sum_; }
  /// Smallest and largest value, exact; 0 when empty.
  Femtoseconds min() const { return Femtoseconds(empty() ? 0 : min_); }
  Femtoseconds max() const { return Femtoseconds(max_); }
  /// Mean in femtoseconds; 0 when empty.
  double mean() const { return empty() ? 0.0 : static_cast<double>(sum_) / static_cast<double>(count_); }
  /// The value of nearest rank ceil(q * count), q in [0, 1]: q = 0 is the minimum, q = 1 the maximum. 0 when empty.
  Femtoseconds percentile(double q) const;

  static constexpr std::size_t bucket_of(std::uint64_t v) {
    const auto octave = 63 - __builtin_clzll(v | (2 * sub_buckets - 1));
    const auto shift = static_cast<unsigned>(octave - sub_bits);
    return static_cast<std::size_t>(shift * sub_buckets + (v >> shift));
  }
  /// The smallest value of a bucket, and how many values it holds.
  static std::uint64_t bucket_begin(std::size_t bucket);
  static std::uint64_t bucket_width(std::size_t bucket);

 private:
  static constexpr int sub_bits = 7;
  static constexpr std::uint64_t sub_buckets = 1U << sub_bits;

  void grow(std::int64_t value, std::size_t bucket);

  std::vector<std::uint64_t> counts_;
  std::uint64_t count_ = 0;
  Int128 sum_ = 0;
  std::int64_t min_ = Femtoseconds::max().value();
  std::int64_t max_ = 0;
};

}  // namespace fs
