// SPDX-License-Identifier: Apache-2.0
// ModelCore: who asks for which output, who gets it, and VC allocation. Included by model_core.hpp.
#pragma once

#include <algorithm>

namespace fs {

template <int W, int VW>
typename ModelCore<W, VW>::PortSet ModelCore<W, VW>::ready_pins(const CoreInputs& in) const {
  PortSet ready;
  const int words = (ports_ + 63) / 64;
  for (int w = 0; w < words; ++w) ready.word(w) = in.tx_ready == nullptr ? ~0ULL : in.tx_ready[w];
  return ready;
}

/// Held output VCs whose next flit may go.
template <int W, int VW>
typename ModelCore<W, VW>::VcSet ModelCore<W, VW>::eligible_held(int output) const {
  const Masks& m = outputs_.masks(output);
  VcSet eligible = m.ready & (m.enough | m.covered);
  if (!outputs_.whole_packet() || eligible == m.ready) return eligible;
  VcSet doubtful = m.ready & m.some;
  doubtful.remove(eligible);
  doubtful.for_each([&](int v) {
    const auto h = outputs_.holder(output, v);
    if (outputs_.head_may_go(output, v, front(h.input, inputs_.queue_index(h.input, h.vc, output)).flit))
      eligible.set(v);
  });
  return eligible;
}

/// Free output VCs that heads without VC allocation ask for; some credit is there, perhaps not enough for each head.
template <int W, int VW>
typename ModelCore<W, VW>::VcSet ModelCore<W, VW>::eligible_wanted(int output) const {
  const Masks& m = outputs_.masks(output);
  return m.wanted & m.free & m.some;
}

/// Calls f(input VC) for each VC of `input` whose head asks for that output VC (without VC allocation).
template <int W, int VW>
template <class F>
void ModelCore<W, VW>::for_each_head_vc(int input, int output, int output_vc, F&& f) const {
  if (!remapped_) {
    f(output_vc);
    return;
  }
  for (int v = 0; v < vcs_; ++v) {
    const std::size_t q = inputs_.queue_index(input, v, output);
    if (inputs_.queue(q).empty() || !requestable(q)) continue;
    const auto& slot = front(input, q);
    if (slot.flit.head() && slot.output == output && output_vc_for(slot.vcs, v) == output_vc) f(v);
  }
}

/// A head without an output VC asks for the crossbar when one that it may take is free and has credit.
template <int W, int VW>
bool ModelCore<W, VW>::may_speculate(int input, int vc, int output) const {
  const auto& slot = front(input, inputs_.queue_index(input, vc, output));
  const auto& allowed = routes_.vcs(slot.vcs);
  bool may = false;
  outputs_.masks(output).free.for_each(
      [&](int v) { may = may || (allowed.test(v) && outputs_.head_may_go(output, v, slot.flit)); });
  return may;
}

/// The inputs with a front flit that may go to `output` now.
template <int W, int VW>
typename ModelCore<W, VW>::PortSet ModelCore<W, VW>::request_row(int output) const {
  const Masks& m = outputs_.masks(output);
  PortSet row;
  if (m.ready.any()) {
    eligible_held(output).for_each([&](int v) { row.set(outputs_.holder(output, v).input); });
  }
  if (!allocates_vcs_) {
    eligible_wanted(output).for_each([&](int v) {
      const PortSet& inputs = heads_[static_cast<std::size_t>(output * vcs_ + v)];
      if (m.enough.test(v)) {
        row |= inputs;
        return;
      }
      inputs.for_each([&](int i) {
        for_each_head_vc(i, output, v, [&](int vc) {
          if (outputs_.head_may_go(output, v, front(i, inputs_.queue_index(i, vc, output)).flit)) row.set(i);
        });
      });
    });
  } else if (speculative_ && vc_allocator_.pending().test(output)) {
    vc_allocator_.for_each_request(output, [&](int i, int vc) {
      if (!row.test(i) && may_speculate(i, vc, output)) row.set(i);
    });
  }
  return row;
}

/// Calls f(input, VC, output VC or none_yet) for each front flit that may go to `output` now.
template <int W, int VW>
template <class F>
void ModelCore<W, VW>::for_each_eligible(int output, F&& f) const {
  eligible_held(output).for_each([&](int v) {
    const auto h = outputs_.holder(output, v);
    f(static_cast<int>(h.input), static_cast<int>(h.vc), v);
  });
  if (!allocates_vcs_) {
    eligible_wanted(output).for_each([&](int v) {
      heads_[static_cast<std::size_t>(output * vcs_ + v)].for_each([&](int i) {
        for_each_head_vc(i, output, v, [&](int vc) {
          if (outputs_.head_may_go(output, v, front(i, inputs_.queue_index(i, vc, output)).flit)) f(i, vc, v);
        });
      });
    });
  } else if (speculative_) {
    vc_allocator_.for_each_request(output, [&](int i, int vc) {
      if (may_speculate(i, vc, output)) f(i, vc, static_cast<int>(none_yet));
    });
  }
}

template <int W, int VW>
void ModelCore<W, VW>::build_requests(const PortSet& ready, std::int64_t cycle) {
  (void)cycle;
  requests_.outputs.reset();
  matches_.count = 0;
  PortSet asked = busy_outputs_;
  if (speculative_) asked |= vc_allocator_.pending();
  const int s = config_.input_speedup;
  const int t = config_.output_speedup;
  oldest_first_.clear();
  (asked & ready).for_each([&](int o) {
    if (plain_) {
      const PortSet row = request_row(o);
      if (row.any()) {
        at(requests_.rows, o) = row;
        requests_.outputs.set(o);
        request_count_ += static_cast<std::uint64_t>(row.count());
        return;
      }
    } else {
      bool any = false;
      for_each_eligible(o, [&](int i, int vc, int output_vc) {
        const int from = i * s + vc % s;
        const int to = o * t + i % t;
        any = true;
        ++request_count_;
        if (config_.allocator == AllocatorKind::oldest_first) {
          const std::size_t q = inputs_.queue_index(i, vc, o);
          oldest_first_.add({arrived_[inputs_.slot_index(i, inputs_.queue(q).head)], static_cast<std::uint16_t>(from),
                             static_cast<std::uint16_t>(to), static_cast<std::uint8_t>(vc),
                             static_cast<std::uint8_t>(output_vc), output_vc == none_yet});
          return;
        }
        if (!requests_.outputs.test(to)) {
          requests_.outputs.set(to);
          at(requests_.rows, to).reset();
        }
        at(requests_.rows, to).set(from);
      });
      if (any) {
        eventful_ = true;
        return;
      }
    }
    const Masks& m = outputs_.masks(o);
    if (m.wanted.none() && m.ready.none()) busy_outputs_.clear(o);
  });
}

/// Which flit uses a connection: round robin over the input's VCs; those that hold an output VC before speculative
/// ones.
template <int W, int VW>
typename ModelCore<W, VW>::Grant ModelCore<W, VW>::choose(const Match& m) {
  const int s = config_.input_speedup;
  const int i = m.input / s;
  const int o = m.output / config_.output_speedup;
  const int favoured = at(favourite_, m.input);
  Pick pick;
  const auto consider = [&](int vc, int output_vc) {
    if (s > 1 && vc % s != m.input % s) return;
    const int distance = vc >= favoured ? vc - favoured : vc - favoured + vcs_;
    if (distance < pick.distance) pick = {distance, vc, output_vc};
  };
  eligible_held(o).for_each([&](int v) {
    const auto h = outputs_.holder(o, v);
    if (h.input == i) consider(h.vc, v);
  });
  if (!allocates_vcs_) {
    eligible_wanted(o).for_each([&](int v) {
      if (!at(heads_, o * vcs_ + v).test(i)) return;
      for_each_head_vc(i, o, v, [&](int vc) {
        if (outputs_.head_may_go(o, v, front(i, inputs_.queue_index(i, vc, o)).flit)) consider(vc, v);
      });
    });
  } else if (speculative_ && pick.vc < 0) {
    for (int vc = 0; vc < vcs_; ++vc) {
      if (vc_allocator_.requests(o, i, vc) && may_speculate(i, vc, o)) consider(vc, none_yet);
    }
  }
  at(favourite_, m.input) = static_cast<std::uint16_t>((pick.vc + s) % vcs_);
  return {static_cast<std::uint16_t>(i), static_cast<std::uint16_t>(o), static_cast<std::uint8_t>(pick.vc),
          static_cast<std::uint8_t>(pick.output_vc)};
}

template <int W, int VW>
void ModelCore<W, VW>::match(std::int64_t cycle) {
  grants_now_.clear();
  if (config_.allocator == AllocatorKind::oldest_first) {
    if (oldest_first_.empty()) return;
    oldest_first_.template allocate<W>([&](const AgedRequest& r) {
      grants_now_.push_back({static_cast<std::uint16_t>(r.input / config_.input_speedup),
                             static_cast<std::uint16_t>(r.output / config_.output_speedup), r.vc, r.output_vc});
    });
    return;
  }
  if (requests_.outputs.none()) return;
  eventful_ = true;
  switch (config_.allocator) {
    case AllocatorKind::islip:
      islip_.allocate(requests_, matches_);
      break;
    case AllocatorKind::pim:
      pim_.allocate(requests_, matches_);
      break;
    case AllocatorKind::wavefront:
      wavefront_.allocate(requests_, matches_, cycle);
      break;
    case AllocatorKind::round_robin:
      round_robin_.allocate(requests_, matches_);
      break;
    case AllocatorKind::oldest_first:
      break;
  }
  for (int k = 0; k < matches_.count; ++k) grants_now_.push_back(choose(at(matches_.items, k)));
}

template <int W, int VW>
void ModelCore<W, VW>::allocate_vcs() {
  if (vc_allocator_.pending().none()) return;
  const bool any_mask = routes_.one_mask();
  vc_allocator_.allocate(
      [&](int o) { return outputs_.masks(o).free; },
      [&](int o, int requester, int v) {
        const int i = requester / vcs_;
        return (any_mask && routes_.vcs(0).test(v)) ||
               (!any_mask && routes_.vcs(front(i, inputs_.queue_index(i, requester - i * vcs_, o)).vcs).test(v));
      },
      [&](int o, int i, int vc) { return inputs_.queue_index(i, vc, o); },
      [&](int o, int i, int vc, int v) {
        outputs_.hold(o, v, i, vc);
        outputs_.masks(o).ready.set(v);
        queue_vc_[inputs_.queue_index(i, vc, o)] = static_cast<std::uint8_t>(v);
        busy_outputs_.set(o);
        eventful_ = true;
      });
}

}  // namespace fs
