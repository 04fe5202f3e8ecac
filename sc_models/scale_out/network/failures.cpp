// SPDX-License-Identifier: Apache-2.0
// Cables that are cut and mended, and switches that find out.
#include <algorithm>
#include <map>

#include "scale_out/network/scale_out_network.hpp"

namespace fs {

const char* to_string(LinkChange change) {
  switch (change) {
    case LinkChange::cut:
      return "cable cut";
    case LinkChange::mended:
      return "cable mended";
    case LinkChange::left_out:
      return "left out by switches";
    case LinkChange::used_again:
      return "used again by switches";
  }
  return "";
}

void ScaleOutNetwork::plan_failures() {
  design_ = std::make_unique<const NetRoutes>(graph_);
  left_out_.assign(graph_.links.size(), false);
  std::map<std::size_t, std::vector<LightInterval>> dark;
  for (const auto& failure : spec_.failures) dark[failure.link].push_back(failure.dark);
  const auto plan = [&](std::size_t link, const LightInterval& interval, LinkChange begin, LinkChange end) {
    planned_.push_back({interval.from, link, begin});
    if (interval.to != Femtoseconds::max()) planned_.push_back({interval.to, link, end});
  };
  for (const auto& [link, intervals] : dark) {
    const auto outages = joined(intervals);
    for (const auto& outage : outages) plan(link, outage, LinkChange::cut, LinkChange::mended);
    if (spec_.rerouting.kind == LineRecovery::Kind::none) continue;
    for (const auto& out : fs::left_out(spec_.rerouting, outages, Femtoseconds(0))) {
      plan(link, out, LinkChange::left_out, LinkChange::used_again);
    }
  }
  std::stable_sort(planned_.begin(), planned_.end(),
                   [](const PlannedChange& a, const PlannedChange& b) { return a.time < b.time; });
  for (const auto& change : planned_) {
    wires_->events.push(change.time, NetEventKind::link_changes, static_cast<std::uint32_t>(change.link),
                        static_cast<std::uint32_t>(change.change));
  }
}

/// All switches change their routes at once: who knows first is not modelled.
void ScaleOutNetwork::link_changes(std::size_t link, LinkChange change) {
  const NetPortId ends[] = {static_cast<NetPortId>(2 * link), static_cast<NetPortId>(2 * link + 1)};
  switch (change) {
    case LinkChange::cut:
      for (const NetPortId end : ends) wires_->cut(end);
      return;
    case LinkChange::mended:
      for (const NetPortId end : ends) wires_->mend(end);
      for (const NetPortId end : ends) switches_->mended(end);
      return;
    case LinkChange::left_out:
    case LinkChange::used_again:
      left_out_[link] = change == LinkChange::left_out;
      routes_ = NetRoutes(graph_, left_out_);
      return;
  }
}

}  // namespace fs
