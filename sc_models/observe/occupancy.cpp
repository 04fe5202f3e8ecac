// SPDX-License-Identifier: Apache-2.0
// Percentiles and mean of a buffer's occupancy.
#include "observe/occupancy.hpp"

#include <algorithm>
#include <numeric>

#include "common/check.hpp"

namespace fs {

void Occupancy::restart(std::int64_t now) {
  std::fill(spent_.begin(), spent_.end(), 0);
  since_ = now;
  high_water_ = level_;
}

int Occupancy::percentile(double q, std::int64_t now) const {
  FS_CHECK(q >= 0 && q <= 1, "a percentile lies in [0, 1]");
  const auto spent = [&](int level) {
    return spent_[static_cast<std::size_t>(level)] + (level == level_ ? now - since_ : 0);
  };
  std::int64_t total = now - since_ + std::accumulate(spent_.begin(), spent_.end(), std::int64_t{0});
  if (total == 0) return level_;
  const double target = q * static_cast<double>(total);
  std::int64_t below = 0;
  for (int level = 0; level < depth(); ++level) {
    below += spent(level);
    if (below > 0 && static_cast<double>(below) >= target) return level;
  }
  return depth();
}

double Occupancy::mean(std::int64_t now) const {
  double weighted = static_cast<double>(level_) * static_cast<double>(now - since_);
  auto total = static_cast<double>(now - since_);
  for (std::size_t level = 0; level < spent_.size(); ++level) {
    weighted += static_cast<double>(level) * static_cast<double>(spent_[level]);
    total += static_cast<double>(spent_[level]);
  }
  return total > 0 ? weighted / total : static_cast<double>(level_);
}

}  // namespace fs
