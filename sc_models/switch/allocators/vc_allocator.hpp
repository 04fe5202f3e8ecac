// SPDX-License-Identifier: Apache-2.0
// VC allocation: heads of input VCs against free VCs of the output they were routed to, by iSLIP.
#pragma once

#include <array>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "common/bits.hpp"
#include "switch/allocators/request_matrix.hpp"

namespace fs {

/// Each free output VC grants one requester round robin over (input, VC); each requester accepts one round robin over
/// (output, VC). Pointers move one past the partner, only when accepted in the first iteration. All grants a requester
/// gets come from the one output it was routed to, so each output is settled by itself.
template <int PortWords, int VcSlots>
class VcAllocator {
 public:
  using PortSet = BitSet<PortWords>;
  using VcSet = BitSet<(VcSlots + 63) / 64>;

  /// `queues`: queues of the whole switch; each has an accept pointer. With `ports` 0 it is never asked.
  VcAllocator(int ports, int vcs, int iterations, std::size_t queues)
      : vcs_(vcs),
        ports_(ports),
        iterations_(iterations),
        inputs_(static_cast<std::size_t>(ports)),
        rows_(static_cast<std::size_t>(ports) * static_cast<std::size_t>(ports)),
        grant_(static_cast<std::size_t>(ports) * static_cast<std::size_t>(vcs)),
        accept_(ports == 0 ? 0 : queues) {}

  void reset() {
    pending_.reset();
    for (auto& inputs : inputs_) inputs.reset();
    rows_.assign(rows_.size(), Row());
    grant_.assign(grant_.size(), Requester());
    accept_.assign(accept_.size(), 0);
  }

  [[gnu::always_inline]] void request(int output, int input, int vc) {
    Row& r = row(output, input);
    VcSet set = unpack(r);
    set.set(vc);
    r = pack(set);
    inputs_[static_cast<std::size_t>(output)].set(input);
    pending_.set(output);
  }
  const PortSet& pending() const { return pending_; }
  bool requests(int output, int input, int vc) const { return vcs_of(output, input).test(vc); }
  /// Calls f(input, vc) for each requester of `output`, ascending.
  template <class F>
  void for_each_request(int output, F&& f) const {
    inputs_[static_cast<std::size_t>(output)].for_each(
        [&](int i) { vcs_of(output, i).for_each([&](int v) { f(i, v); }); });
  }

  /// free(output) -> VCs of it that no packet holds. allowed(output, input, vc) -> set of VCs that requester may take;
  /// not asked when `all_alike`: then free() has none but what every requester may take.
  /// queue(output, input, vc) -> its queue's number. accept(output, input, vc, output_vc) is called for each
  /// allocation.
  template <class Free, class Allowed, class QueueOf, class Accept>
  [[gnu::always_inline]] void allocate(bool all_alike, const Free& free, const Allowed& allowed, const QueueOf& queue,
                                       const Accept& accept) {
    pending_.for_each([&](int o) {
      VcSet open = free(o);
      if (open.none()) return;
      const PortSet& inputs = inputs_[static_cast<std::size_t>(o)];
      if (all_alike && inputs.is_single()) {
        const int i = inputs.lowest();
        const VcSet vcs = vcs_of(o, i);
        if (vcs.is_single()) {
          take(o, {i, vcs.lowest()}, open, true, queue, accept);
          return;
        }
      }
      for (int k = 0; k < iterations_ && open.any() && inputs.any(); ++k) {
        std::array<Requester, VcSlots> offers;
        VcSet offered;
        open.for_each([&](int v) {
          auto& offer = offers[static_cast<std::size_t>(v)];
          if (all_alike) {
            offer = next_requester(o, v);
            offered.set(v);
          } else if (next_allowed(o, v, allowed, offer)) {
            offered.set(v);
          }
        });
        if (offered.none()) break;
        settle(o, offers, offered, open, k == 0, queue, accept);
      }
    });
  }

 private:
  /// The requesting VCs of one (output, input).
  using Row = std::conditional_t<(VcSlots <= 8), std::uint8_t, VcSet>;
  struct Requester {
    int input = 0;
    int vc = 0;
    bool operator==(Requester o) const { return input == o.input && vc == o.vc; }
  };

  static VcSet unpack(const Row& r) {
    if constexpr (VcSlots <= 8) {
      VcSet set;
      set.word(0) = r;
      return set;
    } else {
      return r;
    }
  }
  static Row pack(const VcSet& set) {
    if constexpr (VcSlots <= 8) {
      return static_cast<Row>(set.word(0));
    } else {
      return set;
    }
  }
  Row& row(int output, int input) {
    return rows_[static_cast<std::size_t>(output) * static_cast<std::size_t>(ports_) + static_cast<std::size_t>(input)];
  }
  [[gnu::always_inline]] VcSet vcs_of(int output, int input) const {
    return unpack(
        rows_[static_cast<std::size_t>(output) * static_cast<std::size_t>(ports_) + static_cast<std::size_t>(input)]);
  }
  Requester& grant_pointer(int output, int v) {
    return grant_[static_cast<std::size_t>(output) * static_cast<std::size_t>(vcs_) + static_cast<std::size_t>(v)];
  }

