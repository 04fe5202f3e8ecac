// SPDX-License-Identifier: Apache-2.0
// The result digest: a 128-bit sum of one hash a delivery, so that the order of deliveries leaves no trace in it.
#pragma once

#include <cstdint>
#include <string>

#include "common/ids.hpp"
#include "common/quantity.hpp"
#include "common/random.hpp"

namespace fs {

/// How a packet ended.
enum class Outcome : std::uint8_t { delivered, poisoned, error, dropped, wrong };

/// Two independent 64-bit sums, each modulo 2^64. Equal runs give equal digests; the chance that two different sets of
/// deliveries do is about 2^-128.
class Digest {
 public:
  /// One delivery: its packet's name (`src`, `number` below 2^40), the instant, and how it ended.
  void add(NodeId src, std::uint64_t number, Femtoseconds time, Outcome outcome) {
    const auto tag = static_cast<std::uint64_t>(src) | (static_cast<std::uint64_t>(outcome) << 16);
    const auto name = mix64((number ^ (tag << 40)) + 0x9e3779b97f4a7c15ULL);
    const auto when = static_cast<std::uint64_t>(time.value());
    low_ += mix64(name + when);
    high_ += mix64((name ^ 0xd6e8feb86659fd93ULL) + when * 0xa0761d6478bd642fULL);
  }
  /// Joins the deliveries of another digest: parts of one run, or the points of a sweep.
  Digest& operator+=(const Digest& other) {
    low_ += other.low_;
    high_ += other.high_;
    return *this;
  }

  /// 32 lower-case hexadecimal digits.
  std::string hex() const;
  /// The inverse of hex(); throws std::invalid_argument on anything else.
  static Digest from_hex(const std::string& text);

  friend bool operator==(const Digest& a, const Digest& b) { return a.low_ == b.low_ && a.high_ == b.high_; }
  friend bool operator!=(const Digest& a, const Digest& b) { return !(a == b); }

 private:
  std::uint64_t low_ = 0;
  std::uint64_t high_ = 0;
};

}  // namespace fs
