// SPDX-License-Identifier: Apache-2.0
#include "workload/streams/walk.hpp"

#include <algorithm>
#include <string>

#include "common/check.hpp"

namespace fs {

PermutationWalk::PermutationWalk(std::uint64_t count, RandomStream keys) : count_(count) {
  while (half_bits_ < 32 && (1ULL << (2 * half_bits_)) < count) ++half_bits_;
  for (auto& key : keys_) key = keys.next();
}

std::uint64_t PermutationWalk::once(std::uint64_t value) const {
  const std::uint64_t mask = (1ULL << half_bits_) - 1;
  std::uint64_t left = value >> half_bits_, right = value & mask;
  for (const auto key : keys_) {
    const std::uint64_t mixed = left ^ (mix64(right + key) & mask);
    left = right;
    right = mixed;
  }
  return left << half_bits_ | right;
}

std::uint64_t PermutationWalk::at(std::uint64_t step) const {
  std::uint64_t value = step % count_;
  do {
    value = once(value);
  } while (value >= count_);
  return value;
}

Pacer::Pacer(const StreamSpec& spec, RandomStream stream)
    : paced_(spec.rate > BitsPerSecond(0)),
      poisson_(spec.pacing == Pacing::poisson),
      access_(spec.access.value()),
      origin_(spec.start),
      due_(spec.start),
      stream_(stream) {
  if (!paced_) return;
  bytes_ = ByteClock(spec.rate.value(), 1);
  mean_ = static_cast<double>(access_) * 8e15 / static_cast<double>(spec.rate.value());
  if (poisson_) {
    advance();
    return;
  }
  const auto interval = static_cast<std::uint64_t>(bytes_.end_of(access_).value());
  origin_ += Femtoseconds(static_cast<std::int64_t>(stream_.below(std::max<std::uint64_t>(interval, 1))));
  due_ = origin_;
}

void Pacer::advance() {
  if (!paced_) return;
  if (poisson_) {
    const double u = static_cast<double>((stream_.next() >> 11) + 1) * 0x1.0p-53;  // (0, 1]
    due_ += Femtoseconds(static_cast<std::int64_t>(-portable_log(u) * mean_ + 0.5));
    return;
  }
  ++count_;
  due_ = origin_ + bytes_.end_of(count_ * access_);
}

std::vector<NodeId> targets_of(const StreamSpec& spec, NodeId source, int node_count) {
  const auto count = static_cast<std::size_t>(node_count);
  const auto behind = [&](std::size_t distance) { return static_cast<NodeId>((index(source) + distance) % count); };
  std::vector<NodeId> targets;
  switch (spec.target_set) {
    case TargetSet::list:
      return spec.targets;
    case TargetSet::all:
      for (std::size_t d = 0; d < count; ++d) targets.push_back(behind(d));
      break;
    case TargetSet::others:
      for (std::size_t d = 1; d < count; ++d) targets.push_back(behind(d));
      break;
    case TargetSet::local:
      targets.push_back(source);
      break;
    case TargetSet::next:
      targets.push_back(behind(1));
      break;
  }
  return targets;
}

SlotPicker::SlotPicker(const StreamSpec& spec, NodeId gpu, int node_count, std::uint64_t seed)
    : order_(spec.kind == StreamKind::pointer_chase                               ? Order::permuted
             : spec.kind == StreamKind::random || spec.kind == StreamKind::atomic ? Order::random
                                                                                  : Order::consecutive),
      target_order_(spec.target_order),
      targets_(targets_of(spec, gpu, node_count)),
      steps_(targets_.size()),
      slots_(spec.slots()),
      access_(static_cast<std::uint64_t>(spec.access.value())),
      base_(static_cast<std::uint64_t>(spec.offset.value())),
      own_base_(spec.memory_end() - spec.region()) {
  FS_CHECK(!targets_.empty(), "stream " + spec.name + ": no target");
  FS_CHECK(slots_ >= 1, "stream " + spec.name + ": the footprint is smaller than one access");
  const auto rank = std::find(spec.sources.begin(), spec.sources.end(), gpu);
  FS_CHECK(rank != spec.sources.end(), "stream " + spec.name + ": not one of its sources");
  if (!spec.shared) base_ += static_cast<std::uint64_t>(rank - spec.sources.begin()) * spec.region();
  const auto name = "gpu" + std::to_string(index(gpu));
  walk_ = PermutationWalk(slots_, RandomStream(seed, name, spec.name + ".walk"));
  target_stream_ = RandomStream(seed, name, spec.name + ".target");
  slot_stream_ = RandomStream(seed, name, spec.name + ".slot");
}

SlotPicker::Place SlotPicker::next() {
  std::size_t pick = 0;
  if (target_order_ == TargetOrder::random) {
    pick = static_cast<std::size_t>(target_stream_.below(targets_.size()));
  } else {
    pick = turn_;
    turn_ = turn_ + 1 < targets_.size() ? turn_ + 1 : 0;
  }
  std::uint64_t slot = 0;
  switch (order_) {
    case Order::consecutive:
      slot = steps_[pick] % slots_;
      break;
    case Order::permuted:
      slot = walk_.at(steps_[pick]);
      break;
    case Order::random:
      slot = slot_stream_.below(slots_);
      break;
  }
  ++steps_[pick];
  return {targets_[pick], base_ + slot * access_};
}

}  // namespace fs
