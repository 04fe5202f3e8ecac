// SPDX-License-Identifier: Apache-2.0
#include "link/inbox.hpp"

namespace fs {

Inbox::Inbox(WakeWheel& wheel, int chip, int reach) : wheel_(&wheel), chip_(chip) {
  std::size_t size = 4;
  while (size < static_cast<std::size_t>(reach) + 1) size *= 2;
  slots_.resize(size);
  mask_ = size - 1;
}

void Inbox::take_far(Cycles now, Slot& slot) {
  while (!far_.empty() && far_.begin()->first <= now.value()) {
    const Slot& far = far_.begin()->second;
    slot.flits.insert(slot.flits.end(), far.flits.begin(), far.flits.end());
    slot.credits.insert(slot.credits.end(), far.credits.begin(), far.credits.end());
    far_.erase(far_.begin());
  }
}

}  // namespace fs
