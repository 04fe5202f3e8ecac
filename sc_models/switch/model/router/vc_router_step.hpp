// SPDX-License-Identifier: Apache-2.0
// VcRouterCore: one clock edge. Included by vc_router_core.hpp. The numbers are those of docs/switch.md.
#pragma once

#include <algorithm>

#include "switch/allocators/request_matrix.hpp"

namespace fs {

template <int W>
template <bool AlwaysReady, class Shell>
[[gnu::always_inline]] inline Cycles VcRouterCore<W>::step_for(Cycles cycle, const CoreInputs& in, PortFlit*& tx,
                                                               int& tx_count, Shell& shell) {
  const std::int64_t now = cycle.value();
  eventful_ = in.rx_count > 0 || in.tx_credit_count > 0;
  PortSet ready;
  if constexpr (!AlwaysReady) {
    for (int w = 0; w < (ports_ + 63) / 64; ++w) ready.word(w) = in.tx_ready == nullptr ? ~0ULL : in.tx_ready[w];
  }

  if (__builtin_expect(track_occupancy_, 0)) choose_adaptive(in);  // (1)
  prefetch_askers();
  offer<AlwaysReady>(ready, shell);  // (2) (3)
  allocate_vcs();                    // (4)
  const std::int64_t due = now + config_.output_pipeline;
  pipeline_.close(due, carry_out(pipeline_.row(due), shell));  // (5) (6) (7)
  tx = pipeline_.take(now, tx_count);
  count_credits(in, shell);                // (8)
  for (int k = 0; k < in.rx_count; ++k) {  // (9)
    enqueue(in.rx[k], now, track_occupancy_ ? adaptive_output_[static_cast<std::size_t>(k)] : -1, shell);
  }
  queued_flits_ += static_cast<std::uint64_t>(in.rx_count);
  if (queued_flits_ > 0) {
    if (eventful_) return cycle + Cycles(1);
    if constexpr (!AlwaysReady) {
      PortSet held_back = busy_outputs_;
      if (held_back.remove(ready).any()) return cycle + Cycles(1);
    }
  }
  return pipeline_.next_due(now);
}

template <int W>
Cycles VcRouterCore<W>::step(Cycles cycle, const CoreInputs& in, CoreOutputs& out) {
  struct Lists {
    CoreOutputs* out;
    void offered(int) {}
    void arrived(int, int, int) {}
    void freed(int port, int vc) {
      out->rx_credit[out->rx_credit_count++] = {static_cast<PortId>(port), static_cast<VcId>(vc)};
    }
    void credit(int, int) {}
  } lists{&out};
  out.rx_credit_count = 0;
  PortFlit* tx = nullptr;
  const Cycles next = step_for<false>(cycle, in, tx, out.tx_count, lists);
  std::copy(tx, tx + out.tx_count, out.tx);
  return next;
}

/// iSLIP's grant: of the inputs that hold a VC and may send, the one nearest after the pointer. Each input keeps the
/// best offer, which is the one nearest after its accept pointer.
template <int W>
template <bool AlwaysReady, class Shell>
[[gnu::always_inline]] inline void VcRouterCore<W>::offer(const PortSet& ready, Shell& shell) {
  PortSet offered_inputs;
  std::uint64_t requests = 0;
  (AlwaysReady ? busy_outputs_ : busy_outputs_ & ready).for_each([&](int o) {
    Output& u = output(o);
    const unsigned eligible = u.ready & u.some;
    u.offered = small(eligible);
    if (eligible == 0) return;
    ++requests;
    const unsigned found = vc_lanes::nearest(u.holder_input, eligible, u.grant, ports_);
    const int i = u.holder_input[found & 0xff];
    Input& in = input(i);
    const int ahead = o - in.accept;
    const auto distance = static_cast<std::uint32_t>(ahead + ((ahead >> 31) & ports_));
    in.best = std::min(in.best, distance << 16 | static_cast<std::uint32_t>(o));
    offered_inputs.set(i);
    __builtin_prefetch(&queue(i * vc_slots + u.holder_vc[found & 0xff]), 1);
    shell.offered(i);
  });
  offered_inputs_ = offered_inputs;
  request_count_ += requests;
}

/// The queues at whose front VC allocation will look: while offers are made, they come near.
template <int W>
[[gnu::always_inline]] inline void VcRouterCore<W>::prefetch_askers() const {
  pending_.for_each([&](int o) { __builtin_prefetch(&queue(output(o).askers[0]), 1); });
}

/// Every free VC grants the first requester after its pointer, every requester accepts one. What is allocated here may
/// use the crossbar from the next edge on: what may go in this cycle has been decided. Outputs that one head asks and
/// those that several do are gone through apart: which it is, nobody could guess output by output.
template <int W>
[[gnu::always_inline]] inline void VcRouterCore<W>::allocate_vcs() {
  PortSet alone = pending_;
  alone.remove(crowded_).for_each([&](int o) {
    Output& u = output(o);
    const int requester = u.askers[0];
    const unsigned offers = may_take(u.free, requester);
    if (offers == 0) return;
    u.asking = 0;
    pending_.clear(o);
    allocate_vc(o, u, requester, offers);
  });
  crowded_.for_each([&](int o) {
    Output& u = output(o);
    if (u.free != 0) settle_crowd(o, u);
  });
}

template <int W>
[[gnu::always_inline]] inline unsigned VcRouterCore<W>::may_take(unsigned free, int requester) const {
  return free & allowed_[alike_ ? 0 : static_cast<std::size_t>(front(requester).vc)];
}

template <int W>
[[gnu::always_inline]] inline void VcRouterCore<W>::settle_crowd(int o, Output& u) {
  const unsigned free = u.free;
  const int count = u.asking;
  vc_lanes::Requesters requesters(u.vc_grant, ports_ * vc_slots);
  for (int k = 0; k < count; ++k) requesters.add(asker(o, u, k), k, may_take(free, asker(o, u, k)));
  requesters.for_each_chosen([&](int k, unsigned offers) {
    allocate_vc(o, u, asker(o, u, k), offers);
    asker(o, u, k) = no_output;
  });
  int left = 0;
  for (int k = 0; k < count; ++k) {
    const std::uint16_t requester = asker(o, u, k);
    asker(o, u, left) = requester;
    left += static_cast<int>(requester != no_output);
  }
  u.asking = static_cast<std::uint16_t>(left);
  pending_.assign(o, left != 0);
  crowded_.assign(o, left > 1);
}

template <int W>
[[gnu::always_inline]] inline void VcRouterCore<W>::allocate_vc(int o, Output& u, int requester, unsigned offers) {
  const int vc = requester % vc_slots;
  Queue& q = queue(requester);
  const int favoured = q.accept_vc & -static_cast<int>(q.accept_output == o);  // no branch: nobody could guess it
  const int v = vc_lanes::next_from(offers, favoured);
  q.accept_output = static_cast<std::uint16_t>(o);
  q.accept_vc = small(static_cast<unsigned>(following(v, vcs_)));
  // One past the requester, VC by VC and then input by input.
  const int next = vc + 1 < vcs_ ? requester + 1 : requester - vc + vc_slots;
  u.vc_grant[v] = static_cast<std::uint16_t>(next == ports_ * vc_slots ? 0 : next);
  u.free = small(u.free & ~(1U << v));
  u.ready = small(u.ready | 1U << v);
  u.holder_input[v] = static_cast<std::uint16_t>(requester / vc_slots);
  u.holder_vc[v] = small(static_cast<unsigned>(vc));
  q.vc = small(static_cast<unsigned>(v));
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
  in.favourite = small(static_cast<unsigned>(following(vc, vcs_)));
  u.grant = static_cast<std::uint16_t>(following(i, ports_));

  const int place = i * vc_slots + vc;
  Queue& q = queue(place);
  const Slot* const slots = slots_of(q);
  const Slot& slot = slots[q.head];
  to = slot;  // its port is the output already
  to.vc = static_cast<VcId>(v);
  const bool tail = slot.flit.tail();
  const bool more = --q.count > 0;
  q.head = static_cast<std::uint16_t>(more ? slot_at(q, 1) : 0);  // an empty ring begins anew, where it is in the cache
  if (__builtin_expect(track_occupancy_, 0)) --queued(o, slot.flit.cls);

  const unsigned bit = 1U << v;
  const unsigned left = --u.credits[v];
  u.some = small(u.some & ~(static_cast<unsigned>(left == 0) << v));
  unsigned ready = u.ready;
  if (tail) {
    u.free = small(u.free | bit);
    ready &= ~bit;
    if (more) request(static_cast<int>(index(slots[q.head].port)), place);
  } else if (!more) {
    ready &= ~bit;
  }
  u.ready = small(ready);
  busy_outputs_.assign(o, ready != 0);
  shell.freed(i, vc);
}

template <int W>
[[gnu::always_inline]] inline void VcRouterCore<W>::request(int o, int requester) {
  Output& u = output(o);
  const int before = u.asking++;
  asker(o, u, before) = static_cast<std::uint16_t>(requester);
  pending_.set(o);
  crowded_.set_if(o, before > 0);
}

template <int W>
template <class Shell>
[[gnu::always_inline]] inline void VcRouterCore<W>::count_credits(const CoreInputs& in, Shell& shell) {
  for (int k = 0; k < in.tx_credit_count; ++k) {
    const int o = static_cast<int>(index(in.tx_credit[k].port));
    const int v = static_cast<int>(index(in.tx_credit[k].vc));
    Output& u = output(o);
    const auto held = static_cast<std::uint16_t>(u.credits[v] + 1);
    u.credits[v] = held;
    u.most_credits[v] = std::max(u.most_credits[v], held);
    u.some = small(u.some | 1U << v);
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
  const int place = i * vc_slots + vc;
  Queue& q = queue(place);
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
    request(o, place);
  } else {
    output(o).ready = small(output(o).ready | 1U << q.vc);
    busy_outputs_.set(o);
  }
}

}  // namespace fs
