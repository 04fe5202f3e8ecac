// SPDX-License-Identifier: Apache-2.0
#include "transport/carrier/group_carrier.hpp"

#include <algorithm>

#include "common/check.hpp"

namespace fs {

GroupCarrier::GroupCarrier(std::vector<std::size_t> group_of, std::vector<std::unique_ptr<MessageCarrier>> carriers)
    : group_of_(std::move(group_of)), carriers_(std::move(carriers)) {
  std::vector<std::size_t> members(carriers_.size(), 0);
  for (const auto group : group_of_) place_.push_back(static_cast<NodeId>(members.at(group)++));
}

void GroupCarrier::report_to(MessageSink& sink) {
  for (auto& carrier : carriers_) carrier->report_to(sink);
}

void GroupCarrier::post(const CarriedMessage& message, Femtoseconds now) {
  const std::size_t group = group_of_.at(index(message.source));
  FS_CHECK(group == group_of_.at(index(message.target)), "endpoints of two groups");
  CarriedMessage inside = message;
  inside.source = place_[index(message.source)];
  inside.target = place_[index(message.target)];
  carriers_[group]->post(inside, now);
}

Femtoseconds GroupCarrier::next_event() const {
  Femtoseconds next = Femtoseconds::max();
  for (const auto& carrier : carriers_) next = std::min(next, carrier->next_event());
  return next;
}

void GroupCarrier::advance(Femtoseconds until) {
  for (auto& carrier : carriers_) carrier->advance(until);
}

std::uint64_t GroupCarrier::under_way() const {
  std::uint64_t count = 0;
  for (const auto& carrier : carriers_) count += carrier->under_way();
  return count;
}

}  // namespace fs
