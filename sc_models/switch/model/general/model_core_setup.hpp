// SPDX-License-Identifier: Apache-2.0
// ModelCore: construction, reset, and what reports ask for. Included by model_core.hpp.
#pragma once

#include "switch/config_check.hpp"

namespace fs {

template <int W, int VS, bool P>
ModelCore<W, VS, P>::ModelCore(const SwitchConfig& config)
    : config_(config),
      ports_(config.ports),
      vcs_(config.vcs),
      allocates_vcs_(config.vc_allocation != VcAllocation::none),
      speculative_(config.vc_allocation == VcAllocation::same_cycle),
      whole_first_(config.switching == Switching::store_and_forward),
      expanded_(config.input_speedup > 1 || config.output_speedup > 1),
      fused_islip_(config.allocator == AllocatorKind::islip && config.iterations == 1),
      inputs_(config),
      outputs_(config),
      routes_(config.ports, config.vcs, config.classes, config.destinations, config.name),
      stage_(config.ports, config.output_pipeline, config.output_speedup > 1),
      pulses_(config.ports, config.vcs, config.input_speedup > 1),
      vc_allocator_(allocates_vcs_ ? config.ports : 0, config.vcs,
                    config.allocator == AllocatorKind::islip ? config.iterations : 1, inputs_.queue_count()),
      islip_(crossbar_ports(config), config.iterations),
      pim_(crossbar_ports(config), config.iterations, RandomStream(config.seed, config.name, "pim")),
      wavefront_(crossbar_ports(config)),
      round_robin_(crossbar_ports(config)),
      input_pipeline_(config.ports, config.input_pipeline) {
  const auto crossbar = static_cast<std::size_t>(crossbar_ports(config));
  queue_vc_.resize(inputs_.queue_count());
  if (whole_first_) tails_.resize(inputs_.queue_count());
  if (config.allocator == AllocatorKind::oldest_first) arrived_.resize(inputs_.slot_count());
  favourite_.resize(crossbar);
  spray_.resize(static_cast<std::size_t>(ports_) * static_cast<std::size_t>(config.classes));
  requests_.rows.resize(crossbar);
  matches_.items.resize(crossbar);
  decided_.reserve(crossbar);
}

template <int W, int VS, bool P>
void ModelCore<W, VS, P>::reset() {
  inputs_.reset();
  outputs_.reset();
  stage_.reset();
  pulses_.reset();
  vc_allocator_.reset();
  islip_.reset();
  pim_.reset();
  wavefront_.reset();
  round_robin_.reset();
  busy_outputs_.reset();
  tails_.assign(tails_.size(), 0);
  favourite_.assign(favourite_.size(), 0);
  spray_.assign(spray_.size(), 0);
  queued_.assign(queued_.size(), 0);
  input_pipeline_.reset();
  fresh_.clear();
  queued_flits_ = request_count_ = grant_count_ = 0;
  remapped_ = false;
}

template <int W, int VS, bool P>
void ModelCore<W, VS, P>::write_route(ClassId cls, NodeId dst, const RouteRow& row) {
  routes_.write(cls, dst, row);
  if (row.mode == RouteMode::adaptive && row.outputs.size() > 1 && !track_occupancy_) begin_occupancy();
}

template <int W, int VS, bool P>
CoreCounts ModelCore<W, VS, P>::counts() const {
  return {queued_flits_ + input_pipeline_.size() + stage_.flits(), request_count_, grant_count_};
}

template <int W, int VS, bool P>
std::vector<HeadWait> ModelCore<W, VS, P>::waiting() const {
  std::vector<HeadWait> waits;
  for (int i = 0; i < ports_; ++i) {
    for (int q = 0; q < inputs_.queues_per_input(); ++q) {
      if (!inputs_.unit(i).queues[q].empty()) waits.push_back(wait_of(i, q));
    }
  }
  return waits;
}

template <int W, int VS, bool P>
HeadWait ModelCore<W, VS, P>::wait_of(int input, int queue) const {
  const Slot& slot = front(input, queue);
  const Output& u = outputs_.unit(slot.output);
  HeadWait wait;
  wait.input = input;
  wait.vc = queue % (VS <= 4 ? VS : vcs_);
  wait.output = slot.output;
  for (int v = 0; v < vcs_ && !wait.holds; ++v) {
    const auto h = outputs_.holder(u, v);
    if (u.free.test(v) || h.input != input || h.vc != wait.vc) continue;
    wait.holds = true;
    wait.output_vc = v;
  }
  if (!wait.holds) {
    // Of several that it may take none can be free and with credit: the first says why.
    wait.output_vc = allocates_vcs_ ? routes_.vcs(slot.vcs).lowest() : output_vc_for(slot.vcs, wait.vc);
    if (!u.free.test(wait.output_vc)) {
      const auto h = outputs_.holder(u, wait.output_vc);
      wait.holder_input = h.input;
      wait.holder_vc = h.vc;
      return wait;
    }
  }
  if (outputs_.whole_packet() && !slot.flit.head()) return wait;  // its credits were set aside with its head
  wait.credits = static_cast<int>(outputs_.available(u, wait.output_vc));
  wait.flits = outputs_.whole_packet() ? slot.flit.length : 1;
  return wait;
}

}  // namespace fs
