// SPDX-License-Identifier: Apache-2.0
// Geometric gaps in one random word and one table look-up, where a logarithm per packet would cost too much.
#pragma once

#include <array>
#include <cstdint>

#include "common/random.hpp"

namespace fs {

/// Draws the number of trials up to and including the first success of a Bernoulli(p) sequence: the distribution of
/// GeometricGap, by Walker's alias method over the gaps 1..63 and "longer". A longer gap draws again, since the
/// geometric distribution has no memory. Below p = 1/64 that would repeat often, so GeometricGap itself is used.
class GapTable {
 public:
  GapTable() = default;
  /// p in (0, 1].
  explicit GapTable(double p);

  std::int64_t draw(RandomStream& stream) const {
    if (rare_) return gap_.draw(stream);
    for (std::int64_t passed = 0;; passed += longer) {
      const std::uint64_t word = stream.next();
      const auto column = static_cast<std::size_t>(word >> 58);
      const unsigned outcome =
          (word << 6) < threshold_[column] ? static_cast<unsigned>(column) : static_cast<unsigned>(alias_[column]);
      if (outcome != longer) return passed + outcome + 1;
    }
  }

 private:
  static constexpr unsigned columns = 64;
  static constexpr unsigned longer = columns - 1;  ///< the outcome "more than 63 trials"

  std::array<std::uint64_t, columns> threshold_{};  ///< of 2^64: below it the column's own outcome
  std::array<std::uint8_t, columns> alias_{};
  bool rare_ = false;
  GeometricGap gap_;
};

}  // namespace fs
