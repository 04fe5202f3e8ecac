// SPDX-License-Identifier: Apache-2.0
// Cables that are cut and mended, switches that fail and come back, and switches that find out.
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
    case LinkChange::switch_down:
      return "switch down";
    case LinkChange::switch_up:
      return "switch up";
  }
  return "";
}

/// A switch that fails takes its cables with it; for what it holds it goes first.
void ScaleOutNetwork::plan_failures() {
  design_ = std::make_unique<const NetRoutes>(graph_);
  left_out_.assign(graph_.links.size(), false);
  std::map<std::size_t, std::vector<LightInterval>> dark;
  std::map<std::size_t, bool> of_switch;  // links that go dark for no other reason
  const auto plan = [&](std::size_t place, const LightInterval& interval, LinkChange begin, LinkChange end) {
    const bool quiet = begin != LinkChange::switch_down && of_switch[place];
    planned_.push_back({interval.from, place, begin, quiet});
    if (interval.to != Femtoseconds::max()) planned_.push_back({interval.to, place, end, quiet});
  };
  std::map<NetNodeId, std::vector<LightInterval>> dead;
  for (const auto& failure : spec_.switch_failures) dead[failure.node].push_back(failure.dead);
  for (const auto& [node, intervals] : dead) {
    for (const auto& interval : joined(intervals)) {
      plan(index(node), interval, LinkChange::switch_down, LinkChange::switch_up);
      for (std::size_t link = 0; link < graph_.links.size(); ++link) {
        if (graph_.links[link].first != node && graph_.links[link].second != node) continue;
        dark[link].push_back(interval);
        of_switch[link] = true;
      }
    }
  }
  for (const auto& failure : spec_.failures) {
    dark[failure.link].push_back(failure.dark);
    of_switch[failure.link] = false;
  }
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
    wires_->events.push(change.time, NetEventKind::link_changes, static_cast<std::uint32_t>(change.place),
                        static_cast<std::uint32_t>(change.change));
  }
}

/// All switches change their routes at once: who knows first is not modelled.
void ScaleOutNetwork::change(std::size_t place, LinkChange change) {
  const Femtoseconds now = planned_[next_planned_++].time;
  const NetPortId ends[] = {static_cast<NetPortId>(2 * place), static_cast<NetPortId>(2 * place + 1)};
  bool changed = false;
  switch (change) {
    case LinkChange::cut:
      for (const NetPortId end : ends) wires_->cut(end);
      break;
    case LinkChange::mended:
      for (const NetPortId end : ends) wires_->mend(end);
      for (const NetPortId end : ends) switches_->mended(end);
      break;
    case LinkChange::left_out:
    case LinkChange::used_again:
      left_out_[place] = change == LinkChange::left_out;
      changed = true;
      break;
    case LinkChange::switch_down:
      switches_->die(static_cast<NetNodeId>(place));
      break;
    case LinkChange::switch_up:  // its cables carry again, each by itself
      break;
  }
  routes_are_old_ |= changed;
  const bool more = next_planned_ < planned_.size() && planned_[next_planned_].time == now;
  if (!routes_are_old_ || more) return;  // once for all that changes at this instant
  routes_ = NetRoutes(graph_, left_out_);
  routes_are_old_ = false;
}

}  // namespace fs
