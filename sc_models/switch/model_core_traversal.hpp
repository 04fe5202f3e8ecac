// SPDX-License-Identifier: Apache-2.0
// ModelCore: one clock edge, and a granted flit's way to the output. Included by model_core.hpp.
#pragma once

#include <algorithm>

namespace fs {

/// The numbers are those of docs/switch.md.
template <int W, int VW>
Cycles ModelCore<W, VW>::step(Cycles cycle, const CoreInputs& in, CoreOutputs& out) {
  const std::int64_t now = cycle.value();
  out.tx_count = 0;
  out.rx_credit_count = 0;
  eventful_ = in.rx_count > 0 || in.tx_credit_count > 0;
  const PortSet ready = ready_pins(in);

  collect_entering(now, in);                      // (1)
  build_requests(ready, now);                     // (2)
  match(now);                                     // (3)
  if (allocates_vcs_) allocate_vcs();             // (4)
  carry_out(now, out);                            // (5)
  stage_.advance(now, ready, out);                // (6)
  pulses_.advance(out);                           // (7)
  for (int k = 0; k < in.tx_credit_count; ++k) {  // (8)
    outputs_.pulse(number(in.tx_credit[k].port), number(in.tx_credit[k].vc));
  }
  for (int k = 0; k < entering_count_; ++k) {  // (9)
    enqueue(entering_[k], now, track_occupancy_ ? at(adaptive_output_, k) : -1);
  }
  return next_step(now, ready);
}

template <int W, int VW>
void ModelCore<W, VW>::carry_out(std::int64_t cycle, CoreOutputs& out) {
  if (config_.output_speedup == 1 && !speculative_) {
    for (const Grant& grant : grants_now_) traverse(grant, cycle, out);
  } else {
    for (Grant& grant : grants_now_) {
      if (confirm(grant)) traverse(grant, cycle, out);
    }
  }
}

/// A speculative grant without its output VC or without credit is lost; so is a head whose output VC went to another in
/// this very cycle (output speedup).
template <int W, int VW>
bool ModelCore<W, VW>::confirm(Grant& grant) const {
  const std::size_t q = inputs_.queue_index(grant.input, grant.vc, grant.output);
  const Flit& flit = front(grant.input, q).flit;
  if (grant.output_vc == none_yet) {
    if (vc_allocator_.requests(grant.output, grant.input, grant.vc)) return false;
    grant.output_vc = queue_vc_[q];
    return outputs_.head_may_go(grant.output, grant.output_vc, flit);
  }
  if (allocates_vcs_ || !flit.head()) return true;
  return outputs_.masks(grant.output).free.test(grant.output_vc) &&
         outputs_.head_may_go(grant.output, grant.output_vc, flit);
}

template <int W, int VW>
void ModelCore<W, VW>::traverse(const Grant& grant, std::int64_t cycle, CoreOutputs& out) {
  const int i = grant.input;
  const int o = grant.output;
  const int vc = grant.vc;
  const int output_vc = grant.output_vc;
  const std::size_t q = inputs_.queue_index(i, vc, o);
  auto& queue = inputs_.queue(q);
  const Flit flit = inputs_.slot(i, queue.head).flit;
  const bool head = flit.head();
  const bool tail = flit.tail();
  ++grant_count_;
  --queued_flits_;
  eventful_ = true;

  stage_.enter(cycle, {flit, static_cast<PortId>(o), static_cast<VcId>(output_vc)}, out);
  if (head && !allocates_vcs_) {
    drop_head_request(i, vc, o, output_vc);
    if (!tail) {
      outputs_.hold(o, output_vc, i, vc);
      queue_vc_[q] = static_cast<std::uint8_t>(output_vc);
    }
  }
  outputs_.spend(o, output_vc, flit);
  inputs_.pop(i, vc, queue);
  pulses_.freed(i, vc, out);
  if (track_occupancy_) --queued_[static_cast<std::size_t>(o * config_.classes + number(flit.cls))];

  const bool more = !queue.empty();
  if (!tail) {
    auto& ready = outputs_.masks(o).ready;
    if (more) {
      ready.set(output_vc);
      busy_outputs_.set(o);
    } else {
      ready.clear(output_vc);
    }
    return;
  }
  if (allocates_vcs_ || !head) outputs_.release(o, output_vc);
  if (whole_first_) --tails_[q];
  if (more && requestable(q)) expose(i, vc, q);
}

template <int W, int VW>
void ModelCore<W, VW>::drop_head_request(int input, int vc, int output, int output_vc) {
  bool others = false;
  if (remapped_) {
    for_each_head_vc(input, output, output_vc, [&](int v) { others = others || v != vc; });
  }
  if (others) return;
  auto& inputs = at(heads_, output * vcs_ + output_vc);
  inputs.clear(input);
  if (inputs.none()) outputs_.masks(output).wanted.clear(output_vc);
}

template <int W, int VW>
Cycles ModelCore<W, VW>::next_step(std::int64_t cycle, const PortSet& ready) const {
  std::int64_t next = stage_.next_due();
  if (!input_pipeline_.empty()) {
    next = std::min(next, input_pipeline_.front().cycle + config_.input_pipeline);
  }
  bool busy = !stage_.fifos_empty() || pulses_.pending();
  if (queued_flits_ > 0 && !busy) {
    PortSet held_back = busy_outputs_;
    busy = eventful_ || held_back.remove(ready).any();
  }
  return Cycles(busy ? cycle + 1 : next);
}

}  // namespace fs
