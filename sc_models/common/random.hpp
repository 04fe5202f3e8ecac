// SPDX-License-Identifier: Apache-2.0
// Counter-based random streams: draw n of a stream depends on its key and n alone, on every compiler and host.
#pragma once

#include <cstdint>
#include <string_view>

#include "common/wide.hpp"

namespace fs {

/// One round of the SplitMix64 finalizer (Steele, Lea, Flood, OOPSLA 2014): a bijection that mixes all 64 bits.
constexpr std::uint64_t mix64(std::uint64_t x) {
  x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9ULL;
  x = (x ^ (x >> 27)) * 0x94d049bb133111ebULL;
  return x ^ (x >> 31);
}

/// FNV-1a over a name, then mixed: the key part that a component's name contributes.
constexpr std::uint64_t hash_name(std::string_view name) {
  std::uint64_t hash = 0xcbf29ce484222325ULL;
  for (const char c : name) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3ULL;
  return mix64(hash);
}

/// A random stream keyed by (seed, component's name, purpose).
class RandomStream {
 public:
  constexpr RandomStream() = default;
  constexpr RandomStream(std::uint64_t seed, std::string_view component, std::string_view purpose)
      : key_(mix64(mix64(seed + 0x9e3779b97f4a7c15ULL) ^ hash_name(component)) + hash_name(purpose)) {}

  constexpr std::uint64_t next() { return mix64(key_ + 0x9e3779b97f4a7c15ULL * ++counter_); }

  /// Uniform in [0, bound), bound >= 1; bias below bound / 2^64.
  constexpr std::uint64_t below(std::uint64_t bound) {
    return static_cast<std::uint64_t>((static_cast<Uint128>(next()) * bound) >> 64);
  }
  /// Uniform in [0, 1), 53 bits.
  constexpr double unit() { return static_cast<double>(next() >> 11) * 0x1.0p-53; }
  /// True with probability p in [0, 1].
  constexpr bool chance(double p) { return unit() < p; }

 private:
  std::uint64_t key_ = 0;
  std::uint64_t counter_ = 0;
};

/// Natural logarithm of x > 0 from IEEE basic operations only, so that every compiler gives the same bits (error <
/// 1e-14).
double portable_log(double x);

/// Trials up to and including the first success of a Bernoulli(p) sequence, p in (0, 1]: 1, 2, 3, ...
/// Inverse transform, ceil(ln U / ln(1 - p)); the constructor does the one division.
class GeometricGap {
 public:
  GeometricGap() = default;
  explicit GeometricGap(double p);
  std::int64_t draw(RandomStream& stream) const;

 private:
  double inverse_log_ = 0;
};

}  // namespace fs