  /// The first requester at or after the grant pointer, wrapping. There is one.
  [[gnu::always_inline]] Requester next_requester(int output, int v) {
    const Requester start = grant_pointer(output, v);
    const PortSet& inputs = inputs_[static_cast<std::size_t>(output)];
    int i = inputs.next_from(start.input);
    VcSet vcs = vcs_of(output, i);
    if (i == start.input) {
      // Of the pointer's own input, the VCs below the pointer come last.
      VcSet after = vcs;
      after.remove(VcSet::first(start.vc));
      if (after.any()) return {i, after.lowest()};
      i = inputs.next_from(following(i, ports_));
      vcs = vcs_of(output, i);
    }
    return {i, vcs.lowest()};
  }

  /// The same where requesters differ in what they may take; false when none may take output VC `v`.
  template <class Allowed>
  bool next_allowed(int output, int v, const Allowed& allowed, Requester& found) {
    const Requester start = grant_pointer(output, v);
    PortSet inputs = inputs_[static_cast<std::size_t>(output)];
    const auto try_vcs = [&](int i, VcSet vcs) {
      for (; vcs.any(); vcs.clear(vcs.lowest())) {
        if (!allowed(output, i, vcs.lowest()).test(v)) continue;
        found = {i, vcs.lowest()};
        return true;
      }
      return false;
    };
    VcSet before;
    if (inputs.test(start.input)) {
      before = vcs_of(output, start.input);
      VcSet after = before;
      before &= VcSet::first(start.vc);
      after.remove(before);
      if (try_vcs(start.input, after)) return true;
      inputs.clear(start.input);
    }
    while (inputs.any()) {
      const int i = inputs.next_from(start.input);
      if (try_vcs(i, vcs_of(output, i))) return true;
      inputs.clear(i);
    }
    return try_vcs(start.input, before);
  }

  template <class QueueOf, class Accept>
  [[gnu::always_inline]] void settle(int output, const std::array<Requester, VcSlots>& offers, VcSet offered,
                                     VcSet& open, bool first, const QueueOf& queue, const Accept& accept) {
    while (offered.any()) {
      const Requester r = offers[static_cast<std::size_t>(offered.lowest())];
      VcSet mine;
      offered.for_each([&](int v) { mine.assign(v, offers[static_cast<std::size_t>(v)] == r); });
      offered.remove(mine);
      open.clear(take(output, r, mine, first, queue, accept));
    }
  }

  /// A requester accepts one of the VCs offered to it.
  template <class QueueOf, class Accept>
  [[gnu::always_inline]] int take(int output, Requester r, const VcSet& offers, bool first, const QueueOf& queue,
                                  const Accept& accept) {
    auto& pointer = accept_[queue(output, r.input, r.vc)];
    const int start = static_cast<int>(pointer) - output * vcs_;
    const int v = offers.next_from(start > 0 && start < vcs_ ? start : 0);
    if (first) {
      pointer = static_cast<std::uint16_t>(following(output * vcs_ + v, ports_ * vcs_));
      // One past the requester, VC by VC and then input by input; arithmetic, for which it is cannot be predicted.
      const int past = r.vc + 1 - vcs_;
      const int input = r.input + 1 + (past >> 31);
      grant_pointer(output, v) = {input & ((input - ports_) >> 31), (r.vc + 1) & (past >> 31)};
    }
    withdraw(output, r);
    accept(output, r.input, r.vc, v);
    return v;
  }

  [[gnu::always_inline]] void withdraw(int output, Requester r) {
    VcSet left = vcs_of(output, r.input);
    left.clear(r.vc);
    row(output, r.input) = pack(left);
    PortSet& inputs = inputs_[static_cast<std::size_t>(output)];
    inputs.assign(r.input, left.any());
    pending_.assign(output, inputs.any());
  }

  int vcs_;
  int ports_;
  int iterations_;
  PortSet pending_;                    ///< outputs with requests
  std::vector<PortSet> inputs_;        ///< per output: inputs with a request
  std::vector<Row> rows_;              ///< per (output, input)
  std::vector<Requester> grant_;       ///< per (output, VC): the requester favoured next
  std::vector<std::uint16_t> accept_;  ///< per queue: the (output, VC) favoured next
};

}  // namespace fs
