// SPDX-License-Identifier: Apache-2.0
// Which of many things happens first: a tournament tree, as in Knuth, TAOCP vol. 3, 5.4.1.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "common/quantity.hpp"

namespace fs {

/// Times of things by number; one is set in O(log n), the earliest is at hand. max(): never, as all are at first.
class Earliest {
 public:
  explicit Earliest(std::size_t count) {
    while (leaves_ < count) leaves_ *= 2;
    times_.assign(2 * leaves_, Femtoseconds::max());
  }

  void set(std::size_t number, Femtoseconds time) {
    std::size_t at = leaves_ + number;
    times_[at] = time;
    while (at > 1) {
      at /= 2;
      times_[at] = std::min(times_[2 * at], times_[2 * at + 1]);
    }
  }
  Femtoseconds time() const { return times_[1]; }
  /// Whose that is; of several the lowest number.
  std::size_t number() const {
    std::size_t at = 1;
    while (at < leaves_) at = 2 * at + (times_[2 * at] <= times_[2 * at + 1] ? 0 : 1);
    return at - leaves_;
  }

 private:
  std::size_t leaves_ = 1;
  std::vector<Femtoseconds> times_;  ///< the earliest of each pair, the root at 1
};

}  // namespace fs
