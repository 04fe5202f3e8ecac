// SPDX-License-Identifier: Apache-2.0
#include "workload/open_loop/gap_table.hpp"

#include <vector>

#include "common/check.hpp"

namespace fs {

GapTable::GapTable(double p) : rare_(p < 1.0 / columns), gap_(p) {
  if (rare_) return;
  std::array<double, columns> share{};  // each outcome's probability times the number of columns
  double survive = 1.0;
  for (unsigned k = 0; k < longer; ++k) {
    share[k] = survive * p * columns;
    survive *= 1.0 - p;
  }
  share[longer] = survive * columns;

  std::vector<unsigned> small, large;
  for (unsigned k = 0; k < columns; ++k) (share[k] < 1.0 ? small : large).push_back(k);
  for (unsigned k = 0; k < columns; ++k) alias_[k] = static_cast<std::uint8_t>(k);
  while (!small.empty() && !large.empty()) {
    const unsigned low = small.back(), high = large.back();
    small.pop_back();
    threshold_[low] = static_cast<std::uint64_t>(share[low] * 0x1.0p64);
    alias_[low] = static_cast<std::uint8_t>(high);
    share[high] -= 1.0 - share[low];
    if (share[high] < 1.0) {
      large.pop_back();
      small.push_back(high);
    }
  }
  // What is left holds a whole column up to rounding: its alias is itself, so the threshold does not matter.
}

}  // namespace fs
