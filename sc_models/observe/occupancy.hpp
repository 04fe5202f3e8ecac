// SPDX-License-Identifier: Apache-2.0
// How full a buffer was: high water, and percentiles weighted by time. Pushed by the buffer's owner, polled by nobody.
#pragma once

#include <cstdint>
#include <vector>

namespace fs {

/// Time is in any one unit of the owner's choice (cycles of its chip, femtoseconds), passed as a plain integer that
/// never decreases.
class Occupancy {
 public:
  Occupancy() = default;
  /// `depth`: the fullest the buffer can be, >= 0.
  explicit Occupancy(int depth) : spent_(static_cast<std::size_t>(depth) + 1) {}

  /// The level becomes `level`, in 0 .. depth, at `now`.
  void set(std::int64_t now, int level) {
    spent_[static_cast<std::size_t>(level_)] += now - since_;
    since_ = now;
    level_ = level;
    if (level > high_water_) high_water_ = level;
  }
  void add(std::int64_t now, int change) { set(now, level_ + change); }
  /// Forgets the past; the level stays: the start of a measurement window.
  void restart(std::int64_t now);

  int depth() const { return static_cast<int>(spent_.size()) - 1; }
  int level() const { return level_; }
  int high_water() const { return high_water_; }
  /// The least level that was not exceeded for a share `q` in [0, 1] of the time up to `now`.
  int percentile(double q, std::int64_t now) const;
  /// Mean level over the time up to `now`; the level itself when no time has passed.
  double mean(std::int64_t now) const;

 private:
  std::int64_t since_ = 0;
  int level_ = 0;
  int high_water_ = 0;
  std::vector<std::int64_t> spent_ = std::vector<std::int64_t>(1);
};

}  // namespace fs
