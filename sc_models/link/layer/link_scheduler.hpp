// SPDX-License-Identifier: Apache-2.0
// Who among the links must be looked at in which cycle: links that retry, train or wait for a timer. All others cost
// nothing.
#pragma once

#include <algorithm>
#include <functional>
#include <queue>
#include <utility>
#include <vector>

#include "common/quantity.hpp"
#include "link/wake_wheel.hpp"

namespace fs {

/// Something that asks to be stepped at cycles of its own choice.
class LinkService {
 public:
  virtual ~LinkService() = default;
  virtual void service(Cycles now) = 0;
};

/// Steps services in the order (cycle, number). Runs as a chip of its own, after all others of the cycle, so that what
/// a service finds does not depend on which chips were awake.
class LinkScheduler {
 public:
  /// Without a wheel someone else calls step() whenever next() is due (tests).
  LinkScheduler() = default;
  LinkScheduler(WakeWheel& wheel, int chip) : wheel_(&wheel), chip_(chip) {}

  int add(LinkService& service) {
    services_.push_back(&service);
    asked_.push_back(Cycles::max());
    return static_cast<int>(services_.size()) - 1;
  }
  /// Service `number` is stepped at `at`, which is not before the present cycle; an earlier wish stands. What it
  /// still waits for after that it must ask for again.
  void wake(int number, Cycles at) {
    Cycles& asked = asked_[static_cast<std::size_t>(number)];
    if (asked <= at) return;
    asked = at;
    due_.push({at.value(), number});
    if (wheel_ != nullptr) wheel_->wake(chip_, std::max(at, wheel_->now() + Cycles(1)));
  }
  /// Steps what is due at `now`; returns the next due cycle, Cycles::max() when there is none.
  Cycles step(Cycles now) {
    while (!due_.empty() && due_.top().first <= now.value()) {
      const auto [at, number] = due_.top();
      due_.pop();
      const auto n = static_cast<std::size_t>(number);
      if (asked_[n].value() != at) continue;  // it asked for an earlier one since
      asked_[n] = Cycles::max();
      services_[n]->service(now);
    }
    return next();
  }
  Cycles next() const { return due_.empty() ? Cycles::max() : Cycles(due_.top().first); }

 private:
  using Due = std::pair<std::int64_t, int>;
  WakeWheel* wheel_ = nullptr;
  int chip_ = 0;
  std::vector<LinkService*> services_;
  std::vector<Cycles> asked_;
  std::priority_queue<Due, std::vector<Due>, std::greater<>> due_;
};

}  // namespace fs
