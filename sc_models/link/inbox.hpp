// SPDX-License-Identifier: Apache-2.0
// What is on its way to one chip: flits and credits, by the receiving chip's cycle in which they reach its pins.
#pragma once

#include <map>
#include <vector>

#include "common/quantity.hpp"
#include "flit/port_flit.hpp"
#include "link/wake_wheel.hpp"

namespace fs {

/// A timing wheel of arrivals. Every arrival wakes its chip, so each slot is taken at its own cycle; arrivals beyond
/// the wheel's reach wait in a map whose size follows what is in flight, not the distance.
class Inbox {
 public:
  struct Slot {
    std::vector<PortFlit> flits;      ///< at most one a port
    std::vector<CreditPulse> credits; ///< at most one a (port, VC)
    void clear() {
      flits.clear();
      credits.clear();
    }
  };

  /// `reach`: cycles ahead that the wheel covers; rounded up to a power of two.
  Inbox(WakeWheel& wheel, int chip, int reach);

  void put_flit(Cycles at, const PortFlit& flit) { at_cycle(at).flits.push_back(flit); }
  void put_credit(Cycles at, CreditPulse pulse) { at_cycle(at).credits.push_back(pulse); }

  /// Arrivals of `now`; the caller clears the slot when it is done.
  Slot& take(Cycles now) {
    Slot& slot = slots_[static_cast<std::size_t>(now.value()) & mask_];
    if (!far_.empty() && far_.begin()->first <= now.value()) take_far(now, slot);
    return slot;
  }

  /// Calls visit(flits, credits) for everything not yet taken: for the conservation check.
  template <class F>
  void for_each(F&& visit) const {
    for (const auto& slot : slots_) visit(slot);
    for (const auto& [cycle, slot] : far_) visit(slot);
  }

 private:
  Slot& at_cycle(Cycles at) {
    wheel_->wake(chip_, at);
    if (static_cast<std::size_t>(at.value() - wheel_->now().value()) > mask_) return far_[at.value()];
    return slots_[static_cast<std::size_t>(at.value()) & mask_];
  }
  void take_far(Cycles now, Slot& slot);

  WakeWheel* wheel_;
  int chip_;
  std::size_t mask_;
  std::vector<Slot> slots_;
  std::map<std::int64_t, Slot> far_;
};

}  // namespace fs
