// SPDX-License-Identifier: Apache-2.0
// VcRouterCore: construction, reset, routes, and what reports ask for. Included by vc_router_core.hpp.
#pragma once

#include <algorithm>

#include "common/check.hpp"

namespace fs {

template <int W>
bool VcRouterCore<W>::takes(const SwitchConfig& c) {
  return c.ports <= 64 * W && c.vcs <= vc_slots && c.queueing == Queueing::vc_fifo &&
         c.buffer == BufferKind::private_queues && c.allocator == AllocatorKind::islip && c.iterations == 1 &&
         c.vc_allocation == VcAllocation::before && c.switching == Switching::wormhole && c.input_speedup == 1 &&
         c.output_speedup == 1 && c.input_pipeline == 0 && !c.peer_shared_pool;
}

template <int W>
VcRouterCore<W>::VcRouterCore(const SwitchConfig& config)
    : config_(config),
      ports_(config.ports),
      vcs_(config.vcs),
      routes_(config.ports, config.vcs, config.classes, config.destinations, config.name),
      pipeline_(config.ports, config.output_pipeline) {
  const auto ports = static_cast<std::size_t>(ports_);
  std::copy(config.depth.begin(), config.depth.end(), depth_);
  slots_ = *std::max_element(depth_, depth_ + vcs_);
  const std::size_t queue_lines =
      (sizeof(Queue) + static_cast<std::size_t>(slots_) * sizeof(Slot) + sizeof(Line) - 1) / sizeof(Line);
  outputs_.resize(ports);
  requesters_.resize(ports * ports * vc_slots);
  inputs_.resize(ports);
  lines_.resize(ports * vc_slots * queue_lines);
  queue_bytes_ = queue_lines * sizeof(Line);
  first_queue_ = lines_.data()->bytes;
  spray_.resize(ports * static_cast<std::size_t>(config.classes));
  allowed_.push_back(0);
  reset();
}

template <int W>
void VcRouterCore<W>::reset() {
  Output fresh;
  fresh.free = small((1U << vcs_) - 1);
  std::fill(outputs_.begin(), outputs_.end(), fresh);
  std::fill(inputs_.begin(), inputs_.end(), Input());
  for (int q = 0; q < ports_ * vc_slots; ++q) {
    auto* fresh_queue = new (first_queue_ + static_cast<std::size_t>(q) * queue_bytes_) Queue();
    for (int k = 0; k < slots_; ++k) new (slots_of(*fresh_queue) + k) Slot();
  }
  std::fill(spray_.begin(), spray_.end(), std::uint16_t{0});
  std::fill(queued_.begin(), queued_.end(), 0U);
  busy_outputs_.reset();
  offered_inputs_.reset();
  pending_.reset();
  crowded_.reset();
  pipeline_.reset();
  queued_flits_ = request_count_ = grant_count_ = 0;
}

template <int W>
void VcRouterCore<W>::write_route(ClassId cls, NodeId dst, const RouteRow& row) {
  routes_.write(cls, dst, row);
  allowed_.clear();
  for (std::size_t m = 0; m < routes_.mask_count(); ++m) {
    allowed_.push_back(static_cast<std::uint8_t>(routes_.vcs(static_cast<std::uint8_t>(m)).word(0)));
  }
  alike_ = routes_.one_mask();
  if (row.mode == RouteMode::adaptive && row.outputs.size() > 1 && !track_occupancy_) begin_occupancy();
}

template <int W>
int VcRouterCore<W>::route(const Flit& head, int input, const RouteTable::Row& row) {
  const auto& outputs = routes_.outputs(row);
  if (row.choice == RouteTable::Choice::hashed) return outputs[RouteTable::hashed(head.hash_key, outputs.size())];
  auto& pointer = spray_[static_cast<std::size_t>(input * config_.classes) + index(head.cls)];
  return RouteTable::sprayed(outputs, pointer, ports_);
}

/// Adaptive heads see the registers as they stand before this edge, whatever else happens at it.
template <int W>
void VcRouterCore<W>::choose_adaptive(const CoreInputs& in) {
  adaptive_output_.assign(static_cast<std::size_t>(in.rx_count), -1);
  for (int k = 0; k < in.rx_count; ++k) {
    const Flit& head = in.rx[k].flit;
    if (!head.head()) continue;
    const auto& row = routes_.row(head);
    if (row.choice != RouteTable::Choice::adaptive) continue;
    adaptive_output_[static_cast<std::size_t>(k)] = RouteTable::least(routes_.outputs(row), head.hash_key, [&](int o) {
      std::uint32_t occupancy = queued(o, head.cls);
      for (unsigned vcs = allowed_[row.vcs]; vcs != 0; vcs &= vcs - 1) {
        const int v = __builtin_ctz(vcs);
        occupancy += static_cast<std::uint32_t>(output(o).most_credits[v] - output(o).credits[v]);
      }
      return occupancy;
    });
  }
}

/// The first adaptive row: from here on occupancy is counted, starting from what is queued now.
template <int W>
void VcRouterCore<W>::begin_occupancy() {
  track_occupancy_ = true;
  queued_.assign(static_cast<std::size_t>(ports_ * config_.classes), 0);
  for (int n = 0; n < ports_ * vc_slots; ++n) {
    const Queue& q = queue(n);
    for (int k = 0; k < q.count; ++k) {
      const Slot& slot = slots_of(q)[slot_at(q, k)];
      ++queued(static_cast<int>(index(slot.port)), slot.flit.cls);
    }
  }
}

template <int W>
CoreCounts VcRouterCore<W>::counts() const {
  return {queued_flits_ + pipeline_.size(), request_count_, grant_count_};
}

template <int W>
std::vector<HeadWait> VcRouterCore<W>::waiting() const {
  std::vector<HeadWait> waits;
  for (int q = 0; q < ports_ * vc_slots; ++q) {
    if (queue(q).count > 0) waits.push_back(wait_of(q));
  }
  return waits;
}

template <int W>
HeadWait VcRouterCore<W>::wait_of(int q) const {
  const Slot& slot = front(q);
  HeadWait wait;
  wait.input = q / vc_slots;
  wait.vc = q % vc_slots;
  wait.output = static_cast<int>(index(slot.port));
  const Output& u = output(wait.output);
  const auto held = [&](int v) { return (u.free >> v & 1) == 0; };
  const auto holder_is = [&](int v, int input, int vc) { return u.holder_input[v] == input && u.holder_vc[v] == vc; };
  for (int v = 0; v < vcs_ && !wait.holds; ++v) {
    if (!held(v) || !holder_is(v, wait.input, wait.vc)) continue;
    wait.holds = true;
    wait.output_vc = v;
  }
  if (!wait.holds) {
    // Of several that it may take none is free for long: the first says why.
    wait.output_vc = __builtin_ctz(allowed_[index(slot.vc)]);
    if (held(wait.output_vc)) {
      wait.holder_input = u.holder_input[wait.output_vc];
      wait.holder_vc = u.holder_vc[wait.output_vc];
      return wait;
    }
  }
  wait.credits = u.credits[wait.output_vc];
  wait.flits = 1;
  return wait;
}

template <int W>
void VcRouterCore<W>::bad_arrival(const PortFlit& rx, std::int64_t cycle, const char* what) const {
  throw InvariantError("switch " + config_.name + ", port " + std::to_string(index(rx.port)) + ", VC " +
                       std::to_string(index(rx.vc)) + ", cycle " + std::to_string(cycle) + ": " + what);
}

}  // namespace fs
