// SPDX-License-Identifier: Apache-2.0
#include "common/random.hpp"

#include <cstring>

#include "common/check.hpp"

namespace fs {

double portable_log(double x) {
  std::uint64_t bits = 0;
  std::memcpy(&bits, &x, sizeof bits);
  int exponent = static_cast<int>(bits >> 52) - 1023;
  bits = (bits & 0x000fffffffffffffULL) | 0x3ff0000000000000ULL;
  double mantissa = 0;
  std::memcpy(&mantissa, &bits, sizeof bits);
  constexpr double sqrt2 = 1.4142135623730951;
  if (mantissa > sqrt2) {
    mantissa *= 0.5;
    ++exponent;
  }
  // ln m = 2 atanh((m - 1) / (m + 1)); |z| <= 0.1716, so eleven odd terms reach 1e-17.
  const double z = (mantissa - 1.0) / (mantissa + 1.0);
  const double z2 = z * z;
  double series = 0;
  for (int k = 21; k >= 1; k -= 2) series = series * z2 + 1.0 / k;
  constexpr double ln2 = 0.6931471805599453;
  return 2.0 * z * series + exponent * ln2;
}

GeometricGap::GeometricGap(double p) {
  FS_CHECK(p > 0.0 && p <= 1.0, "a Bernoulli probability lies in (0, 1]");
  inverse_log_ = p < 1.0 ? 1.0 / portable_log(1.0 - p) : 0.0;
}

std::int64_t GeometricGap::draw(RandomStream& stream) const {
  if (inverse_log_ == 0.0) return 1;
  const double u = static_cast<double>((stream.next() >> 11) + 1) * 0x1.0p-53;  // (0, 1]
  const double gap = portable_log(u) * inverse_log_;
  constexpr double longest = 4e18;
  return gap < longest ? static_cast<std::int64_t>(gap) + 1 : static_cast<std::int64_t>(longest);
}

}  // namespace fs
