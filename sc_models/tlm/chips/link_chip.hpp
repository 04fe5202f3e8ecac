// SPDX-License-Identifier: Apache-2.0
// The links that retry, train or wait, stepped as one chip: after all others of a cycle.
#pragma once

#include "link/layer/link_scheduler.hpp"
#include "tlm/chips/chip.hpp"

namespace fs::tlm {

class LinkChip final : public Chip {
 public:
  LinkChip(WakeWheel& wheel, int number) : scheduler_(wheel, number) {}
  LinkScheduler& scheduler() { return scheduler_; }
  Cycles step(Cycles now) override { return scheduler_.step(now); }

 private:
  LinkScheduler scheduler_;
};

}  // namespace fs::tlm
