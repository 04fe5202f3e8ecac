// SPDX-License-Identifier: Apache-2.0
#include "tlm/carrier_module.hpp"

#include <algorithm>

#include "tlm/clock_domain.hpp"

namespace fs::tlm {
CarrierModule::CarrierModule(sc_core::sc_module_name name, MessageCarrier& carrier, Clock clock, Hooks hooks)
    : sc_module(name), carrier_(&carrier), clock_(clock), hooks_(std::move(hooks)) {
  carrier.report_to(*this);
  SC_METHOD(work);
  sensitive << due_;
  dont_initialize();
}

Femtoseconds CarrierModule::half_way(Femtoseconds time) const {
  const Femtoseconds half = clock_.period() / 2;
  if (time <= half) return half;
  return clock_.edge(clock_.at_or_after(time - half)) + half;
}

void CarrierModule::post(const CarriedMessage& message, Femtoseconds now) {
  posted_.push_back({message, now});
  ends_[message.id] = {message.source, message.target, message.bytes};
  due_.notify(to_sc_time(half_way(now + Femtoseconds(1)) - present()));
}

void CarrierModule::delivered(std::uint64_t id, Femtoseconds time) {
  digest_.add(ends_.at(id).source, id, time, Outcome::delivered);
  arrivals_.push_back({time, id});
  std::push_heap(arrivals_.begin(), arrivals_.end());
}

/// What was posted before now: at this very instant others may still post.
void CarrierModule::hand_over(Femtoseconds now) {
  const auto rest = std::stable_partition(posted_.begin(), posted_.end(), [&](const Posted& p) { return p.at < now; });
  std::sort(posted_.begin(), rest, [](const Posted& a, const Posted& b) { return a.message.id < b.message.id; });
  for (auto p = posted_.begin(); p != rest; ++p) carrier_->post(p->message, now);
  posted_.erase(posted_.begin(), rest);
}

void CarrierModule::work() {
  const Femtoseconds now = present();
  carrier_->advance(now);
  if (!posted_.empty()) {
    hand_over(now);
    carrier_->advance(now);
  }
  while (!arrivals_.empty() && arrivals_.front().time <= now) {
    const std::uint64_t id = arrivals_.front().id;
    std::pop_heap(arrivals_.begin(), arrivals_.end());
    arrivals_.pop_back();
    const auto ends = ends_.find(id);
    const NodeId target = ends->second.target;
    delivered_bytes_ += static_cast<std::uint64_t>(ends->second.bytes.value());
    ends_.erase(ends);
    hooks_.deliver(target, id);
  }
  sleep(now);
}

void CarrierModule::sleep(Femtoseconds now) {
  Femtoseconds next = carrier_->next_event();
  if (next != Femtoseconds::max()) next += carrier_->notice();
  if (!arrivals_.empty()) next = std::min(next, arrivals_.front().time);
  if (!posted_.empty()) next = std::min(next, now + Femtoseconds(1));
  if (next == Femtoseconds::max()) return;
  due_.notify(to_sc_time(half_way(std::max(next, now + Femtoseconds(1))) - now));
}

}  // namespace fs::tlm
