// SPDX-License-Identifier: Apache-2.0
// ModelCore: flits into queues, routes chosen, requests raised. Included by model_core.hpp.
#pragma once

#include "common/check.hpp"

namespace fs {

template <int W, int VS, bool P>
void ModelCore<W, VS, P>::collect_entering(std::int64_t cycle, const CoreInputs& in) {
  if (config_.input_pipeline == 0) {
    entering_ = in.rx;
    entering_count_ = in.rx_count;
  } else {
    for (int k = 0; k < in.rx_count; ++k) {
      admit(in.rx[k], cycle);
      input_pipeline_.push(cycle + config_.input_pipeline) = in.rx[k];
    }
    matured_.clear();
    input_pipeline_.take_due(cycle, [&](const PortFlit& flit) { matured_.push_back(flit); });
    entering_ = matured_.data();
    entering_count_ = static_cast<int>(matured_.size());
  }
  if (track_occupancy_) choose_adaptive();
}

/// Adaptive heads see the registers as they stand before this edge, whatever else happens at it.
template <int W, int VS, bool P>
void ModelCore<W, VS, P>::choose_adaptive() {
  adaptive_output_.assign(static_cast<std::size_t>(entering_count_), -1);
  for (int k = 0; k < entering_count_; ++k) {
    const Flit& flit = entering_[k].flit;
    if (!flit.head()) continue;
    const auto& row = routes_.row(flit);
    if (row.choice == RouteTable::Choice::adaptive) at(adaptive_output_, k) = least_occupied(flit, row);
  }
}

template <int W, int VS, bool P>
int ModelCore<W, VS, P>::least_occupied(const Flit& head, const RouteTable::Row& row) const {
  return RouteTable::least(routes_.outputs(row), head.hash_key, [&](int o) {
    std::uint32_t occupancy = at(queued_, o * config_.classes + number(head.cls));
    routes_.vcs(row.vcs).for_each([&](int v) { occupancy += outputs_.outstanding(o, v); });
    return occupancy;
  });
}

template <int W, int VS, bool P>
int ModelCore<W, VS, P>::route(const Flit& head, int input, const RouteTable::Row& row) {
  const auto& outputs = routes_.outputs(row);
  if (row.choice == RouteTable::Choice::hashed) return outputs[RouteTable::hashed(head.hash_key, outputs.size())];
  return RouteTable::sprayed(outputs, at(spray_, input * config_.classes + number(head.cls)), ports_);
}

/// A sampled flit takes its buffer slot.
template <int W, int VS, bool P>
[[gnu::always_inline]] inline void ModelCore<W, VS, P>::admit(const PortFlit& rx, std::int64_t cycle) {
  const int v = number(rx.vc);
  if (__builtin_expect(v >= vcs_, 0)) bad_arrival(rx, cycle, "no such VC");
  if (__builtin_expect(!inputs_.take_space(inputs_.unit(number(rx.port)), v), 0)) {
    bad_arrival(rx, cycle, "input buffer overrun: the sender had no credit");
  }
}

template <int W, int VS, bool P>
[[gnu::always_inline]] inline void ModelCore<W, VS, P>::enqueue(const PortFlit& rx, std::int64_t cycle,
                                                                int adaptive_output) {
  if (config_.input_pipeline == 0) admit(rx, cycle);
  const int i = number(rx.port);
  const int v = number(rx.vc);
  Input& unit = inputs_.unit(i);
  auto& arriving = unit.arriving[static_cast<std::size_t>(v)];
  int o = arriving;
  std::uint8_t vcs = 0;
  if (rx.flit.head()) {
    if (__builtin_expect(o != Inputs::no_output, 0)) bad_arrival(rx, cycle, "a head before the last packet's tail");
    const auto& row = routes_.row(rx.flit);
    vcs = row.vcs;
    o = row.choice == RouteTable::Choice::single ? row.output
        : adaptive_output >= 0                   ? adaptive_output
                                                 : route(rx.flit, i, row);
    if (!rx.flit.tail()) arriving = static_cast<std::uint16_t>(o);
  } else {
    if (__builtin_expect(o == Inputs::no_output, 0)) bad_arrival(rx, cycle, "a body flit without a head");
    if (rx.flit.tail()) arriving = Inputs::no_output;
  }

  const int q = inputs_.queue_of(v, o);
  Queue& queue = unit.queues[q];
  const bool was_empty = queue.empty();
  const auto s = inputs_.push(unit, queue, rx.flit, o, vcs);
  if (track_occupancy_) ++at(queued_, o * config_.classes + number(rx.flit.cls));
  if constexpr (!P) {
    if (!arrived_.empty()) arrived_[inputs_.slot_index(i, s)] = cycle - config_.input_pipeline;
    if (whole_first_) {
      if (rx.flit.tail() && tails_[inputs_.queue_index(i, q)]++ == 0) expose(i, v, q, unit.slots[queue.head]);
      return;
    }
  }
  if (was_empty) expose(i, v, q, unit.slots[s]);
}

/// The flit now at the front of a queue starts to ask for what it needs.
template <int W, int VS, bool P>
[[gnu::always_inline]] inline void ModelCore<W, VS, P>::expose(int input, int vc, int queue, const Slot& slot) {
  const int o = slot.output;
  if (slot.flit.head()) {
    if (allocates_vcs_) {
      vc_allocator_.request(o, input, vc);
      return;
    }
    const int output_vc = output_vc_for(slot.vcs, vc);
    if (output_vc != vc) remapped_ = true;
    Output& unit = outputs_.unit(o);
    unit.heads[static_cast<std::size_t>(output_vc)].set(input);
    unit.wanted.set(output_vc);
  } else {
    outputs_.unit(o).ready.set(queue_vc_[inputs_.queue_index(input, queue)]);
  }
  busy_outputs_.set(o);
}

template <int W, int VS, bool P>
void ModelCore<W, VS, P>::bad_arrival(const PortFlit& rx, std::int64_t cycle, const char* what) const {
  throw InvariantError("switch " + config_.name + ", port " + std::to_string(index(rx.port)) + ", VC " +
                       std::to_string(index(rx.vc)) + ", cycle " + std::to_string(cycle) + ": " + what);
}

/// The first adaptive row: from here on occupancy is counted, starting from what is queued now.
template <int W, int VS, bool P>
void ModelCore<W, VS, P>::begin_occupancy() {
  track_occupancy_ = true;
  queued_.assign(static_cast<std::size_t>(ports_) * static_cast<std::size_t>(config_.classes), 0);
  for (int i = 0; i < ports_; ++i) {
    const Input& unit = inputs_.unit(i);
    for (int q = 0; q < inputs_.queues_per_input(); ++q) {
      for (auto s = unit.queues[q].head; s != Inputs::nil; s = unit.slots[s].next) {
        ++at(queued_, unit.slots[s].output * config_.classes + number(unit.slots[s].flit.cls));
      }
    }
  }
}

}  // namespace fs
