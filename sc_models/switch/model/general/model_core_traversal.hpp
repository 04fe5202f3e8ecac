// SPDX-License-Identifier: Apache-2.0
// ModelCore: one clock edge, and a granted flit's way to the output. Included by model_core.hpp.
#pragma once

#include <algorithm>

namespace fs {

/// The numbers are those of docs/switch.md.
template <int W, int VS, bool P>
Cycles ModelCore<W, VS, P>::step(Cycles cycle, const CoreInputs& in, CoreOutputs& out) {
  const std::int64_t now = cycle.value();
  out.tx_count = 0;
  out.rx_credit_count = 0;
  eventful_ = in.rx_count > 0 || in.tx_credit_count > 0;
  const PortSet ready = ready_pins(in);

  collect_entering(now, in);                      // (1)
  match(now, ready);                              // (2) (3)
  if (allocates_vcs_) allocate_vcs();             // (4)
  carry_out(now, out);                            // (5)
  stage_.advance(now, ready, out);                // (6)
  if (!P) pulses_.advance(out);                   // (7)
  for (int k = 0; k < in.tx_credit_count; ++k) {  // (8)
    outputs_.pulse(number(in.tx_credit[k].port), number(in.tx_credit[k].vc));
  }
  for (int k = 0; k < entering_count_; ++k) {  // (9)
    enqueue(entering_[k], now, track_occupancy_ ? at(adaptive_output_, k) : -1);
  }
  queued_flits_ += static_cast<std::uint64_t>(entering_count_);
  eventful_ = eventful_ || entering_count_ > 0;
  return next_step(now, ready);
}

template <int W, int VS, bool P>
[[gnu::always_inline]] inline void ModelCore<W, VS, P>::carry_out(std::int64_t cycle, CoreOutputs& out) {
  const std::uint64_t before = grant_count_;
  if constexpr (P) {
    if (fused_islip_) {
      // Queues and slots are spread over the pools of all inputs: each is fetched while the others are chosen.
      decided_.clear();
      islip_.for_each_accepted(true, [&](int i, int o) {
        decided_.push_back(choose(i, o));
        __builtin_prefetch(&granted_queue(decided_.back()), 1);
      });
      for (const Grant& grant : decided_) {
        __builtin_prefetch(&inputs_.unit(grant.input).slots[granted_queue(grant).head], 1);
      }
      for (const Grant& grant : decided_) traverse(grant, cycle, out);
      grant_count_ += decided_.size();
    } else {
      for (int k = 0; k < matches_.count; ++k) {
        const Match m = at(matches_.items, k);
        traverse(choose(m.input, m.output), cycle, out);
      }
      grant_count_ += static_cast<std::uint64_t>(matches_.count);
    }
    activate_fresh();
  } else {
    eventful_ = eventful_ || !decided_.empty();
    activate_fresh();
    for (Grant& grant : decided_) {
      if (!confirm(grant)) continue;
      traverse(grant, cycle, out);
      ++grant_count_;
    }
  }
  eventful_ = eventful_ || grant_count_ != before;
  queued_flits_ -= grant_count_ - before;
}

/// A speculative grant without its output VC or without credit is lost. So is, with output speedup, one whose output VC
/// or shared credit went to an earlier grant of this very cycle.
template <int W, int VS, bool P>
bool ModelCore<W, VS, P>::confirm(Grant& grant) const {
  const Output& u = outputs_.unit(grant.output);
  const int q = inputs_.queue_of(grant.vc, grant.output);
  const Flit& flit = front(grant.input, q).flit;
  if (grant.output_vc == none_yet) {
    if (vc_allocator_.requests(grant.output, grant.input, grant.vc)) return false;
    grant.output_vc = queue_vc_[inputs_.queue_index(grant.input, q)];
  } else if (!flit.head()) {
    return u.covered.test(grant.output_vc) || u.some.test(grant.output_vc);
  } else if (!allocates_vcs_ && !u.free.test(grant.output_vc)) {
    return false;
  }
  return outputs_.head_may_go(u, grant.output_vc, flit);
}

template <int W, int VS, bool P>
[[gnu::always_inline]] inline void ModelCore<W, VS, P>::traverse(const Grant& grant, std::int64_t cycle,
                                                                 CoreOutputs& out) {
  const int i = grant.input;
  const int o = grant.output;
  const int vc = grant.vc;
  const int output_vc = grant.output_vc;
  Input& input = inputs_.unit(i);
  Output& output = outputs_.unit(o);
  const int q = inputs_.queue_of(vc, o);
  Queue& queue = input.queues[q];
  const Flit& flit = input.slots[queue.head].flit;  // stays there until the slot is used again
  const bool head = flit.head();
  const bool tail = flit.tail();

  stage_.enter(cycle, flit, o, output_vc, out);
  if (head && !allocates_vcs_) {
    drop_head_request(i, vc, o, output_vc);
    if (!tail) {
      outputs_.hold(output, output_vc, i, vc);
      queue_vc_[inputs_.queue_index(i, q)] = static_cast<std::uint8_t>(output_vc);
    }
  }
  outputs_.spend(output, output_vc, flit);
  inputs_.pop(input, vc, queue);
  if (P) {
    out.rx_credit[out.rx_credit_count++] = {static_cast<PortId>(i), static_cast<VcId>(vc)};
  } else {
    pulses_.freed(i, vc, out);
  }
  if (track_occupancy_) --at(queued_, o * config_.classes + number(flit.cls));

  const bool more = !queue.empty();
  if (!tail) {
    output.ready.assign(output_vc, more);
    still_busy(o, output);
    return;
  }
  if (allocates_vcs_ || !head) outputs_.release(output, output_vc);
  still_busy(o, output);
  if (whole_first()) --tails_[inputs_.queue_index(i, q)];
  if (more && requestable(inputs_.queue_index(i, q))) expose(i, vc, q, input.slots[queue.head]);
}

template <int W, int VS, bool P>
[[gnu::always_inline]] inline void ModelCore<W, VS, P>::still_busy(int output, const Output& u) {
  busy_outputs_.assign(output, (u.wanted | u.ready).any());
}

template <int W, int VS, bool P>
[[gnu::always_inline]] inline void ModelCore<W, VS, P>::drop_head_request(int input, int vc, int output,
                                                                          int output_vc) {
  if (__builtin_expect(remapped_, 0)) {
    bool others = false;
    for_each_head_vc(input, output, output_vc, [&](int v) { others = others || v != vc; });
    if (others) return;
  }
  Output& u = outputs_.unit(output);
  auto& inputs = u.heads[static_cast<std::size_t>(output_vc)];
  inputs.clear(input);
  u.wanted.assign(output_vc, inputs.any());
}

template <int W, int VS, bool P>
[[gnu::always_inline]] inline Cycles ModelCore<W, VS, P>::next_step(std::int64_t cycle, const PortSet& ready) const {
  bool busy = !stage_.fifos_empty() || pulses_.pending();
  if (queued_flits_ > 0 && !busy) {
    PortSet held_back = busy_outputs_;
    busy = eventful_ || held_back.remove(ready).any();
  }
  if (busy) return Cycles(cycle + 1);
  return Cycles(std::min(stage_.next_due(), input_pipeline_.next_due()));
}

}  // namespace fs
