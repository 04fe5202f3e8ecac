// SPDX-License-Identifier: Apache-2.0
#include "fault/fabric_manager.hpp"

#include <algorithm>
#include <utility>

namespace fs {

FabricManager::FabricManager(const ManagerSpec& spec, RoutePlan plan, const Graph& graph, Clock clock)
    : spec_(spec),
      plan_(std::move(plan)),
      notice_cycles_(std::max(Cycles(1), clock.cycles_for(spec.notice_latency))),
      write_cycles_(std::max(Cycles(1), clock.cycles_for(spec.write_latency))),
      reaction_cycles_(clock.cycles_for(spec.reaction_time)),
      drain_cycles_(clock.cycles_for(spec.drain_time)),
      out_(graph.link_count()) {}

void FabricManager::notify(const ManagerNotice& notice, Cycles now) {
  letters_.push_back({now + notice_cycles_, notice});
}

Cycles FabricManager::next() const {
  Cycles next = decides_at_;
  if (!letters_.empty()) next = std::min(next, letters_.front().arrives);
  for (const PowerOff& off : power_offs_) next = std::min(next, off.at);
  return next;
}

void FabricManager::step(Cycles now) {
  std::size_t arrived = 0;
  for (; arrived < letters_.size() && letters_[arrived].arrives <= now; ++arrived) {
    if (table_.empty()) decides_at_ = std::min(decides_at_, letters_[arrived].arrives + reaction_cycles_);
    table_.push_back(std::move(letters_[arrived].notice));
  }
  letters_.erase(letters_.begin(), letters_.begin() + static_cast<std::ptrdiff_t>(arrived));
  if (decides_at_ <= now) decide(now);
  for (std::size_t i = 0; i < power_offs_.size();) {
    if (power_offs_[i].at > now) {
      ++i;
      continue;
    }
    ManagerDecision decision;
    decision.at = now;
    decision.faults = {power_offs_[i].fault};
    order(ManagerOrder::What::power_off, power_offs_[i].link, power_offs_[i].fault, now, decision);
    decisions_.push_back(decision);
    power_offs_.erase(power_offs_.begin() + static_cast<std::ptrdiff_t>(i));
  }
}

void FabricManager::order(ManagerOrder::What what, LinkId link, int fault, Cycles now, ManagerDecision& decision) {
  ManagerOrder made;
  made.what = what;
  made.at = now + write_cycles_;
  made.fault = fault;
  made.link = link;
  orders_.push_back(std::move(made));
  ++decision.others;
  decision.done = std::max(decision.done, now + write_cycles_);
}

void FabricManager::decide(Cycles now) {
  decides_at_ = Cycles::max();
  ManagerDecision decision;
  decision.at = now;
  decision.done = now;
  bool routes_change = std::exchange(reroute_waits_, false);
  decision.faults = std::exchange(waiting_faults_, {});
  std::vector<ManagerNotice> table;
  table.swap(table_);
  for (const ManagerNotice& notice : table) {
    const bool known = std::find(decision.faults.begin(), decision.faults.end(), notice.fault) != decision.faults.end();
    if (!known) decision.faults.push_back(notice.fault);
    if (notice.what == ManagerNotice::What::link_up || notice.what == ManagerNotice::What::healed) {
      for (const LinkId link : notice.links) out_[index(link)] = false;
      routes_change = true;
      continue;
    }
    switch (notice.reaction) {
      case Reaction::none:
        break;
      case Reaction::retrain:
        for (const LinkId link : notice.links) {
          order(ManagerOrder::What::retrain, link, notice.fault, now, decision);
        }
        break;
      case Reaction::narrow:
        if (notice.kind == FaultKind::bit_errors) {
          order(ManagerOrder::What::narrow, notice.links.front(), notice.fault, now, decision);
        }
        break;
      case Reaction::slow:
        if (notice.kind == FaultKind::bit_errors)
          order(ManagerOrder::What::slow, notice.links.front(), notice.fault, now, decision);
        break;
      case Reaction::drain:
        for (const LinkId link : notice.links) power_offs_.push_back({now + drain_cycles_, link, notice.fault});
        [[fallthrough]];
      case Reaction::respread:
        for (const LinkId link : notice.links) out_[index(link)] = true;
        routes_change = true;
        break;
      case Reaction::reset:
        order(ManagerOrder::What::reset, LinkId{}, notice.fault, now, decision);
        break;
      case Reaction::repair:
        order(ManagerOrder::What::repair, LinkId{}, notice.fault, now, decision);
        break;
      case Reaction::end_domain:
        decision.ended = true;
        order(ManagerOrder::What::end_domain, LinkId{}, notice.fault, now, decision);
        break;
    }
  }
  if (routes_change) reroute(now, decision);
  decisions_.push_back(std::move(decision));
}

void FabricManager::reroute(Cycles now, ManagerDecision& decision) {
  DynamicBits dead(static_cast<int>(out_.size()));
  for (std::size_t link = 0; link < out_.size(); ++link) {
    if (out_[link]) dead.set(static_cast<int>(link));
  }
  if (now >= settled_at_) plan_.settled();
  const RouteChanges changes = plan_.avoid(dead);
  decision.lost_pairs = changes.lost_pairs;
  if (changes.wait) {
    decision.waits = true;
    reroute_waits_ = true;
    waiting_faults_ = decision.faults;
    decides_at_ = settled_at_;
    return;
  }
  decision.refused = !changes.deadlock.free || changes.mixture;
  decision.rows = changes.rows.size();
  decision.masks = changes.masks.size();
  decision.stages = changes.stages;
  if (changes.stages > 0) write_routes(changes, now, decision);
}

/// One row a switch and cycle, one target a GPU and cycle; a stage begins a drain time after the one before has ended.
void FabricManager::write_routes(const RouteChanges& changes, Cycles now, ManagerDecision& decision) {
  const int fault = decision.faults.empty() ? no_fault : decision.faults.front();
  Cycles begin = now + write_cycles_;
  Cycles end = begin;
  const auto order = [&](ManagerOrder::What what, Cycles at) -> ManagerOrder& {
    ManagerOrder made;
    made.what = what;
    made.at = at;
    made.fault = fault;
    end = std::max(end, at);
    return orders_.emplace_back(std::move(made));
  };
  std::size_t row = 0, mask = 0;
  for (int stage = 0; stage < changes.stages; ++stage) {
    Cycles at = begin;
    for (std::size_t first = row; row < changes.rows.size() && changes.rows[row].stage == stage; ++row) {
      at = row == first || changes.rows[row].at != changes.rows[row - 1].at ? begin : at + Cycles(1);
      order(ManagerOrder::What::write_row, at).row = changes.rows[row];
    }
    for (std::size_t first = mask; mask < changes.masks.size() && changes.masks[mask].stage == stage; ++mask) {
      at = mask == first || changes.masks[mask].gpu != changes.masks[mask - 1].gpu ? begin : at + Cycles(1);
      order(ManagerOrder::What::set_links, at).mask = changes.masks[mask];
    }
    begin = end + drain_cycles_;
  }
  decision.done = std::max(decision.done, end);
  settled_at_ = end + drain_cycles_;
}

std::vector<ManagerOrder> FabricManager::take_orders() {
  std::stable_sort(orders_.begin(), orders_.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
  return std::exchange(orders_, {});
}

std::vector<ManagerDecision> FabricManager::take_decisions() { return std::exchange(decisions_, {}); }

}  // namespace fs
