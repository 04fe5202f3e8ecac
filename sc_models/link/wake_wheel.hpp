// SPDX-License-Identifier: Apache-2.0
// Which chips of a clock domain must be stepped at which cycle: timing wheels of chip sets, far wakes in a map.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <vector>

#include "common/bits.hpp"
#include "common/quantity.hpp"

namespace fs {

/// Nearly every wake is for one of the next few cycles: there each chip has a byte, so that waking it is a store. Later
/// ones are bits.
class WakeWheel {
 public:
  static constexpr int slot_count = 1024;
  static constexpr int near_count = 16;

  explicit WakeWheel(int chips)
      : words_((static_cast<std::size_t>(chips) + 63) / 64),
        near_(near_count * words_ * 64, Mark::asleep),
        slots_(slot_count * words_) {}

  /// The last cycle stepped; -1 before the first.
  Cycles now() const { return now_; }

  /// Steps `chip` at `at` (> now()). Cheap and idempotent.
  void wake(int chip, Cycles at) {
    const std::int64_t ahead = at.value() - now_.value();
    if (ahead < near_count) {
      wake_near(chip, at);
    } else {
      wake_later(chip, at);
    }
  }
  /// The same for `at` within near_count of now().
  void wake_near(int chip, Cycles at) {
    if (at < sleeping_until_) interrupt_sleep(at);
    const auto slot = static_cast<std::size_t>(at.value()) & (near_count - 1);
    near_[slot * words_ * 64 + static_cast<std::size_t>(chip)] = Mark::awake;
    near_occupied_[slot] = Mark::awake;
  }

  /// Moves to `cycle` and adds the chips due there to `awake` (words() words).
  void take(Cycles cycle, std::uint64_t* awake) {
    now_ = cycle;
    if (near_occupied_[static_cast<std::size_t>(cycle.value()) & (near_count - 1)] == Mark::awake) {
      take_near(cycle, awake);
    }
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
  void wake_later(int chip, Cycles at);
  void take_near(Cycles cycle, std::uint64_t* awake);
  void take_far(Cycles cycle, std::uint64_t* awake);

  enum class Mark : std::uint8_t { asleep = 0, awake = 1 };

  std::size_t words_;
  std::vector<Mark> near_;  ///< by cycle and chip
  std::array<Mark, near_count> near_occupied_{};
  std::vector<std::uint64_t> slots_;
  BitSet<slot_count / 64> occupied_;
  std::map<std::int64_t, std::vector<int>> far_;
  Cycles now_{-1};
  Cycles sleeping_until_{-1};
  void (*interrupt_)(void*, Cycles) = nullptr;
  void* context_ = nullptr;
};

}  // namespace fs
