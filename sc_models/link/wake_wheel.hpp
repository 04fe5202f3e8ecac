// SPDX-License-Identifier: Apache-2.0
// Which chips of a clock domain must be stepped at which cycle: a timing wheel of chip sets, far wakes in a map.
#pragma once

#include <map>
#include <vector>

#include "common/bits.hpp"
#include "common/quantity.hpp"

namespace fs {

class WakeWheel {
 public:
  static constexpr int slot_count = 1024;

  explicit WakeWheel(int chips) : words_((static_cast<std::size_t>(chips) + 63) / 64), slots_(slot_count * words_) {}

  /// The last cycle stepped; -1 before the first.
  Cycles now() const { return now_; }

  /// Steps `chip` at `at` (> now()). Cheap and idempotent.
  void wake(int chip, Cycles at) {
    if (at.value() - now_.value() >= slot_count) {
      if (at < sleeping_until_) interrupt_sleep(at);
      far_[at.value()].push_back(chip);
      return;
    }
    wake_near(chip, at);
  }
  /// The same for `at` within slot_count of now().
  void wake_near(int chip, Cycles at) {
    if (at < sleeping_until_) interrupt_sleep(at);
    const auto slot = static_cast<std::size_t>(at.value()) & (slot_count - 1);
    slots_[slot * words_ + (static_cast<std::size_t>(chip) >> 6)] |= 1ULL << (chip & 63);
    occupied_.set(static_cast<int>(slot));
  }

  /// Moves to `cycle` and adds the chips due there to `awake` (words() words).
  void take(Cycles cycle, std::uint64_t* awake) {
    now_ = cycle;
    const auto slot = static_cast<std::size_t>(cycle.value()) & (slot_count - 1);
    if (occupied_.test(static_cast<int>(slot))) {
      occupied_.clear(static_cast<int>(slot));
      for (std::size_t w = 0; w < words_; ++w) {
        awake[w] |= slots_[slot * words_ + w];
        slots_[slot * words_ + w] = 0;
      }
    }
    if (!far_.empty() && far_.begin()->first <= cycle.value()) take_far(cycle, awake);
  }

  /// The first cycle after now() at which some chip is due; Cycles::max() when none is.
  Cycles next() const;
  std::size_t words() const { return words_; }

  /// The domain sleeps until `until`: a wake before that calls `interrupt(context, at)`, once per earlier time.
  void sleep(Cycles until, void (*interrupt)(void*, Cycles), void* context) {
    sleeping_until_ = until;
    interrupt_ = interrupt;
    context_ = context;
  }
  void end_sleep() { sleeping_until_ = Cycles(-1); }

 private:
  void interrupt_sleep(Cycles at) {
    sleeping_until_ = at;
    interrupt_(context_, at);
  }
  void take_far(Cycles cycle, std::uint64_t* awake);

  std::size_t words_;
  std::vector<std::uint64_t> slots_;
  BitSet<slot_count / 64> occupied_;
  std::map<std::int64_t, std::vector<int>> far_;
  Cycles now_{-1};
  Cycles sleeping_until_{-1};
  void (*interrupt_)(void*, Cycles) = nullptr;
  void* context_ = nullptr;
};

}  // namespace fs
