// SPDX-License-Identifier: Apache-2.0
// Clocks and link rates as exact integers of femtoseconds.
#pragma once

#include <cstdint>
#include <numeric>

#include "common/quantity.hpp"
#include "common/wide.hpp"

namespace fs {

/// A chip's clock: edge n is at n * period. Periods are whole femtoseconds.
class Clock {
 public:
  constexpr Clock() = default;
  constexpr explicit Clock(Femtoseconds period) : period_(period) {}
  /// Rounds to the nearest whole femtosecond (1.33 GHz becomes 751880 fs).
  static constexpr Clock from_hertz(double hertz) {
    return Clock(Femtoseconds(static_cast<std::int64_t>(1e15 / hertz + 0.5)));
  }

  constexpr Femtoseconds period() const { return period_; }
  constexpr Femtoseconds edge(Cycles cycle) const { return period_ * cycle.value(); }
  /// The first edge at or after `time` (time >= 0).
  constexpr Cycles at_or_after(Femtoseconds time) const {
    return Cycles((time.value() + period_.value() - 1) / period_.value());
  }
  /// Whole cycles that cover `span`.
  constexpr Cycles cycles_for(Femtoseconds span) const { return at_or_after(span); }
  friend constexpr bool operator==(Clock a, Clock b) { return a.period_ == b.period_; }

 private:
  Femtoseconds period_{1'000'000};
};

/// The exact rational duration of one byte on a wire: byte n ends at floor(n * 8 * 1e15 / rate), so nothing drifts.
class ByteClock {
 public:
  constexpr ByteClock() = default;
  /// `rate` = numerator / denominator bits per second of payload bytes; both > 0.
  constexpr ByteClock(std::int64_t numerator, std::int64_t denominator) {
    constexpr std::int64_t byte_femtoseconds = 8'000'000'000'000'000;
    const auto divisor = std::gcd(numerator, byte_femtoseconds);
    const auto rest = std::gcd(denominator, numerator / divisor);
    const auto top = static_cast<Int128>(byte_femtoseconds / divisor) * (denominator / rest);
    divisor_ = numerator / divisor / rest;
    whole_ = static_cast<std::int64_t>(top / divisor_);
    part_ = static_cast<std::int64_t>(top % divisor_);
  }

  /// When byte number `count` has ended, for a wire that began with byte 0 at time 0.
  constexpr Femtoseconds end_of(std::int64_t count) const {
    if (part_ == 0) return Femtoseconds(count * whole_);
    return Femtoseconds(count * whole_ + static_cast<std::int64_t>(static_cast<Int128>(count) * part_ / divisor_));
  }
  /// The first byte boundary at or after `time`.
  constexpr std::int64_t boundary_at_or_after(Femtoseconds time) const {
    const auto scaled = static_cast<Int128>(time.value()) * divisor_;
    const auto byte = static_cast<Int128>(whole_) * divisor_ + part_;
    auto count = static_cast<std::int64_t>(scaled / byte);
    while (end_of(count) < time) ++count;
    return count;
  }

 private:
  std::int64_t whole_ = 1;
  std::int64_t part_ = 0;
  std::int64_t divisor_ = 1;
};

}  // namespace fs
