// SPDX-License-Identifier: Apache-2.0
#include "fault/fault_schedule.hpp"

#include <algorithm>
#include <cmath>

#include "common/check.hpp"
#include "common/random.hpp"
#include "fault/places.hpp"

namespace fs {

namespace {

/// from x (to / from)^(k / n): the logarithm is bisected, with exact square roots alone.
double between(double from, double to, int k, int n) {
  if (k == n || from <= 0) return to;
  double low = from, high = to, a = 0, b = 1;
  const double place = static_cast<double>(k) / n;
  for (int i = 0; i < 40; ++i) {  // more digits than a bit error ratio has
    const double middle = std::sqrt(low * high);
    const double half = (a + b) / 2;
    (place < half ? high : low) = middle;
    (place < half ? b : a) = half;
  }
  return low;
}

void links_of(const Graph& graph, ChipId chip, std::vector<LinkId>& links) {
  for (std::uint16_t port = 0; port < graph.chip(chip).ports; ++port) {
    const auto& peer = graph.peer(chip, static_cast<PortId>(port));
    if (peer) links.push_back(link_of(peer->out));
  }
}

}  // namespace

FaultSchedule::FaultSchedule(const FaultPlan& plan, const Graph& graph, Clock clock, int lanes, std::uint64_t seed) {
  for (std::size_t i = 0; i < plan.faults.size(); ++i) draw(plan.faults[i], i, graph, clock, lanes, seed);
  for (std::size_t i = 0; i < faults_.size(); ++i) add_steps(i, clock);
  std::stable_sort(steps_.begin(), steps_.end(), [](const auto& a, const auto& b) { return a.at < b.at; });
}

void FaultSchedule::draw(const FaultSpec& spec, std::size_t entry, const Graph& graph, Clock clock, int lanes,
                         std::uint64_t seed) {
  RandomStream random(seed, "fault " + std::to_string(entry), fault_kind_name(spec.kind));
  const auto hit = [&](Femtoseconds at) {
    const std::string place = spec.together ? spec.where : spec.choices[random.below(spec.choices.size())];
    add(spec, place, at, graph, clock, random.next());
    if (spec.kind == FaultKind::lane_loss) {
      faults_.back().lane =
          spec.lane >= 0 ? spec.lane : static_cast<int>(random.below(static_cast<std::uint64_t>(lanes)));
    }
  };
  if (spec.until < Femtoseconds(0)) return hit(spec.at);
  const auto span = static_cast<std::uint64_t>((spec.until - spec.at).value());
  if (spec.interval == Femtoseconds(0)) {
    for (std::int64_t i = 0; i < spec.count; ++i) {
      const auto offset = static_cast<std::int64_t>(random.below(span));
      hit(spec.at + Femtoseconds(offset));
    }
    return;
  }
  Femtoseconds at = spec.at;
  for (;;) {
    const double gap = -portable_log(1.0 - random.unit()) * static_cast<double>(spec.interval.value());
    at += Femtoseconds(static_cast<std::int64_t>(gap));
    if (at >= spec.until) return;
    hit(at);
  }
}

void FaultSchedule::add(const FaultSpec& spec, const std::string& place, Femtoseconds at, const Graph& graph,
                        Clock clock, std::uint64_t draw) {
  Fault fault;
  fault.kind = spec.kind;
  fault.spec = &spec;
  fault.where = place;
  fault.at = std::max(Cycles(1), clock.at_or_after(at));
  fault.lane = spec.lane;
  if (spec.lasts >= Femtoseconds(0)) fault.until = std::max(fault.at + Cycles(1), clock.at_or_after(at + spec.lasts));
  switch (spec.kind) {
    case FaultKind::bit_errors:
    case FaultKind::lane_loss:
    case FaultKind::link_down:
    case FaultKind::link_flap:
    case FaultKind::speed_loss:
      fault.links.push_back(*find_link(graph, place));
      fault.where = graph.link(fault.links.front()).name;
      break;
    case FaultKind::switch_down:
    case FaultKind::corrupt_route:
      fault.chips.push_back(*find_chip(graph, place, ChipKind::switch_chip));
      break;
    case FaultKind::tray_down:
      for (const auto& name : spec.choices) fault.chips.push_back(*find_chip(graph, name, ChipKind::switch_chip));
      break;
    case FaultKind::gpu_gone:
      fault.chips.push_back(*find_chip(graph, place, ChipKind::gpu));
      break;
    case FaultKind::credit_lost:
    case FaultKind::credit_invented:
      fault.channel = *find_channel(graph, place);
      fault.links.push_back(link_of(*fault.channel));
      break;
    case FaultKind::stuck_vc:
      fault.port = *find_switch_port(graph, place);
      break;
    case FaultKind::frozen_arbiter:
      fault.port = find_switch_port(graph, place);
      if (!fault.port) fault.chips.push_back(*find_chip(graph, place, ChipKind::switch_chip));
      break;
  }
  const bool dies =
      spec.kind == FaultKind::switch_down || spec.kind == FaultKind::tray_down || spec.kind == FaultKind::gpu_gone;
  if (dies) {
    for (const ChipId chip : fault.chips) links_of(graph, chip, fault.links);
  }
  if (spec.kind == FaultKind::corrupt_route) {
    const ChipId chip = fault.chips.front();
    std::vector<PortId> wrong;
    for (std::uint16_t port = 0; port < graph.chip(chip).ports; ++port) {
      const auto& peer = graph.peer(chip, static_cast<PortId>(port));
      if (!peer) continue;
      const Chip& far = graph.chip(peer->far.chip);
      const bool right = graph.is_gpu(peer->far.chip) && static_cast<int>(index(far.node)) == spec.destination;
      if (!right) wrong.push_back(static_cast<PortId>(port));
    }
    FS_CHECK(!wrong.empty(), place + ": a switch with one link has no wrong output");
    fault.output = spec.output >= 0 ? static_cast<PortId>(spec.output) : wrong[draw % wrong.size()];
  }
  faults_.push_back(std::move(fault));
}

void FaultSchedule::add_steps(std::size_t number, Clock clock) {
  Fault& fault = faults_[number];
  const FaultSpec& spec = *fault.spec;
  const auto step = [&](Cycles at, FaultStep::What what, double ratio = 0) {
    steps_.push_back({at, number, what, ratio});
  };
  if (spec.kind == FaultKind::link_flap) {
    for (int i = 0; i < spec.flaps; ++i) {
      const Cycles at = fault.at + clock.cycles_for(spec.period * i);
      step(at, i == 0 ? FaultStep::What::begin : FaultStep::What::again);
      fault.until = at + std::max(Cycles(1), clock.cycles_for(spec.down));
      step(fault.until, FaultStep::What::end);
    }
    return;
  }
  step(fault.at, FaultStep::What::begin, spec.from_ratio);
  if (spec.kind == FaultKind::bit_errors) {
    const int steps = spec.ramp == Femtoseconds(0) ? 1 : spec.steps;
    for (int i = 1; i <= steps; ++i) {
      const Cycles at = fault.at + clock.cycles_for(spec.ramp * i / steps);
      step(at, FaultStep::What::ramp, between(spec.from_ratio, spec.to_ratio, i, steps));
    }
  }
  if (fault.until < Cycles::max()) step(fault.until, FaultStep::What::end);
}

}  // namespace fs
