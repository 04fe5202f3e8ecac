// SPDX-License-Identifier: Apache-2.0
#include "link/wake_wheel.hpp"

#include <algorithm>

namespace fs {

Cycles WakeWheel::next() const {
  Cycles near = Cycles::max();
  if (occupied_.any()) {
    const auto first = static_cast<int>((now_.value() + 1) & (slot_count - 1));
    const int slot = occupied_.next_from(first);
    near = now_ + Cycles(1 + ((slot - first) & (slot_count - 1)));
  }
  if (far_.empty()) return near;
  return std::min(near, Cycles(far_.begin()->first));
}

void WakeWheel::take_far(Cycles cycle, std::uint64_t* awake) {
  while (!far_.empty() && far_.begin()->first <= cycle.value()) {
    for (const int chip : far_.begin()->second) awake[static_cast<std::size_t>(chip) >> 6] |= 1ULL << (chip & 63);
    far_.erase(far_.begin());
  }
}

}  // namespace fs
