// SPDX-License-Identifier: Apache-2.0
#include "common/portable_math.hpp"

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>

#include "common/random.hpp"

namespace fs {
namespace {

constexpr double ln10 = 2.302585092994045684;

/// 2^k for a normal result.
double power_of_two(int k) {
  const auto bits = static_cast<std::uint64_t>(k + 1023) << 52U;
  double value = 0;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

/// erf by its all-positive series (A&S 7.1.6): no cancellation.
double erf_series(double x) {
  double term = x;
  double sum = x;
  for (int n = 1; term > sum * 1e-17; ++n) {
    term *= 2.0 * x * x / (2.0 * n + 1.0);
    sum += term;
  }
  constexpr double two_over_root_pi = 1.1283791670955126;
  return two_over_root_pi * portable_exp(-x * x) * sum;
}

/// erfc by its continued fraction (A&S 7.1.14), from a depth at which it has converged: its error falls with
/// exp(-4 x sqrt(k)) or so.
double erfc_fraction(double x) {
  const int depth = 20 + static_cast<int>(250.0 / (x * x));
  double tail = x;
  for (int k = depth; k >= 1; --k) tail = x + 0.5 * k / tail;
  constexpr double one_over_root_pi = 0.5641895835477563;
  return one_over_root_pi * portable_exp(-x * x) / tail;
}

}  // namespace

double portable_exp(double x) {
  if (x < -745.0) return 0.0;
  if (x > 709.0) return std::numeric_limits<double>::infinity();
  constexpr double ln2_high = 0.693147180369123816490;  // splits ln 2 so that k * ln2_high is exact
  constexpr double ln2_low = 1.90821492927058770002e-10;
  const int k = static_cast<int>(x * 1.4426950408889634 + (x < 0 ? -0.5 : 0.5));
  const double r = (x - k * ln2_high) - k * ln2_low;  // |r| <= 0.347
  double series = 1.0;
  for (int n = 14; n >= 1; --n) series = 1.0 + series * r / n;
  if (k < -1000) return series * power_of_two(k + 200) * power_of_two(-200);
  return series * power_of_two(k);
}

double portable_erfc(double x) {
  if (x < 0) return 2.0 - portable_erfc(-x);
  return x < 1.5 ? 1.0 - erf_series(x) : erfc_fraction(x);
}

double portable_asinh(double x) { return portable_log(x + std::sqrt(x * x + 1.0)); }

double from_db(double decibels) { return portable_exp(decibels * (ln10 / 10.0)); }
double to_db(double factor) { return 10.0 / ln10 * portable_log(factor); }

}  // namespace fs
