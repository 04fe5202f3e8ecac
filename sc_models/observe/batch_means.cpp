// SPDX-License-Identifier: Apache-2.0
// Batch means: interval, trend and saturation.
#include "observe/batch_means.hpp"

#include <array>
#include <cmath>
#include <cstdio>

#include "common/check.hpp"

namespace fs {

namespace {

constexpr int fewest_batches_for_a_trend = 8;

std::string percent(double share) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1f %%", 100 * share);
  return text.data();
}

/// Abramowitz and Stegun 26.7.5: Student's t from the normal quantile z.
double student_t(double z, double freedom) {
  const double z2 = z * z;
  const double g1 = z * (z2 + 1) / 4;
  const double g2 = z * ((5 * z2 + 16) * z2 + 3) / 96;
  const double g3 = z * (((3 * z2 + 19) * z2 + 17) * z2 - 15) / 384;
  const double g4 = z * ((((79 * z2 + 776) * z2 + 1482) * z2 - 1920) * z2 - 945) / 92160;
  return z + (g1 + (g2 + (g3 + g4 / freedom) / freedom) / freedom) / freedom;
}

struct Line {
  double mean = 0;
  double slope = 0;           ///< per batch
  double standard_error = 0;  ///< of the slope
};

/// Least squares of y against 0, 1, 2, ...
Line fit_line(const std::vector<double>& y) {
  const auto n = static_cast<double>(y.size());
  const double middle = (n - 1) / 2;
  Line line;
  for (const double value : y) line.mean += value / n;
  double xx = 0;
  double xy = 0;
  for (std::size_t i = 0; i < y.size(); ++i) {
    const double x = static_cast<double>(i) - middle;
    xx += x * x;
    xy += x * (y[i] - line.mean);
  }
  line.slope = xy / xx;
  double residual = 0;
  for (std::size_t i = 0; i < y.size(); ++i) {
    const double error = y[i] - line.mean - line.slope * (static_cast<double>(i) - middle);
    residual += error * error;
  }
  line.standard_error = std::sqrt(residual / (n - 2) / xx);
  return line;
}

}  // namespace

double student_t_975(int freedom) {
  FS_CHECK(freedom >= 1, "Student's t needs a degree of freedom");
  constexpr std::array<double, 5> table{12.7062, 4.30265, 3.18245, 2.77645, 2.57058};
  if (static_cast<std::size_t>(freedom) <= table.size()) return table[static_cast<std::size_t>(freedom) - 1];
  constexpr double normal_975 = 1.959964;
  return student_t(normal_975, freedom);
}

BatchMeans::BatchMeans(Femtoseconds begin, Femtoseconds end, int batches)
    : begin_(begin.value()),
      length_(end == Femtoseconds::max() ? nanoseconds(batches).value() : (end - begin).value()),
      open_ended_(end == Femtoseconds::max()),
      batches_per_femtosecond_(static_cast<double>(batches) / static_cast<double>(length_)),
      batches_(static_cast<std::size_t>(batches)) {
  FS_CHECK(length_ > 0 && batches >= 2 && batches % 2 == 0, "batch means need a window and an even number of batches");
}

void BatchMeans::double_length() {
  const auto half = batches_.size() / 2;
  for (std::size_t i = 0; i < half; ++i) {
    batches_[i].count = batches_[2 * i].count + batches_[2 * i + 1].count;
    batches_[i].sum = batches_[2 * i].sum + batches_[2 * i + 1].sum;
  }
  for (std::size_t i = half; i < batches_.size(); ++i) batches_[i] = Batch();
  length_ *= 2;
  batches_per_femtosecond_ /= 2;
}

void BatchMeans::grow(std::int64_t offset) {
  while (offset >= length_) double_length();
}

void BatchMeans::merge(const BatchMeans& other) {
  FS_CHECK(begin_ == other.begin_ && open_ended_ == other.open_ended_ && batches_.size() == other.batches_.size() &&
               (open_ended_ || length_ == other.length_),
           "batch means of different windows do not merge");
  BatchMeans same_length = other;
  while (same_length.length_ < length_) same_length.double_length();
  while (length_ < same_length.length_) double_length();
  for (std::size_t i = 0; i < batches_.size(); ++i) {
    batches_[i].count += same_length.batches_[i].count;
    batches_[i].sum += same_length.batches_[i].sum;
  }
}

std::optional<Interval> BatchMeans::interval() const {
  Interval result;
  double sum = 0;
  double count = 0;
  for (const auto& batch : batches_) {
    if (batch.count == 0) continue;
    ++result.batches;
    sum += static_cast<double>(batch.sum);
    count += static_cast<double>(batch.count);
  }
  if (result.batches < 2) return std::nullopt;
  result.mean = sum / count;
  double squares = 0;
  for (const auto& batch : batches_) {
    const double error = static_cast<double>(batch.sum) - result.mean * static_cast<double>(batch.count);
    squares += error * error;
  }
  const double b = result.batches;
  result.half_width = student_t_975(result.batches - 1) * std::sqrt(squares * b / (b - 1)) / count;
  return result;
}

std::optional<std::string> BatchMeans::drift_warning(double tolerance) const {
  std::vector<double> means;
  for (const auto& batch : batches_) {
    if (batch.count > 0) means.push_back(static_cast<double>(batch.sum) / static_cast<double>(batch.count));
  }
  if (means.size() < fewest_batches_for_a_trend) return std::nullopt;
  const auto line = fit_line(means);
  const auto drift = line.slope * static_cast<double>(means.size() - 1);
  constexpr double normal_995 = 2.575829;
  const double limit = student_t(normal_995, static_cast<double>(means.size()) - 2);
  const bool by_chance = std::abs(line.slope) <= limit * line.standard_error;
  if (by_chance || std::abs(drift) <= tolerance * line.mean) return std::nullopt;
  return "the measurement window was not steady: the mean latency " + std::string(drift > 0 ? "rises" : "falls") +
         " by " + percent(std::abs(drift) / line.mean) + " across it";
}

std::optional<std::string> saturation_warning(std::uint64_t created, std::uint64_t delivered, double tolerance) {
  if (delivered >= created) return std::nullopt;
  const auto offered = static_cast<double>(created);
  const double missing = offered - static_cast<double>(delivered);
  if (missing <= tolerance * offered || missing <= 4 * std::sqrt(offered)) return std::nullopt;
  return "the load is above saturation: " + percent(missing / offered) +
         " of the packets created in the window had not arrived at its end; latencies depend on the window's length";
}

}  // namespace fs
