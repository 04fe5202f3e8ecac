// SPDX-License-Identifier: Apache-2.0
// What a clock domain steps.
#pragma once

#include "common/quantity.hpp"

namespace fs::tlm {

/// A switch or a GPU, at its clock's edges.
class Chip {
 public:
  virtual ~Chip() = default;
  /// One edge. Returns the next cycle at which this chip must be stepped even if nothing arrives: now + 1 while it has
  /// work, Cycles::max() when idle. Arrivals wake it by themselves.
  virtual Cycles step(Cycles now) = 0;
};

}  // namespace fs::tlm
