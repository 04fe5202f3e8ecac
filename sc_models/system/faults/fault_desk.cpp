// SPDX-License-Identifier: Apache-2.0
#include "system/faults/fault_desk.hpp"

#include <algorithm>

#include "system/fabric/memory_system.hpp"
#include "system/fabric/running_fabric.hpp"

namespace fs {

namespace {

RoutePlan route_plan(const FabricPlan& plan) {
  return RoutePlan(plan.topology, plan.routing, plan.routes, plan.class_names(), plan.memory_paths(),
                   plan.faults.manager.recheck);
}

}  // namespace

FaultDesk::FaultDesk(RunningFabric& fabric, MemorySystem* memory, int number)
    : fabric_(&fabric),
      memory_(memory),
      number_(number),
      vcs_(static_cast<std::size_t>(fabric.plan().routes.plan().vcs())),
      schedule_(fabric.plan().faults, fabric.plan().topology.graph, fabric.plan().profile.core_clock,
                static_cast<int>(fabric.plan().profile.lanes.count), fabric.plan().seed),
      manager_(fabric.plan().faults.manager, route_plan(fabric.plan()), fabric.plan().topology.graph,
               fabric.plan().profile.core_clock),
      log_(static_cast<int>(fabric.plan().topology.graph.gpu_count()), fabric.plan().window.begin),
      active_(schedule_.faults().size()),
      answered_(active_.size()),
      counted_(active_.size()),
      overflowed_(active_.size()),
      broken_by_(fabric.plan().topology.graph.link_count(), no_fault),
      cuts_(broken_by_.size()),
      reported_down_(broken_by_.size()),
      dead_by_(fabric.plan().topology.graph.chip_count(), no_fault),
      deaths_(dead_by_.size()) {
  for (const Fault& fault : schedule_.faults()) {
    log_.add(fault);
    std::vector<ChipId> chips = fault.chips;
    if (fault.port) chips.push_back(fault.port->chip);
    if (fault.kind == FaultKind::credit_invented) {
      chips.push_back(fabric.plan().topology.graph.sink(*fault.channel).chip);
    }
    for (const ChipId chip : chips) {
      tlm::SwitchChip* breakable = fabric.switch_at(chip);
      if (breakable == nullptr) continue;
      tlm::SwitchTrouble& trouble = breakable->expect_trouble(static_cast<int>(index(chip)), *this);
      if (fault.kind == FaultKind::credit_invented) trouble.watch_overflow();
    }
  }
  fabric.observe_links(this);
}

Femtoseconds FaultDesk::edge(Cycles now) const { return fabric_->plan().profile.core_clock.edge(now); }

void FaultDesk::wake(Cycles at) {
  if (at < Cycles::max()) fabric_->domain().wheel().wake(number_, at);
}

void FaultDesk::mark(Cycles now, const std::string& what, const std::string& where) {
  fabric_->events().mark_event(edge(now), what, where);
}

Cycles FaultDesk::step(Cycles now) {
  // 1. What breaks, or mends itself.
  const auto& steps = schedule_.steps();
  while (next_step_ < steps.size() && steps[next_step_].at <= now) apply(steps[next_step_++], now);
  // 2. What is noticed.
  for (std::size_t i = 0; i < timers_.size();) {
    if (timers_[i].at > now) {
      ++i;
      continue;
    }
    const std::size_t fault = timers_[i].fault;
    timers_.erase(timers_.begin() + static_cast<std::ptrdiff_t>(i));
    look(fault, now);
  }
  // 3. The manager.
  manager_.step(now);
  for (const ManagerDecision& decision : manager_.take_decisions()) note(decision);
  auto made = manager_.take_orders();
  if (!made.empty()) {
    orders_.erase(orders_.begin(), orders_.begin() + static_cast<std::ptrdiff_t>(next_order_));
    next_order_ = 0;
    orders_.insert(orders_.end(), made.begin(), made.end());
    std::stable_sort(orders_.begin(), orders_.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
  }
  // 4. Its orders.
  while (next_order_ < orders_.size() && orders_[next_order_].at <= now) carry_out(orders_[next_order_++], now);
  // 5. Links of switches that came back.
  for (const LinkId link : to_advertise_) advertise_anew(link, now);
  to_advertise_.clear();
  Cycles next = manager_.next();
  if (next_step_ < steps.size()) next = std::min(next, steps[next_step_].at);
  for (const Timer& timer : timers_) next = std::min(next, timer.at);
  if (next_order_ < orders_.size()) next = std::min(next, orders_[next_order_].at);
  return next == Cycles::max() ? next : std::max(next, now + Cycles(1));
}

void FaultDesk::link_changed(const LinkNotice& notice) {
  const auto link = static_cast<LinkId>(notice.link);
  const Cycles now = fabric_->plan().profile.core_clock.at_or_after(notice.time);
  std::string where = fabric_->plan().topology.graph.link(link).name;
  if (notice.to == LinkState::degraded) {
    where +=
        ": " + std::to_string(notice.lanes) + " of " + std::to_string(fabric_->plan().profile.lanes.count) + " lanes";
    if (notice.slower_by > 1) where += ", 1/" + std::to_string(notice.slower_by) + " of the speed";
  }
  mark(now, std::string("link_") + link_state_name(notice.to), where);
  const int fault = broken_by_[index(link)];
  const bool fallen = notice.to == LinkState::down || notice.to == LinkState::off;
  const bool carries = notice.to == LinkState::up || notice.to == LinkState::degraded;
  const bool by_itself = notice.reason != LinkReason::command;
  if (fault != no_fault && !carries && by_itself && log_.detect(static_cast<std::size_t>(fault), notice.time)) {
    mark(now, "detected", log_.records()[static_cast<std::size_t>(fault)].where);
  }
  if (fallen && reported_down_[index(link)] == 0 && by_itself) {
    reported_down_[index(link)] = 1;
    ManagerNotice told;
    told.what = ManagerNotice::What::link_down;
    told.fault = fault;
    told.links = {link};
    const bool respread = fabric_->plan().faults.manager.respread_links;
    told.reaction = fault != no_fault ? reaction_of(static_cast<std::size_t>(fault)) : Reaction::respread;
    if (fault == no_fault || for_a_link_that_carries(told.reaction)) {
      told.reaction = respread ? Reaction::respread : Reaction::none;
    }
    manager_.notify(told, now);
    wake(std::max(manager_.next(), now + Cycles(1)));
  }
  if (!carries) return;
  if (reported_down_[index(link)] != 0) {
    reported_down_[index(link)] = 0;
    ManagerNotice told;
    told.what = ManagerNotice::What::link_up;
    told.fault = fault;
    told.links = {link};
    manager_.notify(told, now);
  }
  // Whatever waited for a link may be settled now.
  for (std::size_t i = 0; i < active_.size(); ++i) {
    const FaultRecord& record = log_.records()[i];
    if (record.began != not_yet && record.recovered == not_yet) timers_.push_back({now + Cycles(1), i});
  }
  wake(now + Cycles(1));
}

void FaultDesk::bury(PacketHandle handle, int fault, const char* cause, OperationStatus loss) {
  PacketPool& packets = fabric_->packets();
  const Packet packet = packets[handle];
  packets.release(handle);
  if (packet.husk) return;
  const Femtoseconds now = edge(Cycles(fabric_->domain().wheel().now()));
  fabric_->recorder().packet_dropped(packet, now);
  const bool asked = packet.transaction != TransactionHandle::none;
  log_.packet_lost(packet, asked ? &memory_->pools().transactions[packet.transaction] : nullptr, fault, cause);
  if (asked) end_journey(memory_->pools(), packet.transaction, loss);
}

void FaultDesk::flit_lost(const LostFlit& lost) {
  if (!lost.packet_ends) return;
  const auto [cause, loss] = loss_on(lost.channel, lost.cause);
  bury(lost.flit.handle, broken_by_[index(link_of(lost.channel))], cause, loss);
}

std::pair<const char*, OperationStatus> FaultDesk::loss_on(ChannelId channel, DropCause cause) const {
  const Graph& graph = fabric_->plan().topology.graph;
  const bool dead_end =
      dead_by_[index(graph.source(channel).chip)] != no_fault || dead_by_[index(graph.sink(channel).chip)] != no_fault;
  if (dead_end) return {"switch_down", OperationStatus::switch_lost};
  return {drop_cause_name(cause), OperationStatus::link_lost};
}

void FaultDesk::packet_poisoned(ChannelId, PacketHandle, Femtoseconds) {}

void FaultDesk::packet_wrong(ChannelId channel, PacketHandle handle) {
  const Packet& packet = fabric_->packets()[handle];
  const int fault = broken_by_[index(link_of(channel))];
  if (fault == no_fault) return;  // errors that the scenario gives its links from the beginning
  const bool asked = packet.transaction != TransactionHandle::none;
  log_.packet_wrong(packet, asked ? &memory_->pools().transactions[packet.transaction] : nullptr, fault);
}

void FaultDesk::flit_swallowed(int switch_number, const PortFlit& flit, Cycles now) {
  const auto chip = static_cast<ChipId>(switch_number);
  ++flits_lost_;
  // Its sender's link layer gives the credit back.
  const auto& peer = fabric_->plan().topology.graph.peer(chip, flit.port);
  fabric_->channel(peer->out).advertise(flit.vc, 1, now + Cycles(1));
  if (!flit.flit.tail()) return;
  const int invented = dead_by_[index(chip)] == no_fault ? invented_into(peer->in) : no_fault;
  if (invented != no_fault) {
    bury(flit.flit.handle, invented, "overflow", OperationStatus::link_lost);
  } else {
    bury(flit.flit.handle, dead_by_[index(chip)], "switch_down", OperationStatus::switch_lost);
  }
}

/// The fault that gives the sender of a channel credits for slots that do not exist.
int FaultDesk::invented_into(ChannelId channel) const {
  for (std::size_t i = 0; i < schedule_.faults().size(); ++i) {
    const Fault& fault = schedule_.faults()[i];
    if (fault.kind == FaultKind::credit_invented && active_[i] != 0 && *fault.channel == channel) {
      return static_cast<int>(i);
    }
  }
  return no_fault;
}

void FaultDesk::overflow(int switch_number, const PortFlit& flit, bool cut_short, Cycles now) {
  const auto chip = static_cast<ChipId>(switch_number);
  const bool put_back = cut_short && flit.flit.tail();  // it takes a slot later, and gives its credit back
  if (!put_back) ++flits_lost_;
  const ChannelId into = fabric_->plan().topology.graph.peer(chip, flit.port)->in;
  const int direction = static_cast<int>(index(opposite(into)) & 1U);
  if (!put_back) fabric_->live_link(link_of(into))->use_up_credit(direction, flit.vc);
  const int invented = invented_into(into);
  if (invented != no_fault) {
    const auto i = static_cast<std::size_t>(invented);
    if (overflowed_[i] == 0) timers_.push_back({now + Cycles(1), i});
    overflowed_[i] = 1;
    wake(now + Cycles(1));
  }
  if (!flit.flit.tail()) return;
  if (flit.flit.head() || !cut_short) {
    bury(flit.flit.handle, invented != no_fault ? invented : only_open_fault(), "overflow", OperationStatus::link_lost);
  } else {
    fabric_->packets()[flit.flit.handle].poisoned = true;
  }
}

void FaultDesk::packet_met(const Packet& packet, OperationStatus loss, Femtoseconds now) {
  int fault = no_fault;
  if (loss == OperationStatus::misrouted) {
    for (std::size_t i = 0; i < schedule_.faults().size(); ++i) {
      const Fault& f = schedule_.faults()[i];
      const bool row = f.kind == FaultKind::corrupt_route &&
                       f.spec->destination == static_cast<int>(index(packet.dst)) &&
                       f.spec->traffic_class == static_cast<int>(index(packet.cls));
      if (!row || active_[i] == 0) continue;
      fault = static_cast<int>(i);
      const Cycles at = fabric_->plan().profile.core_clock.at_or_after(now + detection_of(i)) + Cycles(1);
      timers_.push_back({at, i});
      wake(at);
      break;
    }
  } else {
    fault = only_open_fault();
  }
  const Transaction* transaction =
      packet.transaction == TransactionHandle::none ? nullptr : &memory_->pools().transactions[packet.transaction];
  log_.packet_lost(packet, transaction, fault, status_name(loss));
}

}  // namespace fs
