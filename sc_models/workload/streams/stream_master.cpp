// SPDX-License-Identifier: Apache-2.0
#include "workload/streams/stream_master.hpp"

#include <algorithm>
#include <string>

namespace fs {
namespace {

std::string gpu_name(NodeId gpu) { return "gpu" + std::to_string(index(gpu)); }

}  // namespace

StreamMaster::StreamMaster(const StreamSpec& spec, NodeId gpu, int node_count, std::uint64_t seed)
    : places_(spec, gpu, node_count, seed),
      bytes_(static_cast<std::uint32_t>(spec.access.value())),
      pacer_(spec, RandomStream(seed, gpu_name(gpu), spec.name + ".pace")),
      window_(static_cast<std::uint64_t>(spec.window)),
      count_(spec.count) {}

Femtoseconds StreamMaster::next_time(Femtoseconds now) const {
  return slot_free() ? std::max(now, pacer_.due()) : Femtoseconds::max();
}

Femtoseconds StreamMaster::begin(Femtoseconds now) {
  const auto due = pacer_.paced() ? pacer_.due() : now;
  pacer_.advance();
  ++begun_;
  ++in_window_;
  return due;
}

AccessMaster::AccessMaster(const StreamSpec& spec, NodeId gpu, int node_count, std::uint64_t seed)
    : StreamMaster(spec, gpu, node_count, seed),
      kind_(spec.kind),
      read_share_(spec.read_share),
      op_stream_(seed, gpu_name(gpu), spec.name + ".op") {}

AccessOp AccessMaster::op() {
  switch (kind_) {
    case StreamKind::write:
      return AccessOp::write;
    case StreamKind::atomic:
      return AccessOp::atomic;
    case StreamKind::random:
      return op_stream_.chance(read_share_) ? AccessOp::read : AccessOp::write;
    default:
      return AccessOp::read;
  }
}

std::optional<Access> AccessMaster::next(Femtoseconds now) {
  if (!may_begin(now)) return std::nullopt;
  const auto place = places_.next();
  Access access;
  access.op = op();
  access.target = place.target;
  access.offset = place.offset;
  access.bytes = bytes_;
  access.tag = issued_++;
  access.due = begin(now);
  return access;
}

void AccessMaster::completed(const AccessName&, bool ok, Femtoseconds) {
  count_completion(ok);
  end();
}

CopyMaster::CopyMaster(const StreamSpec& spec, NodeId gpu, int node_count, std::uint64_t seed)
    : StreamMaster(spec, gpu, node_count, seed), gpu_(gpu), pull_(spec.direction == CopyDirection::pull) {}

std::optional<Access> CopyMaster::next(Femtoseconds now) {
  if (!ready_.empty()) {
    ++issued_;
    return stores_[ready_.pop()];
  }
  if (!may_begin(now)) return std::nullopt;
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(stores_.size()));
    stores_.emplace_back();
  }
  const auto pair = free_.back();
  free_.pop_back();
  const auto place = places_.next();
  Access there, here;
  there.target = place.target;
  there.offset = place.offset;
  here.target = gpu_;
  here.offset = places_.own_offset(steps_++);
  there.bytes = here.bytes = bytes_;
  there.tag = here.tag = pair;
  Access& load = pull_ ? there : here;
  Access& store = pull_ ? here : there;
  load.op = AccessOp::read;
  store.op = AccessOp::write;
  load.due = begin(now);
  stores_[pair] = store;
  ++issued_;
  return load;
}

void CopyMaster::completed(const AccessName& access, bool ok, Femtoseconds now) {
  count_completion(ok);
  const auto pair = static_cast<std::uint32_t>(access.tag);
  if (access.op == AccessOp::read && ok) {
    stores_[pair].due = now;
    ready_.push(pair);
    return;
  }
  free_.push_back(pair);
  end();
}

Femtoseconds CopyMaster::next_time(Femtoseconds now) const {
  return ready_.empty() ? StreamMaster::next_time(now) : now;
}

std::unique_ptr<Master> make_stream_master(const StreamSpec& spec, NodeId gpu, int node_count, std::uint64_t seed) {
  if (spec.kind == StreamKind::copy) return std::make_unique<CopyMaster>(spec, gpu, node_count, seed);
  return std::make_unique<AccessMaster>(spec, gpu, node_count, seed);
}

}  // namespace fs
