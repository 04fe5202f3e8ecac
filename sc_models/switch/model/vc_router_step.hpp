// SPDX-License-Identifier: Apache-2.0
// VcRouterCore: one clock edge. Included by vc_router_core.hpp. The numbers are those of docs/switch.md.
#pragma once

#include <algorithm>

#include "switch/allocators/request_matrix.hpp"

namespace fs {

template <int W>
template <class Shell>
[[gnu::always_inline]] inline Cycles VcRouterCore<W>::step_for(Cycles cycle, const CoreInputs& in, PortFlit*& tx,
                                                               int& tx_count, Shell& shell) {
  const std::int64_t now = cycle.value();
  eventful_ = in.rx_count > 0 || in.tx_credit_count > 0;
  PortSet ready;
  for (int w = 0; w < (ports_ + 63) / 64; ++w) ready.word(w) = in.tx_ready == nullptr ? ~0ULL : in.tx_ready[w];

  if (__builtin_expect(track_occupancy_, 0)) choose_adaptive(in);  // (1)
  offer(ready);                                                    // (2) (3)
  allocate_vcs();                                                  // (4)
  if (config_.output_pipeline == 0) {                              // (5) (6) (7)
    tx_count = carry_out(tx, shell);
  } else {
    if (offered_inputs_.any()) {
      pipeline_.close_row(carry_out(pipeline_.open_row(now + config_.output_pipeline), shell));
    }
    tx = pipeline_.take_row(now, tx_count);
  }
  count_credits(in, shell);                // (8)
  for (int k = 0; k < in.rx_count; ++k) {  // (9)
    enqueue(in.rx[k], now, track_occupancy_ ? adaptive_output_[static_cast<std::size_t>(k)] : -1, shell);
  }
  queued_flits_ += static_cast<std::uint64_t>(in.rx_count);
  return next_step(now, ready);
}

template <int W>
Cycles VcRouterCore<W>::step(Cycles cycle, const CoreInputs& in, CoreOutputs& out) {
  struct Lists {
    CoreOutputs* out;
    void arrived(int, int, int) {}
    void freed(int port, int vc) {
      out->rx_credit[out->rx_credit_count++] = {static_cast<PortId>(port), static_cast<VcId>(vc)};
    }
    void credit(int, int) {}
  } lists{&out};
  out.rx_credit_count = 0;
  PortFlit* tx = out.tx;
  const Cycles next = step_for(cycle, in, tx, out.tx_count, lists);
  if (tx != out.tx) std::copy(tx, tx + out.tx_count, out.tx);
  return next;
}

/// iSLIP's grant: of the inputs that hold a VC and may send, the one nearest after the pointer. Each input keeps the
/// best offer, which is the one nearest after its accept pointer.
template <int W>
[[gnu::always_inline]] inline void VcRouterCore<W>::offer(const PortSet& ready) {
  offered_inputs_.reset();
  (busy_outputs_ & ready).for_each([&](int o) {
    Output& u = output(o);
    const unsigned eligible = u.ready & u.some;
    u.offered = static_cast<std::uint8_t>(eligible);
    if (eligible == 0) return;
    ++request_count_;
    const unsigned found = vc_lanes::nearest(u.holder_input, eligible, u.grant, ports_);
    const int i = u.holder_input[found & 0xff];
    Input& in = input(i);
    const int ahead = o - in.accept;
    const auto distance = static_cast<std::uint32_t>(ahead + ((ahead >> 31) & ports_));
    in.best = std::min(in.best, distance << 16 | static_cast<std::uint32_t>(o));
    offered_inputs_.set(i);
  });
}

template <int W>
[[gnu::always_inline]] inline void VcRouterCore<W>::allocate_vcs() {
  pending_.for_each([&](int o) {
    if (output(o).free != 0) allocate_vcs_of(o);
  });
}

/// Every free VC grants the first requester after its pointer, every requester accepts one. What is allocated here may
/// use the crossbar from the next edge on: what may go in this cycle has been decided.
template <int W>
[[gnu::always_inline]] inline void VcRouterCore<W>::allocate_vcs_of(int o) {
  Output& u = output(o);
  const unsigned free = u.free;
  const PortSet inputs = u.asking;
  const bool alike = routes_.one_mask();
  const unsigned all = allowed_[0];
  const auto may_take = [&](int requester) {
    return free & (alike ? all : allowed_[static_cast<std::size_t>(front(requester).vc)]);
  };
  if (inputs.is_single()) {
    const int i = inputs.lowest();
    const unsigned vcs = requests(o, i);
    if ((vcs & (vcs - 1)) == 0) {
      const int requester = i * vc_slots + __builtin_ctz(vcs);
      const unsigned offers = may_take(requester);
      if (offers != 0) allocate_vc(o, requester, offers);
      return;
    }
  }
  vc_lanes::Requesters requesters(u.vc_grant, ports_ * vc_slots);
  inputs.for_each([&](int i) {
    for (unsigned vcs = requests(o, i); vcs != 0; vcs &= vcs - 1) {
      const int requester = i * vc_slots + __builtin_ctz(vcs);
      requesters.add(requester, may_take(requester));
    }
  });
  requesters.for_each_chosen([&](int requester, unsigned offers) { allocate_vc(o, requester, offers); });
}

template <int W>
[[gnu::always_inline]] inline void VcRouterCore<W>::allocate_vc(int o, int requester, unsigned offers) {
  Output& u = output(o);
  const int i = requester / vc_slots;
  const int vc = requester % vc_slots;
  Queue& q = queue(requester);
  auto& pointer = q.vc_accept;
  const int start = static_cast<int>(pointer) - o * vcs_;
  const int v = vc_lanes::next_from(offers, start > 0 && start < vcs_ ? start : 0);
  pointer = static_cast<std::uint16_t>(following(o * vcs_ + v, ports_ * vcs_));
  // One past the requester, VC by VC and then input by input.
  u.vc_grant[v] = static_cast<std::uint32_t>(vc + 1 < vcs_ ? requester + 1 : following(i, ports_) * vc_slots);

  auto& left = requests(o, i);
  left = static_cast<std::uint8_t>(left & ~(1U << vc));
  u.asking.assign(i, left != 0);
  pending_.assign(o, u.asking.any());

  u.free = static_cast<std::uint8_t>(u.free & ~(1U << v));
  u.ready = static_cast<std::uint8_t>(u.ready | 1U << v);
  u.holder_input[v] = static_cast<std::uint16_t>(i);
  u.holder_vc[v] = static_cast<std::uint8_t>(vc);
  q.vc = static_cast<std::uint8_t>(v);
  busy_outputs_.set(o);
  eventful_ = true;
}

/// Accept, and what was accepted through the crossbar into `row`. Returns how many flits that were.
template <int W>
template <class Shell>
[[gnu::always_inline]] inline int VcRouterCore<W>::carry_out(PortFlit* row, Shell& shell) {
  PortFlit* place = row;
  offered_inputs_.for_each([&](int i) {
    const int o = static_cast<int>(input(i).best & 0xffff);
    traverse(i, o, *place++, shell);
  });
  const auto count = static_cast<int>(place - row);
  eventful_ = eventful_ || count > 0;
  queued_flits_ -= static_cast<std::uint64_t>(count);
  grant_count_ += static_cast<std::uint64_t>(count);
  return count;
}

/// Which of the offered VCs that an input holds (`mine`, not empty) is used: round robin over the input's VCs.
template <int W>
[[gnu::always_inline]] inline int VcRouterCore<W>::choose(const Output& u, int favourite, unsigned mine) const {
  int chosen = __builtin_ctz(mine);
  if (__builtin_expect((mine & (mine - 1)) == 0, 1)) return chosen;
  int nearest = vc_slots;
  for (; mine != 0; mine &= mine - 1) {
    const int v = __builtin_ctz(mine);
    const int ahead = u.holder_vc[v] - favourite;
    const int distance = ahead < 0 ? ahead + vcs_ : ahead;
    if (distance < nearest) chosen = v;
    nearest = std::min(nearest, distance);
  }
  return chosen;
}

template <int W>
template <class Shell>
[[gnu::always_inline]] inline void VcRouterCore<W>::traverse(int i, int o, PortFlit& to, Shell& shell) {
  Output& u = output(o);
  Input& in = input(i);
  const int v = choose(u, in.favourite, vc_lanes::equal(u.holder_input, i) & u.offered);
  const int vc = u.holder_vc[v];
  in.best = no_offer;
  in.accept = static_cast<std::uint16_t>(following(o, ports_));
  in.favourite = static_cast<std::uint8_t>(following(vc, vcs_));
  u.grant = static_cast<std::uint16_t>(following(i, ports_));

  Queue& q = queue(i * vc_slots + vc);
  const Slot* const slots = slots_of(q);
  const Slot& slot = slots[q.head];
  to = slot;  // its port is the output already
  to.vc = static_cast<VcId>(v);
  const bool tail = slot.flit.tail();
  const bool more = --q.count > 0;
  q.head = static_cast<std::uint16_t>(more ? slot_at(q, 1) : 0);  // an empty ring begins anew, where it is in the cache
  shell.freed(i, vc);
  if (__builtin_expect(track_occupancy_, 0)) --queued(o, slot.flit.cls);

  const auto bit = static_cast<std::uint8_t>(1U << v);
  ++u.outstanding[v];
  if (--u.credits[v] == 0) u.some = static_cast<std::uint8_t>(u.some & ~bit);
  if (tail) {
    u.free = static_cast<std::uint8_t>(u.free | bit);
    u.ready = static_cast<std::uint8_t>(u.ready & ~bit);
    if (more) request(static_cast<int>(index(slots[q.head].port)), i, vc);
  } else if (!more) {
    u.ready = static_cast<std::uint8_t>(u.ready & ~bit);
  }
  busy_outputs_.assign(o, u.ready != 0);
}

template <int W>
[[gnu::always_inline]] inline void VcRouterCore<W>::request(int o, int i, int vc) {
  auto& vcs = requests(o, i);
  vcs = static_cast<std::uint8_t>(vcs | 1U << vc);
  output(o).asking.set(i);
  pending_.set(o);
}

template <int W>
template <class Shell>
[[gnu::always_inline]] inline void VcRouterCore<W>::count_credits(const CoreInputs& in, Shell& shell) {
  for (int k = 0; k < in.tx_credit_count; ++k) {
    const int o = static_cast<int>(index(in.tx_credit[k].port));
    const int v = static_cast<int>(index(in.tx_credit[k].vc));
    Output& u = output(o);
    u.outstanding[v] = static_cast<std::uint16_t>(u.outstanding[v] - (u.outstanding[v] > 0));
    ++u.credits[v];
    u.some = static_cast<std::uint8_t>(u.some | 1U << v);
    shell.credit(o, v);
  }
}

template <int W>
template <class Shell>
[[gnu::always_inline]] inline void VcRouterCore<W>::enqueue(const PortFlit& rx, std::int64_t cycle, int adaptive_output,
                                                            Shell& shell) {
  const int i = static_cast<int>(index(rx.port));
  const int vc = static_cast<int>(index(rx.vc));
  if (__builtin_expect(vc >= vcs_, 0)) bad_arrival(rx, cycle, "no such VC");
  Queue& q = queue(i * vc_slots + vc);
  if (__builtin_expect(q.count >= depth_[vc], 0)) {
    bad_arrival(rx, cycle, "input buffer overrun: the sender had no credit");
  }
  int o = q.arriving;
  std::uint8_t mask = 0;
  if (rx.flit.head()) {
    if (__builtin_expect(o != no_output, 0)) bad_arrival(rx, cycle, "a head before the last packet's tail");
    const auto& row = routes_.row(rx.flit);
    mask = row.vcs;
    o = row.choice == RouteTable::Choice::single ? row.output
        : adaptive_output >= 0                   ? adaptive_output
                                                 : route(rx.flit, i, row);
    if (!rx.flit.tail()) q.arriving = static_cast<std::uint16_t>(o);
  } else {
    if (__builtin_expect(o == no_output, 0)) bad_arrival(rx, cycle, "a body flit without a head");
    if (rx.flit.tail()) q.arriving = no_output;
  }
  Slot& slot = slots_of(q)[slot_at(q, q.count)];
  slot.flit = rx.flit;
  slot.port = static_cast<PortId>(o);
  slot.vc = static_cast<VcId>(mask);
  if (__builtin_expect(track_occupancy_, 0)) ++queued(o, rx.flit.cls);
  shell.arrived(i, vc, ++q.count);
  if (q.count > 1) return;
  if (rx.flit.head()) {
    request(o, i, vc);
  } else {
    output(o).ready = static_cast<std::uint8_t>(output(o).ready | 1U << q.vc);
    busy_outputs_.set(o);
  }
}

template <int W>
[[gnu::always_inline]] inline Cycles VcRouterCore<W>::next_step(std::int64_t cycle, const PortSet& ready) const {
  if (queued_flits_ > 0) {
    PortSet held_back = busy_outputs_;
    if (eventful_ || held_back.remove(ready).any()) return Cycles(cycle + 1);
  }
  return Cycles(pipeline_.next_due());
}

}  // namespace fs
