// SPDX-License-Identifier: Apache-2.0
#include "transport/carrier/plain_carrier.hpp"

#include <algorithm>

#include "common/check.hpp"

namespace fs {

PlainCarrier::PlainCarrier(const Spec& spec)
    : out_free_(spec.rates.size()), in_free_(spec.rates.size()), group_of_(spec.group_of), latencies_(spec.latencies) {
  FS_CHECK(spec.group_of.size() == spec.rates.size(), "every endpoint has a group");
  for (const auto rate : spec.rates) clocks_.emplace_back(rate.value(), 1);
}

void PlainCarrier::post(const CarriedMessage& message, Femtoseconds now) {
  FS_CHECK(index(message.source) < clocks_.size() && index(message.target) < clocks_.size(), "an unknown endpoint");
  const std::size_t group = group_of_[index(message.source)];
  FS_CHECK(group == group_of_[index(message.target)], "endpoints of two groups");
  const Femtoseconds latency = latencies_[group];
  ++under_way_;
  auto& free = out_free_[index(message.source)];
  const Femtoseconds begin = std::max(now, free);
  free = begin + clocks_[index(message.source)].end_of(message.bytes.value());
  push({begin + latency, 0, false, free + latency, message});
}

Femtoseconds PlainCarrier::next_event() const { return events_.empty() ? Femtoseconds::max() : events_.top().time; }

void PlainCarrier::advance(Femtoseconds until) {
  while (!events_.empty() && events_.top().time <= until) {
    const Event event = events_.top();
    events_.pop();
    if (event.done) {
      --under_way_;
      sink_->delivered(event.message.id, event.time);
      continue;
    }
    const auto target = index(event.message.target);
    const Femtoseconds begin = std::max(event.time, in_free_[target]);
    in_free_[target] = std::max(begin + clocks_[target].end_of(event.message.bytes.value()), event.last_byte);
    push({in_free_[target], 0, true, in_free_[target], event.message});
  }
}

}  // namespace fs
