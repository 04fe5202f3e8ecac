// SPDX-License-Identifier: Apache-2.0
// VC allocation: heads of input VCs against free VCs of the output they were routed to, by iSLIP.
#pragma once

#include <cstdint>
#include <vector>

#include "common/bits.hpp"
#include "switch/allocators/request_matrix.hpp"

namespace fs {

/// Each free output VC grants one requester round robin over (input, VC); each requester accepts one round robin over
/// (output, VC). Pointers move one past the partner, only when accepted in the first iteration. All grants a requester
/// gets come from the one output it was routed to, so each output is settled by itself.
template <int PortWords, int VcWords>
class VcAllocator {
 public:
  using PortSet = BitSet<PortWords>;
  using VcSet = BitSet<VcWords>;

  /// `queues`: queues of the whole switch; each has an accept pointer. With `ports` 0 it is never asked.
  VcAllocator(int ports, int vcs, int iterations, std::size_t queues)
      : vcs_(vcs),
        ports_(ports),
        iterations_(iterations),
        inputs_(static_cast<std::size_t>(ports)),
        grant_(static_cast<std::size_t>(ports * vcs)),
        accept_(ports == 0 ? 0 : queues),
        offers_(static_cast<std::size_t>(vcs)) {
    while ((1 << vc_shift_) < vcs) ++vc_shift_;
    words_ = ((static_cast<std::size_t>(ports) << vc_shift_) + 63) / 64;
    rows_.resize(words_ * static_cast<std::size_t>(ports));
  }

  void reset() {
    pending_.reset();
    for (auto& inputs : inputs_) inputs.reset();
    rows_.assign(rows_.size(), 0);
    grant_.assign(grant_.size(), Requester());
    accept_.assign(accept_.size(), 0);
  }

  void request(int output, int input, int vc) {
    const int r = (input << vc_shift_) + vc;
    row(output)[r >> 6] |= 1ULL << (r & 63);
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

  /// free(output) -> VCs of it that no packet holds; allowed(output, input, vc) -> set of VCs that requester may take;
  /// queue(output, input, vc) -> its queue's number; accept(output, input, vc, output_vc) is called for each allocation.
  template <class Free, class Allowed, class QueueOf, class Accept>
  void allocate(const Free& free, const Allowed& allowed, const QueueOf& queue, const Accept& accept) {
    pending_.for_each([&](int o) {
      VcSet open = free(o);
      if (open.none()) return;
      const PortSet& inputs = inputs_[static_cast<std::size_t>(o)];
      const int first = inputs.lowest();
      if (inputs.is_single() && vcs_of(o, first).is_single()) {
        const int vc = vcs_of(o, first).lowest();
        open &= allowed(o, first, vc);
        if (open.any()) take(o, {static_cast<std::uint16_t>(first), static_cast<std::uint16_t>(vc)}, open, true, queue, accept);
        return;
      }
      for (int k = 0; k < iterations_ && open.any(); ++k) {
        const VcSet offered = offer(o, open, allowed);
        if (offered.none()) break;
        settle(o, offered, open, k == 0, queue, accept);
      }
    });
  }

 private:
  struct Requester {
    std::uint16_t input = 0;
    std::uint16_t vc = 0;
    bool operator==(Requester o) const { return input == o.input && vc == o.vc; }
  };

  std::uint64_t* row(int output) { return &rows_[static_cast<std::size_t>(output) * words_]; }
  const std::uint64_t* row(int output) const { return &rows_[static_cast<std::size_t>(output) * words_]; }

  VcSet vcs_of(int output, int input) const {
    VcSet set;
    const int r = input << vc_shift_;
    const std::uint64_t* words = row(output) + (r >> 6);
    if (vc_shift_ >= 6) {
      for (int w = 0; w < (1 << (vc_shift_ - 6)); ++w) set.word(w) = words[w];
    } else {
      set.word(0) = (words[0] >> (r & 63)) & ((1ULL << (1 << vc_shift_)) - 1);
    }
    return set;
  }

  template <class Allowed>
  VcSet offer(int output, const VcSet& open, const Allowed& allowed) {
    VcSet offered;
    open.for_each([&](int v) {
      if (next_requester(output, v, allowed, offers_[static_cast<std::size_t>(v)])) offered.set(v);
    });
    return offered;
  }

  /// The first requester at or after the grant pointer, wrapping, that may take output VC `v`.
  template <class Allowed>
  [[gnu::always_inline]] bool next_requester(int output, int v, const Allowed& allowed, Requester& found) const {
    const Requester start = grant_[static_cast<std::size_t>(output * vcs_ + v)];
    PortSet inputs = inputs_[static_cast<std::size_t>(output)];
    if (inputs.none()) return false;
    const auto try_vcs = [&](int i, VcSet vcs) {
      for (; vcs.any(); vcs.clear(vcs.lowest())) {
        if (!allowed(output, i, vcs.lowest()).test(v)) continue;
        found = {static_cast<std::uint16_t>(i), static_cast<std::uint16_t>(vcs.lowest())};
        return true;
      }
      return false;
    };
    VcSet before;  // of the pointer's own input, the VCs below the pointer come last
    if (inputs.test(start.input)) {
      before = vcs_of(output, start.input);
      VcSet after = before;
      before &= VcSet::first(start.vc);
      after.remove(before);
      if (try_vcs(start.input, after)) return true;
      inputs.clear(start.input);
    }
    for (; inputs.any();) {
      const int i = inputs.next_from(start.input);
      if (try_vcs(i, vcs_of(output, i))) return true;
      inputs.clear(i);
    }
    return try_vcs(start.input, before);
  }

  template <class QueueOf, class Accept>
  void settle(int output, VcSet offered, VcSet& open, bool first, const QueueOf& queue, const Accept& accept) {
    while (offered.any()) {
      const Requester r = offers_[static_cast<std::size_t>(offered.lowest())];
      VcSet mine;
      offered.for_each([&](int v) {
        if (offers_[static_cast<std::size_t>(v)] == r) mine.set(v);
      });
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
      Requester& grant = grant_[static_cast<std::size_t>(output * vcs_ + v)];
      const bool last_vc = r.vc + 1 == vcs_;
      grant.input = static_cast<std::uint16_t>(last_vc ? following(r.input, ports_) : r.input);
      grant.vc = static_cast<std::uint16_t>(last_vc ? 0 : r.vc + 1);
    }
    withdraw(output, r);
    accept(output, static_cast<int>(r.input), static_cast<int>(r.vc), v);
    return v;
  }

  void withdraw(int output, Requester r) {
    const int bit = (r.input << vc_shift_) + r.vc;
    row(output)[bit >> 6] &= ~(1ULL << (bit & 63));
    if (vcs_of(output, r.input).any()) return;
    PortSet& inputs = inputs_[static_cast<std::size_t>(output)];
    inputs.clear(r.input);
    if (inputs.none()) pending_.clear(output);
  }

  int vcs_;
  int ports_;
  int iterations_;
  int vc_shift_ = 0;                   ///< requester bits stand at (input << vc_shift) + vc
  std::size_t words_ = 0;              ///< of a row
  PortSet pending_;                    ///< outputs with requests
  std::vector<PortSet> inputs_;        ///< per output: inputs with a request
  std::vector<std::uint64_t> rows_;    ///< per output: requesters
  std::vector<Requester> grant_;       ///< per (output, VC): the requester favoured next
  std::vector<std::uint16_t> accept_;  ///< per queue: the (output, VC) favoured next
  std::vector<Requester> offers_;      ///< per VC of the output at hand: the requester it granted
};

}  // namespace fs
