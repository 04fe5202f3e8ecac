// SPDX-License-Identifier: Apache-2.0
// Several carriers as one: endpoints fall into groups, each with a carrier of its own.
#pragma once

#include <memory>
#include <vector>

#include "transport/carrier/message_carrier.hpp"

namespace fs {

/// Endpoints keep their order inside their group: the first of a group is its carrier's endpoint 0. Nothing goes from
/// group to group.
class GroupCarrier final : public MessageCarrier {
 public:
  GroupCarrier(std::vector<std::size_t> group_of, std::vector<std::unique_ptr<MessageCarrier>> carriers);

  void report_to(MessageSink& sink) override;
  void post(const CarriedMessage& message, Femtoseconds now) override;
  Femtoseconds next_event() const override;
  void advance(Femtoseconds until) override;
  std::uint64_t under_way() const override;

  const MessageCarrier& carrier(std::size_t group) const { return *carriers_[group]; }

 private:
  std::vector<std::size_t> group_of_;
  std::vector<NodeId> place_;  ///< by endpoint: in its group
  std::vector<std::unique_ptr<MessageCarrier>> carriers_;
};

}  // namespace fs
