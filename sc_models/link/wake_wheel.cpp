// SPDX-License-Identifier: Apache-2.0
#include "link/wake_wheel.hpp"

#include <algorithm>
#include <cstring>

namespace fs {

Cycles WakeWheel::next() const {
  Cycles near = Cycles::max();
  if (occupied_.any()) {
    const auto first = static_cast<int>((now_.value() + 1) & (slot_count - 1));
    const int slot = occupied_.next_from(first);
    near = now_ + Cycles(1 + ((slot - first) & (slot_count - 1)));
  }
  for (std::int64_t ahead = 1; ahead < near_count && now_ + Cycles(ahead) < near; ++ahead) {
    const auto slot = static_cast<std::size_t>(now_.value() + ahead) & (near_count - 1);
    if (near_occupied_[slot] == Mark::awake) near = now_ + Cycles(ahead);
  }
  if (far_.empty()) return near;
  return std::min(near, Cycles(far_.begin()->first));
}

void WakeWheel::wake_later(int chip, Cycles at) {
  if (at < sleeping_until_) interrupt_sleep(at);
  if (at.value() - now_.value() >= slot_count) {
    far_[at.value()].push_back(chip);
    return;
  }
  const auto slot = static_cast<std::size_t>(at.value()) & (slot_count - 1);
  slots_[slot * words_ + (static_cast<std::size_t>(chip) >> 6)] |= 1ULL << (chip & 63);
  occupied_.set(static_cast<int>(slot));
}

void WakeWheel::take_near(Cycles cycle, std::uint64_t* awake) {
  static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "eight marks are read as one number, the first lowest");
  constexpr std::uint64_t low_bits_to_top = 0x0102040810204080ULL;  // byte i's lowest bit goes to bit 56 + i
  const auto slot = static_cast<std::size_t>(cycle.value()) & (near_count - 1);
  near_occupied_[slot] = Mark::asleep;
  Mark* const marks = &near_[slot * words_ * 64];
  for (std::size_t eighth = 0; eighth < 8 * words_; ++eighth) {
    std::uint64_t bytes = 0;
    std::memcpy(&bytes, marks + 8 * eighth, 8);
    awake[eighth >> 3] |= (bytes * low_bits_to_top >> 56) << (8 * (eighth & 7));
  }
  std::memset(static_cast<void*>(marks), 0, 64 * words_);
}

void WakeWheel::take_far(Cycles cycle, std::uint64_t* awake) {
  while (!far_.empty() && far_.begin()->first <= cycle.value()) {
    for (const int chip : far_.begin()->second) awake[static_cast<std::size_t>(chip) >> 6] |= 1ULL << (chip & 63);
    far_.erase(far_.begin());
  }
}

}  // namespace fs
