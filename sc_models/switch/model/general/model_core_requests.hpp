// SPDX-License-Identifier: Apache-2.0
// ModelCore: which front flit may go where in this cycle. Included by model_core.hpp.
#pragma once

#include <algorithm>

namespace fs {

template <int W, int VS, bool P>
typename ModelCore<W, VS, P>::PortSet ModelCore<W, VS, P>::ready_pins(const CoreInputs& in) const {
  PortSet ready;
  const int words = (ports_ + 63) / 64;
  for (int w = 0; w < words; ++w) ready.word(w) = in.tx_ready == nullptr ? ~0ULL : in.tx_ready[w];
  return ready;
}

/// Held output VCs whose next flit may go.
template <int W, int VS, bool P>
[[gnu::always_inline]] inline typename ModelCore<W, VS, P>::VcSet ModelCore<W, VS, P>::eligible_held(int output) const {
  const Output& u = outputs_.unit(output);
  VcSet eligible = u.ready & (u.enough | u.covered);
  if (!outputs_.whole_packet() || eligible == u.ready) return eligible;
  VcSet doubtful = u.ready & u.some;
  doubtful.remove(eligible);
  doubtful.for_each([&](int v) {
    const auto h = outputs_.holder(u, v);
    if (outputs_.head_may_go(u, v, front(h.input, h.vc, output).flit)) eligible.set(v);
  });
  return eligible;
}

/// Calls f(input VC) for each VC of `input` whose head asks for that output VC (without VC allocation).
template <int W, int VS, bool P>
template <class F>
[[gnu::always_inline]] inline void ModelCore<W, VS, P>::for_each_head_vc(int input, int output, int output_vc,
                                                                         F&& f) const {
  if (!remapped_) {
    f(output_vc);
    return;
  }
  for (int v = 0; v < vcs_; ++v) {
    const int q = inputs_.queue_of(v, output);
    if (inputs_.unit(input).queues[q].empty() || !requestable(inputs_.queue_index(input, q))) continue;
    const Slot& slot = front(input, q);
    if (slot.flit.head() && slot.output == output && output_vc_for(slot.vcs, v) == output_vc) f(v);
  }
}

/// A head without an output VC asks for the crossbar when one that it may take is free and has credit.
template <int W, int VS, bool P>
bool ModelCore<W, VS, P>::may_speculate(int input, int vc, int output) const {
  const Slot& slot = front(input, vc, output);
  const Output& u = outputs_.unit(output);
  const auto& allowed = routes_.vcs(slot.vcs);
  bool may = false;
  u.free.for_each([&](int v) { may = may || (allowed.test(v) && outputs_.head_may_go(u, v, slot.flit)); });
  return may;
}

/// The inputs with a front flit that may go to `output` now.
template <int W, int VS, bool P>
[[gnu::always_inline]] inline typename ModelCore<W, VS, P>::PortSet ModelCore<W, VS, P>::request_row(int output) const {
  const Output& u = outputs_.unit(output);
  PortSet row;
  if (u.ready.any()) {
    const VcSet held = eligible_held(output);
    if constexpr (few_vcs) {
      for (int v = 0; v < VS; ++v) {
        const unsigned input = u.holder_input[static_cast<std::size_t>(v)];
        const std::uint64_t bit = ((held.word(0) >> v) & 1U) << (input & 63U);
        for (unsigned w = 0; w < W; ++w) row.word(static_cast<int>(w)) |= bit & (0 - std::uint64_t{input >> 6 == w});
      }
    } else {
      held.for_each([&](int v) { row.set(outputs_.holder(u, v).input); });
    }
  }
  if (!allocates_vcs_) {
    const VcSet eligible = eligible_wanted(u);
    const VcSet sure = eligible & u.enough;
    if constexpr (few_vcs) {
      // Every VC, masked: shorter than branching on which VCs are there.
      for (int v = 0; v < VS; ++v) {
        const std::uint64_t mask = 0 - ((sure.word(0) >> v) & 1U);
        for (int w = 0; w < W; ++w) row.word(w) |= u.heads[static_cast<std::size_t>(v)].word(w) & mask;
      }
    } else {
      sure.for_each([&](int v) { row |= u.heads[static_cast<std::size_t>(v)]; });
    }
    if (__builtin_expect(!(sure == eligible), 0)) add_doubtful_heads(output, eligible, row);
  } else if (!P && speculative_ && vc_allocator_.pending().test(output)) {
    vc_allocator_.for_each_request(output, [&](int i, int vc) {
      if (!row.test(i) && may_speculate(i, vc, output)) row.set(i);
    });
  }
  return row;
}

/// Output VCs with some credit, but not enough for every head: each head is looked at.
template <int W, int VS, bool P>
void ModelCore<W, VS, P>::add_doubtful_heads(int output, VcSet eligible, PortSet& row) const {
  const Output& u = outputs_.unit(output);
  eligible.remove(u.enough);
  eligible.for_each([&](int v) {
    u.heads[static_cast<std::size_t>(v)].for_each([&](int i) {
      for_each_head_vc(i, output, v, [&](int vc) {
        if (outputs_.head_may_go(u, v, front(i, vc, output).flit)) row.set(i);
      });
    });
  });
}

/// With VC allocation and few VCs: iSLIP's grant without a row. The holder nearest after the grant pointer wins; every
/// VC is looked at, because branching on which are there costs more than the arithmetic.
template <int W, int VS, bool P>
[[gnu::always_inline]] inline void ModelCore<W, VS, P>::offer_to_holders(const PortSet& ready) {
  (busy_outputs_ & ready).for_each([&](int o) {
    Output& u = outputs_.unit(o);
    const std::uint64_t eligible = eligible_held(o).word(0);
    const int pointer = islip_.grant_pointer(o);
    int nearest = 2 * none_nearer;  // the distance, and below it the VC
    for (int v = 0; v < (few_vcs ? VS : 0); ++v) {
      const int ahead = u.holder_input[static_cast<std::size_t>(v)] - pointer;
      const int absent = static_cast<int>((eligible >> v) & 1U) - 1;
      nearest = std::min(nearest, (ahead + ((ahead >> 31) & ports_)) * 4 + v + (absent & none_nearer));
    }
    if (nearest >= none_nearer) return;
    ++request_count_;
    const int vc = nearest & 3;
    const int input = u.holder_input[static_cast<std::size_t>(vc)];
    unsigned same = 0;
    for (int v = 0; v < (few_vcs ? VS : 0); ++v) {
      same |= static_cast<unsigned>(u.holder_input[static_cast<std::size_t>(v)] == input) << v;
    }
    u.offered_vcs = static_cast<std::uint8_t>(same & eligible);
    islip_.offer_to(o, input);
  });
}

/// Calls f(output, row) for each output with requests whose tx_ready is 1, ascending.
template <int W, int VS, bool P>
template <class F>
[[gnu::always_inline]] inline void ModelCore<W, VS, P>::for_each_request_row(const PortSet& ready, F&& f) {
  PortSet asked = busy_outputs_;
  if (!P && speculative_) asked |= vc_allocator_.pending();
  (asked & ready).for_each([&](int o) {
    const PortSet row = request_row(o);
    if (row.any()) {
      ++request_count_;
      f(o, row);
      return;
    }
  });
}

template <int W, int VS, bool P>
void ModelCore<W, VS, P>::build_requests(const PortSet& ready) {
  for_each_request_row(ready, [&](int o, const PortSet& row) {
    at(requests_.rows, o) = row;
    requests_.outputs.set(o);
  });
}

/// Calls f(input, VC, output VC or none_yet) for each front flit that may go to `output` now.
template <int W, int VS, bool P>
template <class F>
void ModelCore<W, VS, P>::for_each_eligible(int output, F&& f) const {
  const Output& u = outputs_.unit(output);
  eligible_held(output).for_each([&](int v) {
    const auto h = outputs_.holder(u, v);
    f(h.input, h.vc, v);
  });
  if (!allocates_vcs_) {
    eligible_wanted(u).for_each([&](int v) {
      u.heads[static_cast<std::size_t>(v)].for_each([&](int i) {
        for_each_head_vc(i, output, v, [&](int vc) {
          if (outputs_.head_may_go(u, v, front(i, vc, output).flit)) f(i, vc, v);
        });
      });
    });
  } else if (speculative_) {
    vc_allocator_.for_each_request(output, [&](int i, int vc) {
      if (may_speculate(i, vc, output)) f(i, vc, +none_yet);
    });
  }
}

/// Requests between crossbar ports: input i's VC v enters at i * s + v mod s, and leaves for output o at o * t + i mod
/// t. Oldest first keeps each flit's age with its request.
template <int W, int VS, bool P>
void ModelCore<W, VS, P>::build_expanded_requests(const PortSet& ready) {
  const int s = config_.input_speedup;
  const int t = config_.output_speedup;
  oldest_first_.clear();
  PortSet asked = busy_outputs_;
  if (speculative_) asked |= vc_allocator_.pending();
  (asked & ready).for_each([&](int o) {
    bool any = false;
    for_each_eligible(o, [&](int i, int vc, int output_vc) {
      const int from = i * s + vc % s;
      const int to = o * t + i % t;
      any = true;
      if (config_.allocator == AllocatorKind::oldest_first) {
        const auto slot = inputs_.unit(i).queues[inputs_.queue_of(vc, o)].head;
        oldest_first_.add({arrived_[inputs_.slot_index(i, slot)], static_cast<std::uint16_t>(from),
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
    request_count_ += any;
  });
}

}  // namespace fs
