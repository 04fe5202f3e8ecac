// SPDX-License-Identifier: Apache-2.0
// The desk's hands: how each fault is done to the fabric, and undone.
#include <algorithm>

#include "common/check.hpp"
#include "system/fabric/conservation.hpp"
#include "system/fabric/memory_system.hpp"
#include "system/fabric/running_fabric.hpp"
#include "system/faults/fault_desk.hpp"

namespace fs {

void FaultDesk::apply(const FaultStep& step, Cycles now) {
  const Fault& fault = schedule_.faults()[step.fault];
  switch (step.what) {
    case FaultStep::What::begin:
      mark(now, fault_kind_name(fault.kind), fault.where);
      return begin(step.fault, now);
    case FaultStep::What::again:
      log_.begin(step.fault, edge(now));
      active_[step.fault] = 1;
      for (const LinkId link : fault.links) cut(link, step.fault, now);
      return;
    case FaultStep::What::ramp:
      return set_errors(step.fault, step.ratio, now);
    case FaultStep::What::end:
      return end(step.fault, now);
  }
}

void FaultDesk::begin(std::size_t number, Cycles now) {
  const Fault& fault = schedule_.faults()[number];
  active_[number] = 1;
  log_.begin(number, edge(now));
  switch (fault.kind) {
    case FaultKind::bit_errors:
      if (fault.spec->from_ratio > 0) set_errors(number, fault.spec->from_ratio, now);
      break;
    case FaultKind::lane_loss:
      broken_by_[index(fault.links.front())] = static_cast<int>(number);
      fabric_->live_link(fault.links.front())->lose_lane(fault.lane, now);
      break;
    case FaultKind::link_down:
    case FaultKind::link_flap:
      for (const LinkId link : fault.links) cut(link, number, now);
      break;
    case FaultKind::switch_down:
    case FaultKind::tray_down:
      // What its link layers kept is gone with it: nothing may be replayed. Its neighbours are told by watch().
      for (const LinkId link : fault.links) {
        broken_by_[index(link)] = static_cast<int>(number);
        ++cuts_[index(link)];
      }
      for (const ChipId chip : fault.chips) dead_by_[index(chip)] = static_cast<int>(number);
      for (const LinkId link : fault.links) fabric_->live_link(link)->power_off(now);
      for (const ChipId chip : fault.chips) kill_switch(chip, number, now);
      break;
    case FaultKind::gpu_gone:
      for (const LinkId link : fault.links) cut(link, number, now);
      kill_gpu(fault.chips.front(), now);
      break;
    case FaultKind::credit_lost:
    case FaultKind::credit_invented: {
      // Credits for a channel travel on its opposite.
      const int direction = static_cast<int>(index(opposite(*fault.channel)) & 1U);
      const int count = fault.kind == FaultKind::credit_lost ? fault.spec->credits : -fault.spec->credits;
      fabric_->live_link(fault.links.front())->lose_credits(direction, static_cast<VcId>(fault.spec->vc), count);
      break;
    }
    case FaultKind::stuck_vc:
      fabric_->switch_at(fault.port->chip)
          ->trouble()
          ->stick(static_cast<int>(index(fault.port->port)), fault.spec->vc, true);
      break;
    case FaultKind::frozen_arbiter:
      if (fault.port) {
        fabric_->switch_at(fault.port->chip)->freeze(fault.port->port, true);
      } else {
        tlm::SwitchChip* chip = fabric_->switch_at(fault.chips.front());
        for (int port = 0; port < chip->config().core.ports; ++port) chip->freeze(static_cast<PortId>(port), true);
      }
      break;
    case FaultKind::corrupt_route:
      write_route(number, false);
      break;
    case FaultKind::speed_loss:
      broken_by_[index(fault.links.front())] = static_cast<int>(number);
      fabric_->live_link(fault.links.front())->slow_down(LinkReason::speed_changed, now);
      break;
  }
  watch(number, now);
}

void FaultDesk::end(std::size_t number, Cycles now) {
  const Fault& fault = schedule_.faults()[number];
  if (active_[number] == 0) return;
  active_[number] = 0;
  log_.end(number, edge(now));
  mark(now, std::string(fault_kind_name(fault.kind)) + "_over", fault.where);
  switch (fault.kind) {
    case FaultKind::bit_errors:
      set_errors(number, 0, now);
      fabric_->live_link(fault.links.front())->allow_full_speed(now);
      if (reaction_of(number) == Reaction::narrow && fault.lane >= 0) {
        fabric_->live_link(fault.links.front())->restore_lane(fault.lane, now);
      }
      break;
    case FaultKind::lane_loss:
      fabric_->live_link(fault.links.front())->restore_lane(fault.lane, now);
      break;
    case FaultKind::switch_down:
    case FaultKind::tray_down:
      for (const ChipId chip : fault.chips) revive_switch(chip, now);
      [[fallthrough]];
    case FaultKind::link_down:
    case FaultKind::link_flap:
    case FaultKind::gpu_gone:
      for (const LinkId link : fault.links) restore(link, now);
      break;
    case FaultKind::credit_lost:
    case FaultKind::credit_invented:
      break;
    case FaultKind::stuck_vc:
    case FaultKind::frozen_arbiter:
      let_go(number, now);
      break;
    case FaultKind::corrupt_route:
      write_route(number, true);
      break;
    case FaultKind::speed_loss:
      fabric_->live_link(fault.links.front())->allow_full_speed(now);
      break;
  }
  check_settled(number, now);
}

void FaultDesk::cut(LinkId link, std::size_t fault, Cycles now) {
  broken_by_[index(link)] = static_cast<int>(fault);
  ++cuts_[index(link)];
  fabric_->live_link(link)->cut(now);
}

void FaultDesk::restore(LinkId link, Cycles now) {
  if (--cuts_[index(link)] > 0) return;
  LiveLink& live = *fabric_->live_link(link);
  live.restore(now);
  // One that went down by itself comes up by itself, or waits for a command (`auto_up`).
  if (live.state() == LinkState::off) live.power_on(now);
}

PacketHandle FaultDesk::successor(PacketHandle handle, Cycles now) {
  PacketPool& packets = fabric_->packets();
  const PacketHandle heir = packets.acquire();
  Packet& before = packets[handle];
  Packet& after = packets[heir];
  after = before;
  after.poisoned = true;
  after.ledger.clear();
  after.ledger.add(Cause::retry, edge(now) - after.created);
  after.mark = edge(now);
  before.husk = true;
  before.transaction = TransactionHandle::none;
  return heir;
}

void FaultDesk::kill_switch(ChipId chip, std::size_t fault, Cycles now) {
  const Graph& graph = fabric_->plan().topology.graph;
  tlm::SwitchChip& sw = *fabric_->switch_at(chip);
  if (++deaths_[index(chip)] > 1) return;  // dead already
  const tlm::SwitchChip::Death death = sw.die(now);
  flits_lost_ += death.flits;
  for (std::uint16_t p = 0; p < graph.chip(chip).ports; ++p) {
    const auto port = static_cast<PortId>(p);
    const auto& peer = graph.peer(chip, port);
    if (!peer) continue;
    // Half packets that have left it go on, poisoned.
    flits_made_up_ += fabric_->channel(peer->out).layer()->end_half_packets(
        now, [&](PacketHandle handle) { return successor(handle, now); });
    for (std::size_t v = 0; v < vcs_; ++v) {
      const auto vc = static_cast<VcId>(v);
      // Its neighbours get the slots back that it held full.
      const int held = death.slots[static_cast<std::size_t>(p) * vcs_ + v];
      if (held > 0) fabric_->channel(peer->out).advertise(vc, held, now + Cycles(1));
    }
  }
  for (const PacketHandle handle : death.tails) {
    bury(handle, static_cast<int>(fault), "switch_down", OperationStatus::switch_lost);
  }
}

void FaultDesk::revive_switch(ChipId chip, Cycles now) {
  if (--deaths_[index(chip)] > 0) return;
  dead_by_[index(chip)] = no_fault;
  end_hangs(chip, now);
  fabric_->switch_at(chip)->trouble()->revive();
  // Towards links that stay dead, too: they take flits and give credit for them.
  for (const LinkId link : links_of(chip)) to_advertise_.push_back(link);
}

/// What hung in a switch is gone when its power was.
void FaultDesk::end_hangs(ChipId chip, Cycles now) {
  for (std::size_t number = 0; number < active_.size(); ++number) {
    const Fault& fault = schedule_.faults()[number];
    const bool hang = fault.kind == FaultKind::stuck_vc || fault.kind == FaultKind::frozen_arbiter;
    if (active_[number] == 0 || !hang) continue;
    if ((fault.port ? fault.port->chip : fault.chips.front()) == chip) end(number, now);
  }
}

std::vector<LinkId> FaultDesk::links_of(ChipId chip) const {
  const Graph& graph = fabric_->plan().topology.graph;
  std::vector<LinkId> links;
  for (std::uint16_t p = 0; p < graph.chip(chip).ports; ++p) {
    const auto& peer = graph.peer(chip, static_cast<PortId>(p));
    if (peer) links.push_back(link_of(peer->out));
  }
  return links;
}

/// A sender that was reset learns anew how many slots its neighbour has free.
void FaultDesk::advertise_anew(LinkId link, Cycles now) {
  const Graph& graph = fabric_->plan().topology.graph;
  for (const ChannelId channel : {forward_channel(link), reverse_channel(link)}) {
    const LinkEnd source = graph.source(channel);
    const auto port = static_cast<int>(index(source.port));
    tlm::SwitchChip* sw = fabric_->switch_at(source.chip);
    if (sw == nullptr || sw->trouble() == nullptr || sw->trouble()->dead() || !sw->trouble()->was_reset(port)) continue;
    sw->trouble()->credits_advertised(port);
    for (const auto& [vc, count] : missing_credits(*fabric_, channel)) {
      fabric_->channel(opposite(channel)).advertise(vc, count, now + Cycles(1));
    }
  }
}

void FaultDesk::kill_gpu(ChipId chip, Cycles now) {
  if (memory_ == nullptr) return;
  const NodeId node = fabric_->plan().topology.graph.chip(chip).node;
  memory_->halt(node);
  memory_->gpu(node).core().end_all(OperationStatus::gpu_gone, edge(now));
}

void FaultDesk::set_errors(std::size_t number, double ratio, Cycles now) {
  const Fault& fault = schedule_.faults()[number];
  broken_by_[index(fault.links.front())] = static_cast<int>(number);
  for (int direction = 0; direction < 2; ++direction) {
    if (fault.spec->direction != 2 && fault.spec->direction != direction) continue;
    fabric_->live_link(fault.links.front())->set_bit_error_ratio(direction, fault.lane, ratio, now);
  }
}

void FaultDesk::write_route(std::size_t number, bool right) {
  const Fault& fault = schedule_.faults()[number];
  const auto cls = static_cast<ClassId>(fault.spec->traffic_class);
  const auto dst = static_cast<NodeId>(fault.spec->destination);
  const ChipId chip = fault.chips.front();
  RouteRow row = manager_.plan().routes().row(chip, cls, dst);
  if (!right) row.outputs = {fault.output};
  if (!row.outputs.empty()) fabric_->switch_at(chip)->core().write_route(cls, dst, row);
}

void FaultDesk::let_go(std::size_t number, Cycles now) {
  const Fault& fault = schedule_.faults()[number];
  if (fault.kind == FaultKind::stuck_vc) {
    tlm::SwitchChip& sw = *fabric_->switch_at(fault.port->chip);
    const int kept = sw.trouble()->stick(static_cast<int>(index(fault.port->port)), fault.spec->vc, false);
    const auto& peer = fabric_->plan().topology.graph.peer(fault.port->chip, fault.port->port);
    fabric_->channel(peer->in).advertise(static_cast<VcId>(fault.spec->vc), kept, now + Cycles(1));
    return;
  }
  if (fault.port) return fabric_->switch_at(fault.port->chip)->freeze(fault.port->port, false);
  tlm::SwitchChip* chip = fabric_->switch_at(fault.chips.front());
  for (int port = 0; port < chip->config().core.ports; ++port) chip->freeze(static_cast<PortId>(port), false);
}

}  // namespace fs
