// SPDX-License-Identifier: Apache-2.0
// The desk's eyes, and the arm of the fabric manager: what notices a fault and when, and what is done about it.
#include <algorithm>

#include "common/check.hpp"
#include "system/fabric/conservation.hpp"
#include "system/fabric/memory_system.hpp"
#include "system/fabric/running_fabric.hpp"
#include "system/faults/fault_desk.hpp"

namespace fs {

Reaction FaultDesk::reaction_of(std::size_t number) const {
  const Fault& fault = schedule_.faults()[number];
  return fault.spec->reaction.value_or(fabric_->plan().faults.manager.reaction[static_cast<std::size_t>(fault.kind)]);
}

Femtoseconds FaultDesk::detection_of(std::size_t number) const {
  const Fault& fault = schedule_.faults()[number];
  return fault.spec->detect.value_or(fabric_->plan().faults.manager.detect[static_cast<std::size_t>(fault.kind)]);
}

std::uint64_t FaultDesk::frames_failed(std::size_t number, Cycles now) const {
  std::uint64_t sum = 0;
  for (const LinkId link : schedule_.faults()[number].links) {
    for (int direction = 0; direction < 2; ++direction) {
      const LinkCounters counters = fabric_->live_link(link)->counters(direction, now);
      sum += counters.frames_lost;
    }
  }
  return sum;
}

/// Starts what would notice the fault, where no part of the fabric says so by itself.
void FaultDesk::watch(std::size_t number, Cycles now) {
  const Clock& clock = fabric_->plan().profile.core_clock;
  switch (schedule_.faults()[number].kind) {
    case FaultKind::bit_errors:
      counted_[number] = frames_failed(number, now);
      timers_.push_back({now + clock.cycles_for(fabric_->plan().faults.manager.error_window), number});
      break;
    case FaultKind::switch_down:
    case FaultKind::tray_down: {
      // Its neighbours see their signal go, and wait as long as they do for any link that it comes back.
      const TrainingFormat& training = fabric_->plan().profile.training;
      const Femtoseconds silence = training.signal_lost + training.give_up + detection_of(number);
      timers_.push_back({now + std::max(Cycles(1), clock.cycles_for(silence)), number});
      break;
    }
    case FaultKind::credit_lost:
    case FaultKind::credit_invented:
    case FaultKind::stuck_vc:
    case FaultKind::frozen_arbiter:
      timers_.push_back({now + std::max(Cycles(1), clock.cycles_for(detection_of(number))), number});
      break;
    default:
      break;
  }
}

/// A detector's time has come.
void FaultDesk::look(std::size_t number, Cycles now) {
  const Fault& fault = schedule_.faults()[number];
  const Clock& clock = fabric_->plan().profile.core_clock;
  switch (fault.kind) {
    case FaultKind::bit_errors: {
      if (active_[number] == 0) break;
      const ManagerSpec& manager = fabric_->plan().faults.manager;
      const std::uint64_t seen = frames_failed(number, now);
      const auto threshold = static_cast<std::uint64_t>(manager.error_threshold);
      if (seen - counted_[number] >= threshold) detect(number, now);
      counted_[number] = seen;
      if (log_.records()[number].detected == not_yet) {
        timers_.push_back({now + clock.cycles_for(manager.error_window), number});
      }
      break;
    }
    case FaultKind::credit_lost: {
      const int direction = static_cast<int>(index(opposite(*fault.channel)) & 1U);
      const auto vc = static_cast<VcId>(fault.spec->vc);
      const int lost = fabric_->live_link(fault.links.front())->lost_credits(direction, vc);
      if (lost > 0) {
        detect(number, now);
      } else if (answered_[number] == 0) {
        timers_.push_back({now + std::max(Cycles(1), clock.cycles_for(detection_of(number))), number});
      }
      break;
    }
    case FaultKind::switch_down:
    case FaultKind::tray_down:
      if (active_[number] == 0 || log_.records()[number].detected != not_yet) break;
      for (const LinkId link : fault.links) reported_down_[index(link)] = 1;
      detect(number, now);
      break;
    case FaultKind::credit_invented:
      if (active_[number] == 0) break;
      if (overflowed_[number] != 0 || more_credits_than_slots(*fabric_, *fault.channel)) {
        detect(number, now);
      } else {
        timers_.push_back({now + std::max(Cycles(1), clock.cycles_for(detection_of(number))), number});
      }
      break;
    case FaultKind::corrupt_route:
    case FaultKind::stuck_vc:
    case FaultKind::frozen_arbiter:
      if (active_[number] != 0) detect(number, now);
      break;
    default:
      break;
  }
  check_settled(number, now);
}

ManagerNotice FaultDesk::notice_of(std::size_t number) const {
  const Graph& graph = fabric_->plan().topology.graph;
  const Fault& fault = schedule_.faults()[number];
  ManagerNotice notice;
  const bool dead = fault.kind == FaultKind::switch_down || fault.kind == FaultKind::tray_down;
  notice.what = dead ? ManagerNotice::What::link_down : ManagerNotice::What::suspect;
  notice.kind = fault.kind;
  notice.fault = static_cast<int>(number);
  notice.reaction = reaction_of(number);
  notice.links = fault.links;
  if (fault.port) notice.links = {link_of(graph.peer(fault.port->chip, fault.port->port)->out)};
  if (fault.kind == FaultKind::frozen_arbiter && !fault.port) {
    notice.links = links_of(fault.chips.front());
  }
  return notice;
}

void FaultDesk::detect(std::size_t number, Cycles now) {
  if (!log_.detect(number, edge(now))) return;
  mark(now, "detected", schedule_.faults()[number].where);
  manager_.notify(notice_of(number), now);
}

void FaultDesk::note(const ManagerDecision& decision) {
  std::string text = "decides";
  if (decision.ended) text = "ends_domain";
  if (decision.refused) text = "reroute_refused";
  if (decision.waits) text = "reroute_waits";
  std::string where = "manager";
  if (decision.rows + decision.masks > 0) {
    where += ": " + std::to_string(decision.rows) + " rows, " + std::to_string(decision.masks) + " link masks";
    if (decision.stages > 1) where += ", in " + std::to_string(decision.stages) + " stages";
  }
  mark(decision.at, text, where);
  for (const int fault : decision.faults) {
    if (fault == no_fault) continue;
    const auto number = static_cast<std::size_t>(fault);
    // Sources of open loops each own a link, and stay with it.
    const std::size_t masks = memory_ == nullptr ? 0 : decision.masks;
    const bool nothing = decision.rows + masks + decision.others == 0;
    if (log_.records()[number].reacted != not_yet) continue;
    const Reaction asked = reaction_of(number);
    const bool around = decision.rows + masks > 0 && for_a_link_that_carries(asked);  // it had gone down
    if (!nothing) log_.react(number, edge(decision.done), reaction_name(around ? Reaction::respread : asked));
    answered_[number] = nothing ? 0 : 1;
    timers_.push_back({decision.done + Cycles(1), number});  // after its last order
  }
}

void FaultDesk::carry_out(const ManagerOrder& order, Cycles now) {
  switch (order.what) {
    case ManagerOrder::What::write_row:
      fabric_->switch_at(order.row.at)->core().write_route(order.row.cls, order.row.dst, order.row.row);
      break;
    case ManagerOrder::What::set_links:
      if (memory_ != nullptr)
        memory_->gpu(order.mask.gpu).core().reroute(order.mask.target, order.mask.links, edge(now));
      break;
    case ManagerOrder::What::retrain: {
      LiveLink& link = *fabric_->live_link(order.link);
      if (link.state() == LinkState::down || link.state() == LinkState::off) {
        link.power_on(now);
      } else {
        link.retrain(now);
      }
      mark(now, "retrain", link.name());
      set_right(order.link, order.fault, now);
      break;
    }
    case ManagerOrder::What::power_off:
      fabric_->live_link(order.link)->power_off(now);
      mark(now, "power_off", fabric_->live_link(order.link)->name());
      break;
    case ManagerOrder::What::narrow: {
      const Fault& fault = schedule_.faults()[static_cast<std::size_t>(order.fault)];
      if (fault.lane >= 0) fabric_->live_link(order.link)->lose_lane(fault.lane, now);
      break;
    }
    case ManagerOrder::What::slow:
      if (order.fault != no_fault && active_[static_cast<std::size_t>(order.fault)] == 0) break;  // over meanwhile
      fabric_->live_link(order.link)->slow_down(LinkReason::command, now);
      mark(now, "slow", fabric_->live_link(order.link)->name());
      break;
    case ManagerOrder::What::reset:
      reset_switch(static_cast<std::size_t>(order.fault), now);
      break;
    case ManagerOrder::What::repair:
      if (order.fault != no_fault) {
        const auto number = static_cast<std::size_t>(order.fault);
        write_route(number, true);
        active_[number] = 0;
        mark(now, "repaired", schedule_.faults()[number].where);
      }
      break;
    case ManagerOrder::What::end_domain:
      end_domain(now);
      break;
  }
  if (order.fault != no_fault) check_settled(static_cast<std::size_t>(order.fault), now);
}

void FaultDesk::reset_switch(std::size_t number, Cycles now) {
  const Graph& graph = fabric_->plan().topology.graph;
  const Fault& fault = schedule_.faults()[number];
  const ChipId chip = fault.port ? fault.port->chip : fault.chips.front();
  if (active_[number] == 0 || dead_by_[index(chip)] != no_fault) return;
  mark(now, "reset", graph.chip(chip).name);
  const std::vector<LinkId> links = links_of(chip);
  dead_by_[index(chip)] = static_cast<int>(number);
  for (const LinkId link : links) {
    broken_by_[index(link)] = static_cast<int>(number);
    ++cuts_[index(link)];
    fabric_->live_link(link)->power_off(now);
  }
  kill_switch(chip, number, now);
  let_go(number, now);
  active_[number] = 0;
  revive_switch(chip, now);
  for (const LinkId link : links) restore(link, now);
}

/// Training agrees on credits anew, and resets the VCs of the port.
void FaultDesk::set_right(LinkId link, int fault, Cycles now) {
  for (int direction = 0; direction < 2; ++direction) {
    for (std::size_t v = 0; v < vcs_; ++v) {
      fabric_->live_link(link)->set_credits_right(direction, static_cast<VcId>(v), now);
    }
  }
  if (fault == no_fault) return;
  const auto number = static_cast<std::size_t>(fault);
  const FaultKind kind = schedule_.faults()[number].kind;
  if (kind == FaultKind::stuck_vc && active_[number] != 0) let_go(number, now);
  if (kind == FaultKind::stuck_vc || kind == FaultKind::credit_lost || kind == FaultKind::credit_invented) {
    active_[number] = 0;
  }
}

void FaultDesk::end_domain(Cycles now) {
  if (domain_ended_ || memory_ == nullptr) return;
  domain_ended_ = true;
  const auto gpus = static_cast<std::uint16_t>(fabric_->plan().topology.graph.gpu_count());
  for (std::uint16_t n = 0; n < gpus; ++n) memory_->halt(static_cast<NodeId>(n));
  for (std::uint16_t n = 0; n < gpus; ++n) {
    memory_->gpu(static_cast<NodeId>(n)).core().end_all(OperationStatus::domain_ended, edge(now));
  }
}

/// A fault is settled when what it broke works again, or nobody uses it any more.
void FaultDesk::check_settled(std::size_t number, Cycles now) {
  const Fault& fault = schedule_.faults()[number];
  const FaultRecord& record = log_.records()[number];
  if (record.began == not_yet) return;
  bool settled = record.reacted != not_yet && record.reacted <= edge(now) && answered_[number] != 0;
  const bool trains =
      record.reaction == reaction_name(Reaction::retrain) || record.reaction == reaction_name(Reaction::slow);
  if (settled && trains) {
    for (const LinkId link : notice_of(number).links) {
      const LinkState state = fabric_->live_link(link)->state();
      settled = settled && (state == LinkState::up || state == LinkState::degraded);
    }
  }
  const bool flaps_on = fault.kind == FaultKind::link_flap && now < fault.until;
  if (flaps_on && !settled) return;
  const bool was_reset = record.reaction == reaction_name(Reaction::reset);
  if (was_reset) settled = active_[number] == 0;
  if (settled && was_reset) {
    for (std::size_t link = 0; link < broken_by_.size(); ++link) {
      if (broken_by_[link] != static_cast<int>(number)) continue;
      const LinkState state = fabric_->live_link(static_cast<LinkId>(link))->state();
      settled = settled && (state == LinkState::up || state == LinkState::degraded);
    }
  }
  if (active_[number] == 0 && record.ended != not_yet && !was_reset) {
    settled = true;
    for (const LinkId link : fault.links) {
      if (broken_by_[index(link)] != static_cast<int>(number)) continue;
      const LinkState state = fabric_->live_link(link)->state();
      settled = settled && (state == LinkState::up || state == LinkState::degraded);
    }
    if (settled) {
      for (const LinkId link : fault.links) {
        if (broken_by_[index(link)] == static_cast<int>(number)) broken_by_[index(link)] = no_fault;
      }
    }
  }
  // The link has answered by itself.
  const bool slower = fault.kind == FaultKind::speed_loss;
  const bool narrow = (fault.kind == FaultKind::lane_loss || slower) &&
                      fabric_->live_link(fault.links.front())->state() == LinkState::degraded;
  if (narrow && record.reacted == not_yet) {
    log_.react(number, edge(now), reaction_name(slower ? Reaction::slow : Reaction::narrow));
  }
  if (settled || narrow) log_.settle(number, edge(now));
}

}  // namespace fs
