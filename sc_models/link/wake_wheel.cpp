// SPDX-License-Identifier: Apache-2.0
#include "link/wake_wheel.hpp"

#include <algorithm>
#include <cstring>

#if defined(__SSE2__)
#include <emmintrin.h>
#endif

namespace fs {

namespace {

/// Of 64 marks, each 0 or 1, a bit a mark, the first lowest.
std::uint64_t bits_of(const void* marks) {
  const auto* const bytes = static_cast<const unsigned char*>(marks);
  std::uint64_t bits = 0;
#if defined(__SSE2__)
  for (unsigned i = 0; i < 64; i += 16) {
    const __m128i some = _mm_loadu_si128(reinterpret_cast<const __m128i*>(bytes + i));
    bits |= static_cast<std::uint64_t>(_mm_movemask_epi8(_mm_slli_epi16(some, 7))) << i;
  }
#else
  static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "eight marks are read as one number, the first lowest");
  constexpr std::uint64_t low_bits_to_top = 0x0102040810204080ULL;  // byte i's lowest bit goes to bit 56 + i
  for (unsigned i = 0; i < 64; i += 8) {
    std::uint64_t some = 0;
    std::memcpy(&some, bytes + i, 8);
    bits |= (some * low_bits_to_top >> 56) << i;
  }
#endif
  return bits;
}

}  // namespace

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
  const auto slot = static_cast<std::size_t>(cycle.value()) & (near_count - 1);
  near_occupied_[slot] = Mark::asleep;
  Mark* const marks = &near_[slot * words_ * 64];
  for (std::size_t w = 0; w < words_; ++w) awake[w] |= bits_of(marks + 64 * w);
  std::memset(static_cast<void*>(marks), 0, 64 * words_);
}

void WakeWheel::take_far(Cycles cycle, std::uint64_t* awake) {
  while (!far_.empty() && far_.begin()->first <= cycle.value()) {
    for (const int chip : far_.begin()->second) awake[static_cast<std::size_t>(chip) >> 6] |= 1ULL << (chip & 63);
    far_.erase(far_.begin());
  }
}

}  // namespace fs
