// SPDX-License-Identifier: Apache-2.0
// Speeds that a link can fall back to, and what that does to its errors. Plain data.
#pragma once

#include <cstdint>
#include <vector>

namespace fs {

struct LinkSpeeds {
  /// Below the full speed: the line rate divided by each, ascending. Empty: it knows one speed.
  std::vector<std::int64_t> slower_by;
  double relief = 1.0;  ///< a lane's bit error ratio at each speed, as a factor on that at the speed above
  /// Training settles at the highest speed at which no lane's bit error ratio is above this; 0: it does not look.
  double max_ber = 0.0;
};

}  // namespace fs
