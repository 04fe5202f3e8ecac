// SPDX-License-Identifier: Apache-2.0
#include "scale_out/traffic/net_traffic.hpp"

#include <string>
#include <utility>

namespace fs {
namespace {

using Pattern = NetTrafficSpec::Pattern;

/// A drawn cycle through all (Sattolo 1986): nobody sends to itself.
std::vector<NodeId> drawn_cycle(const std::vector<NodeId>& members, RandomStream draws) {
  std::vector<std::size_t> place(members.size());
  for (std::size_t i = 0; i < place.size(); ++i) place[i] = i;
  for (std::size_t i = place.size() - 1; i > 0; --i) std::swap(place[i], place[draws.below(i)]);
  std::vector<NodeId> partners;
  for (const std::size_t i : place) partners.push_back(members[i]);
  return partners;
}

}  // namespace

NetTraffic::NetTraffic(const NetTrafficSpec& spec, const NetRunSpec& run, std::vector<double> rates, std::uint64_t seed)
    : spec_(spec),
      warmup_(run.warmup),
      limit_(spec.messages),
      batches_(run.warmup, run.duration),
      bytes_(spec.sources.size(), 0) {
  const std::size_t count = spec.sources.size();
  if (spec.pattern == Pattern::all_to_all) limit_ = spec.messages * static_cast<std::int64_t>(count - 1);
  for (std::size_t i = 0; i < count; ++i) {
    const std::string name = spec.name + "." + std::to_string(index(spec.sources[i]));
    Source source{0, RandomStream(seed, name, "targets"), RandomStream(seed, name, "gaps"), 0};
    if (spec.load > 0) source.gap = static_cast<double>(spec.bytes) * 8e15 / (spec.load * rates[i]);
    sources_.push_back(source);
  }
  if (spec.pattern == Pattern::permutation && spec.shift == 0) {
    partners_ = drawn_cycle(spec.sources, RandomStream(seed, spec.name, "partners"));
  } else if (spec.pattern == Pattern::permutation) {
    for (std::size_t i = 0; i < count; ++i) {
      partners_.push_back(spec.sources[(i + static_cast<std::size_t>(spec.shift)) % count]);
    }
  }
}

NodeId NetTraffic::target_of(std::size_t i) {
  const std::size_t count = spec_.sources.size();
  switch (spec_.pattern) {
    case Pattern::pairs:
      return spec_.targets[i];
    case Pattern::incast:
      return spec_.targets.front();
    case Pattern::permutation:
      return partners_[i];
    case Pattern::all_to_all:
      return spec_.sources[(i + 1 + static_cast<std::size_t>(sources_[i].posted) % (count - 1)) % count];
    case Pattern::uniform:
      break;
  }
  const std::size_t other = sources_[i].targets.below(count - 1);
  return spec_.sources[other < i ? other : other + 1];
}

NetTraffic::Post NetTraffic::next(std::size_t i) {
  const Post post{spec_.sources[i], target_of(i), static_cast<std::uint64_t>(sources_[i].posted)};
  ++sources_[i].posted;
  ++posted_;
  return post;
}

bool NetTraffic::may_post(std::size_t i, Femtoseconds now) const {
  return now >= spec_.start && now < spec_.stop && (limit_ == 0 || sources_[i].posted < limit_);
}

Femtoseconds NetTraffic::next_due(std::size_t i, Femtoseconds due) {
  Source& source = sources_[i];
  const double gap = spec_.periodic ? source.gap : -source.gap * portable_log(1 - source.gaps.unit());
  return due + Femtoseconds(static_cast<std::int64_t>(gap) + 1);
}

void NetTraffic::delivered(std::size_t i, Femtoseconds posted, Femtoseconds now) {
  ++done_;
  last_done_ = now;
  if (now >= warmup_) bytes_[i] += static_cast<std::uint64_t>(spec_.bytes);
  if (posted < warmup_) return;
  latency_.add(now - posted);
  batches_.add(posted, now - posted);
}

double NetTraffic::fairness() const {
  double sum = 0;
  double squares = 0;
  for (const std::uint64_t bytes : bytes_) {
    sum += static_cast<double>(bytes);
    squares += static_cast<double>(bytes) * static_cast<double>(bytes);
  }
  return squares > 0 ? sum * sum / (static_cast<double>(bytes_.size()) * squares) : 0;
}

}  // namespace fs
