// SPDX-License-Identifier: Apache-2.0
#include "workload/open_loop/open_loop.hpp"

#include <limits>

#include "common/check.hpp"

namespace fs {

LengthMix::LengthMix(const std::vector<PacketShare>& packets) : count_(static_cast<std::uint8_t>(packets.size())) {
  FS_CHECK(!packets.empty() && packets.size() <= max_entries, "a packet-length mix has 1 to 16 entries");
  double total = 0, sum = 0;
  for (const auto& share : packets) total += share.weight;
  for (std::size_t k = 0; k < packets.size(); ++k) {
    flits_[k] = packets[k].flits;
    sum += packets[k].weight;
    const double part = sum / total;
    upper_[k] = part < 1.0 ? static_cast<std::uint64_t>(part * 0x1.0p64) : std::numeric_limits<std::uint64_t>::max();
  }
}

std::string process_problem(const ProcessSpec& process, double load, double mean_length) {
  constexpr double rarest = 1e-9;  // a flit a second at 1 GHz; far rarer, and gaps would leave 64 bits
  if (!(load >= rarest && load <= 1.0)) return "the load must lie in (0, 1] flits per cycle, 1e-9 at least";
  if (!(mean_length >= 1.0)) return "the mean packet length must be at least one flit";
  if (process.kind == ProcessKind::bernoulli) return {};
  if (!(process.on_rate >= load && process.on_rate <= 1.0)) return "on_rate must lie between the load and 1";
  if (!(process.mean_on >= 1.0 && process.mean_on <= 1e12)) return "mean_on must be 1 to 1e12 cycles";
  const double mean_off = process.mean_on * (process.on_rate - load) / load;
  if (mean_off > 1e12) return "the off periods that keep the load would average over 1e12 cycles";
  if (mean_off > 0.0 && mean_off < 1.0) {
    return "mean_on is too short: the off periods that keep the load would average less than one cycle";
  }
  return {};
}

OpenLoopPlan::OpenLoopPlan(const OpenLoopSpec& spec, int node_count, std::uint64_t scenario_seed)
    : seed(scenario_seed),
      destinations(spec.pattern, node_count, scenario_seed),
      lengths(spec.packets),
      sends(static_cast<std::size_t>(node_count), spec.sources.empty()),
      interleave(spec.interleave) {
  const auto& process = spec.process;
  const auto problem = process_problem(process, spec.load, spec.mean_length());
  FS_CHECK(problem.empty(), problem);
  for (const auto node : spec.sources) sends.at(index(node)) = true;
  for (std::size_t i = 0; i < sends.size(); ++i) {
    if (!destinations.sends(static_cast<NodeId>(i))) sends[i] = false;
  }
  bursty = process.kind == ProcessKind::bursty && process.on_rate > spec.load;
  gap = GapTable((bursty ? process.on_rate : spec.load) / spec.mean_length());
  if (!bursty) return;
  start_on = spec.load / process.on_rate;
  on_period = GapTable(1.0 / process.mean_on);
  off_period = GapTable(spec.load / (process.mean_on * (process.on_rate - spec.load)));
}

namespace {

std::string source_name(NodeId node, int link) {
  return "gpu" + std::to_string(index(node)) + "." + std::to_string(link);
}

}  // namespace

OpenLoopSource::OpenLoopSource(const OpenLoopPlan& plan, NodeId node, int link, int links)
    : plan_(&plan), node_(node), link_(static_cast<std::uint16_t>(link)), links_(static_cast<std::uint16_t>(links)) {
  if (!plan.sends.at(index(node))) {
    next_ = Cycles::max().value();
    return;
  }
  const auto name = source_name(node, link);
  gap_stream_ = RandomStream(plan.seed, name, "gap");
  destination_stream_ = RandomStream(plan.seed, name, "destination");
  length_stream_ = RandomStream(plan.seed, name, "length");
  period_stream_ = RandomStream(plan.seed, name, "period");
  // Off in cycle 0: an on period of no cycles has just ended, and skip_off_periods() finds the next.
  if (plan.bursty && period_stream_.chance(plan.start_on)) on_end_ = plan.on_period.draw(period_stream_);
  advance();
}

void OpenLoopSource::skip_off_periods() {
  while (next_ >= on_end_) {
    const std::int64_t on_start = on_end_ + plan_->off_period.draw(period_stream_);
    on_end_ = on_start + plan_->on_period.draw(period_stream_);
    next_ = on_start - 1 + plan_->gap.draw(gap_stream_);
  }
}

std::uint64_t OpenLoopSource::created_until(Cycles now) const {
  OpenLoopSource copy = *this;
  std::uint64_t count = taken_;
  for (; copy.next_ <= now.value() && copy.next_ != Cycles::max().value(); ++count) copy.advance();
  return count;
}

std::uint64_t OpenLoopSource::flits_waiting_until(Cycles now) const {
  OpenLoopSource copy = *this;
  std::uint64_t flits = 0;
  while (copy.next_ <= now.value() && copy.next_ != Cycles::max().value()) flits += copy.take().length_flits;
  return flits;
}

}  // namespace fs
