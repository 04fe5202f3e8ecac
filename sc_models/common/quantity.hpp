// SPDX-License-Identifier: Apache-2.0
// Integers with a unit in their type, so that cycles are never added to femtoseconds.
#pragma once

#include <cstdint>
#include <limits>

namespace fs {

/// A signed 64-bit count of one unit. Arithmetic stays within the unit; scaling is by plain integers.
template <class Tag>
class Quantity {
 public:
  constexpr Quantity() = default;
  constexpr explicit Quantity(std::int64_t value) : value_(value) {}

  constexpr std::int64_t value() const { return value_; }
  static constexpr Quantity max() { return Quantity(std::numeric_limits<std::int64_t>::max()); }

  constexpr Quantity& operator+=(Quantity other) {
    value_ += other.value_;
    return *this;
  }
  constexpr Quantity& operator-=(Quantity other) {
    value_ -= other.value_;
    return *this;
  }
  friend constexpr Quantity operator+(Quantity a, Quantity b) { return Quantity(a.value_ + b.value_); }
  friend constexpr Quantity operator-(Quantity a, Quantity b) { return Quantity(a.value_ - b.value_); }
  friend constexpr Quantity operator-(Quantity a) { return Quantity(-a.value_); }
  friend constexpr Quantity operator*(Quantity a, std::int64_t k) { return Quantity(a.value_ * k); }
  friend constexpr Quantity operator*(std::int64_t k, Quantity a) { return Quantity(a.value_ * k); }
  friend constexpr std::int64_t operator/(Quantity a, Quantity b) { return a.value_ / b.value_; }
  friend constexpr Quantity operator/(Quantity a, std::int64_t k) { return Quantity(a.value_ / k); }
  friend constexpr Quantity operator%(Quantity a, Quantity b) { return Quantity(a.value_ % b.value_); }
  friend constexpr bool operator==(Quantity a, Quantity b) { return a.value_ == b.value_; }
  friend constexpr bool operator!=(Quantity a, Quantity b) { return a.value_ != b.value_; }
  friend constexpr bool operator<(Quantity a, Quantity b) { return a.value_ < b.value_; }
  friend constexpr bool operator<=(Quantity a, Quantity b) { return a.value_ <= b.value_; }
  friend constexpr bool operator>(Quantity a, Quantity b) { return a.value_ > b.value_; }
  friend constexpr bool operator>=(Quantity a, Quantity b) { return a.value_ >= b.value_; }

 private:
  std::int64_t value_ = 0;
};

/// Time between chips (DESIGN of time: 1 fs resolution, 2.5 simulated hours fit).
using Femtoseconds = Quantity<struct FemtosecondTag>;
/// Time inside a chip: cycles of that chip's clock.
using Cycles = Quantity<struct CycleTag>;
/// A size or an address range.
using Bytes = Quantity<struct ByteTag>;
/// A line or payload rate, bits per second.
using BitsPerSecond = Quantity<struct BitsPerSecondTag>;

constexpr Femtoseconds picoseconds(std::int64_t n) { return Femtoseconds(n * 1'000); }
constexpr Femtoseconds nanoseconds(std::int64_t n) { return Femtoseconds(n * 1'000'000); }
constexpr Femtoseconds microseconds(std::int64_t n) { return Femtoseconds(n * 1'000'000'000); }
constexpr Femtoseconds one_second() { return Femtoseconds(1'000'000'000'000'000); }
/// For reports only: simulated time as a floating-point number of nanoseconds.
constexpr double to_nanoseconds(Femtoseconds t) { return static_cast<double>(t.value()) * 1e-6; }
constexpr double to_seconds(Femtoseconds t) { return static_cast<double>(t.value()) * 1e-15; }

}  // namespace fs
