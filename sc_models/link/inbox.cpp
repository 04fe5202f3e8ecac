// SPDX-License-Identifier: Apache-2.0
#include "link/inbox.hpp"

#include <algorithm>

namespace fs {

Inbox::Inbox(WakeWheel& wheel, int chip, int reach) : wheel_(&wheel), chip_(chip) {
  std::size_t size = 4;
  while (size < static_cast<std::size_t>(reach) + 1) size *= 2;
  slots_.resize(std::min<std::size_t>(size, WakeWheel::slot_count));
  lends_ = slots_.size() > few_slots;
  mask_ = slots_.size() - 1;
  near_ = std::min<std::size_t>(mask_, WakeWheel::near_count - 1);
  first_slot_ = slots_.data();
}

Inbox::Slot& Inbox::at_later_cycle(Cycles at) {
  const bool within = static_cast<std::size_t>(at.value() - wheel_->now().value()) <= mask_;
  Slot& slot = within ? slots_[static_cast<std::size_t>(at.value()) & mask_] : far_[at.value()];
  if (slot.empty()) wheel_->wake(chip_, at);  // else whoever filled it has done so
  if (!within) plain_ = false;
  return slot;
}

void Inbox::watch(ArrivalProbe* probe) {
  probe_ = probe;
  plain_ = false;
}

void Inbox::take_otherwise(Cycles now, Slot& slot) {
  take_far(now, slot);
  plain_ = far_.empty() && probe_ == nullptr;
  if (probe_ == nullptr) return;
  probe_->arrived(slot.flits.data(), slot.flits.size(), slot.credits.data(), slot.credits.size(), now);
}

void Inbox::take_far(Cycles now, Slot& slot) {
  while (!far_.empty() && far_.begin()->first <= now.value()) {
    const Slot& far = far_.begin()->second;
    for (const auto& flit : far.flits) slot.flits.push_back(flit);
    for (const auto& credit : far.credits) slot.credits.push_back(credit);
    far_.erase(far_.begin());
  }
}

}  // namespace fs
