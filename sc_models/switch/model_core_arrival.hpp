// SPDX-License-Identifier: Apache-2.0
// ModelCore: flits into queues, routes chosen, requests raised. Included by model_core.hpp.
#pragma once

#include "common/check.hpp"

namespace fs {

template <int W, int VW>
void ModelCore<W, VW>::collect_entering(std::int64_t cycle, const CoreInputs& in) {
  if (config_.input_pipeline == 0) {
    entering_ = in.rx;
    entering_count_ = in.rx_count;
  } else {
    for (int k = 0; k < in.rx_count; ++k) input_pipeline_.push({cycle, in.rx[k]});
    matured_.clear();
    while (!input_pipeline_.empty() && input_pipeline_.front().cycle + config_.input_pipeline <= cycle) {
      matured_.push_back(input_pipeline_.pop().rx);
    }
    entering_ = matured_.data();
    entering_count_ = static_cast<int>(matured_.size());
  }
  if (track_occupancy_) choose_adaptive();
}

/// Adaptive heads see the registers as they stand before this edge, whatever else happens at it.
template <int W, int VW>
void ModelCore<W, VW>::choose_adaptive() {
  adaptive_output_.assign(static_cast<std::size_t>(entering_count_), -1);
  for (int k = 0; k < entering_count_; ++k) {
    const Flit& flit = entering_[k].flit;
    if (!flit.head()) continue;
    const auto& row = routes_.row(flit);
    if (row.choice == RouteTable::Choice::adaptive) at(adaptive_output_, k) = least_occupied(flit, row);
  }
}

template <int W, int VW>
int ModelCore<W, VW>::least_occupied(const Flit& head, const RouteTable::Row& row) const {
  const auto& outputs = routes_.outputs(row);
  const std::size_t n = outputs.size();
  std::size_t k = RouteTable::hashed(head.hash_key, n);
  std::uint32_t best = ~0U;
  int chosen = -1;
  for (std::size_t seen = 0; seen < n; ++seen, k = k + 1 == n ? 0 : k + 1) {
    const int o = outputs[k];
    std::uint32_t occupancy = queued_[static_cast<std::size_t>(o * config_.classes) + index(head.cls)];
    routes_.vcs(row.vcs).for_each([&](int v) { occupancy += outputs_.outstanding(o, v); });
    if (occupancy < best) {
      best = occupancy;
      chosen = o;
    }
  }
  return chosen;
}

template <int W, int VW>
int ModelCore<W, VW>::route(const Flit& head, int input, const RouteTable::Row& row) {
  const auto& outputs = routes_.outputs(row);
  if (row.choice == RouteTable::Choice::hashed) return outputs[RouteTable::hashed(head.hash_key, outputs.size())];
  return RouteTable::sprayed(outputs, at(spray_, input * config_.classes + number(head.cls)), ports_);
}

template <int W, int VW>
void ModelCore<W, VW>::enqueue(const PortFlit& rx, std::int64_t cycle, int adaptive_output) {
  const int i = number(rx.port);
  const int v = number(rx.vc);
  if (v >= vcs_) bad_arrival(rx, cycle, "no such VC");
  if (!inputs_.take_space(i, v)) bad_arrival(rx, cycle, "input buffer overrun: the sender had no credit");
  auto& arriving = inputs_.arriving(i, v);
  int o = arriving;
  std::uint8_t vcs = 0;
  if (rx.flit.head()) {
    if (arriving != InputUnits::no_output) bad_arrival(rx, cycle, "a head before the last packet's tail");
    const auto& row = routes_.row(rx.flit);
    vcs = row.vcs;
    o = row.choice == RouteTable::Choice::single ? row.output
        : adaptive_output >= 0                   ? adaptive_output
                                                 : route(rx.flit, i, row);
    if (!rx.flit.tail()) arriving = static_cast<std::uint16_t>(o);
  } else {
    if (arriving == InputUnits::no_output) bad_arrival(rx, cycle, "a body flit without a head");
    if (rx.flit.tail()) arriving = InputUnits::no_output;
  }

  const std::size_t q = inputs_.queue_index(i, v, o);
  auto& queue = inputs_.queue(q);
  const bool was_empty = queue.empty();
  const auto s = inputs_.push(i, queue, rx.flit, o, vcs);
  ++queued_flits_;
  if (!arrived_.empty()) arrived_[inputs_.slot_index(i, s)] = cycle - config_.input_pipeline;
  if (track_occupancy_) ++queued_[static_cast<std::size_t>(o * config_.classes + number(rx.flit.cls))];
  if (whole_first_) {
    if (rx.flit.tail() && tails_[q]++ == 0) expose(i, v, q);
  } else if (was_empty) {
    expose(i, v, q);
  }
}

/// The flit now at the front of a queue starts to ask for what it needs.
template <int W, int VW>
void ModelCore<W, VW>::expose(int input, int vc, std::size_t queue_index) {
  const auto& slot = front(input, queue_index);
  const int o = slot.output;
  if (!slot.flit.head()) {
    outputs_.masks(o).ready.set(queue_vc_[queue_index]);
    busy_outputs_.set(o);
  } else if (allocates_vcs_) {
    vc_allocator_.request(o, input, vc);
  } else {
    const int output_vc = output_vc_for(slot.vcs, vc);
    if (output_vc != vc) remapped_ = true;
    at(heads_, o * vcs_ + output_vc).set(input);
    outputs_.masks(o).wanted.set(output_vc);
    busy_outputs_.set(o);
  }
}

template <int W, int VW>
void ModelCore<W, VW>::bad_arrival(const PortFlit& rx, std::int64_t cycle, const char* what) const {
  FS_CHECK(false, "switch " + config_.name + ", port " + std::to_string(index(rx.port)) + ", VC " +
                      std::to_string(index(rx.vc)) + ", cycle " + std::to_string(cycle) + ": " + what);
  __builtin_unreachable();
}

/// The first adaptive row: from here on occupancy is counted, starting from what is queued now.
template <int W, int VW>
void ModelCore<W, VW>::begin_occupancy() {
  track_occupancy_ = true;
  queued_.assign(static_cast<std::size_t>(ports_ * config_.classes), 0);
  for (int i = 0; i < ports_; ++i) {
    for (int v = 0; v < vcs_; ++v) {
      int queues = config_.queueing == Queueing::vc_fifo ? 1 : ports_;
      for (int k = 0; k < queues; ++k) {
        const std::size_t q = inputs_.queue_index(i, v, k);
        for (auto s = inputs_.queue(q).head; s != InputUnits::nil; s = inputs_.slot(i, s).next) {
          const auto& slot = inputs_.slot(i, s);
          ++queued_[static_cast<std::size_t>(slot.output * config_.classes + number(slot.flit.cls))];
        }
      }
    }
  }
}

}  // namespace fs
