// SPDX-License-Identifier: Apache-2.0
// The interval in which what is created is measured.
#pragma once

#include "common/quantity.hpp"

namespace fs {

/// What is created in [begin, end) counts in the statistics.
struct MeasureWindow {
  Femtoseconds begin{0};
  Femtoseconds end = Femtoseconds::max();
  bool contains(Femtoseconds t) const { return t >= begin && t < end; }
};

}  // namespace fs
