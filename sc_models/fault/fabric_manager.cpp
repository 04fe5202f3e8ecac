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
    if (table_.empty()) decides_at_ = letters_[arrived].arrives + reaction_cycles_;
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
  bool routes_change = false;
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
  const RouteChanges changes = plan_.avoid(dead);
  decision.lost_pairs = changes.lost_pairs;
  decision.refused = !changes.deadlock.free;
  decision.rows = changes.rows.size();
  decision.masks = changes.masks.size();
  const int fault = decision.faults.empty() ? no_fault : decision.faults.front();
  Cycles at{0};
  for (std::size_t i = 0; i < changes.rows.size(); ++i) {
    const bool next_switch = i == 0 || changes.rows[i].at != changes.rows[i - 1].at;
    at = next_switch ? now + write_cycles_ : at + Cycles(1);
    ManagerOrder made;
    made.what = ManagerOrder::What::write_row;
    made.at = at;
    made.fault = fault;
    made.row = changes.rows[i];
    orders_.push_back(std::move(made));
    decision.done = std::max(decision.done, at);
  }
  for (std::size_t i = 0; i < changes.masks.size(); ++i) {
    const bool next_gpu = i == 0 || changes.masks[i].gpu != changes.masks[i - 1].gpu;
    at = next_gpu ? now + write_cycles_ : at + Cycles(1);
    ManagerOrder made;
    made.what = ManagerOrder::What::set_links;
    made.at = at;
    made.fault = fault;
    made.mask = changes.masks[i];
    orders_.push_back(std::move(made));
    decision.done = std::max(decision.done, at);
  }
}

std::vector<ManagerOrder> FabricManager::take_orders() {
  std::stable_sort(orders_.begin(), orders_.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
  return std::exchange(orders_, {});
}

std::vector<ManagerDecision> FabricManager::take_decisions() { return std::exchange(decisions_, {}); }

}  // namespace fs
