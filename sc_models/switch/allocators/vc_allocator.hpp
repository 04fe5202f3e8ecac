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
  using VcSet = BitSet<VcWords>;

  /// `queues`: queues of the whole switch; each has an accept pointer.
  VcAllocator(int ports, int vcs, int iterations, std::size_t queues)
      : vcs_(vcs),
        requesters_(ports * vcs),
        iterations_(iterations),
        words_((static_cast<std::size_t>(ports) * static_cast<std::size_t>(vcs) + 63) / 64),
        rows_(words_ * static_cast<std::size_t>(ports)),
        grant_(static_cast<std::size_t>(requesters_)),
        accept_(queues),
        offers_(static_cast<std::size_t>(vcs)) {}

  void reset() {
    pending_.reset();
    rows_.assign(rows_.size(), 0);
    grant_.assign(grant_.size(), 0);
    accept_.assign(accept_.size(), 0);
  }

  void request(int output, int input, int vc) {
    const int r = input * vcs_ + vc;
    row(output)[r >> 6] |= 1ULL << (r & 63);
    pending_.set(output);
  }
  const BitSet<PortWords>& pending() const { return pending_; }
  /// Calls f(input, vc) for each requester of `output`, ascending.
  template <class F>
  void for_each_request(int output, F&& f) const {
    const std::uint64_t* words = row(output);
    for (std::size_t w = 0; w < words_; ++w) {
      for (std::uint64_t word = words[w]; word != 0; word &= word - 1) {
        const int r = static_cast<int>(64 * w) + lowest_bit(word);
        f(r / vcs_, r % vcs_);
      }
    }
  }
  bool requests(int output, int input, int vc) const {
    const int r = input * vcs_ + vc;
    return (row(output)[r >> 6] >> (r & 63)) & 1U;
  }

  /// free(output) -> VCs of it that no packet holds; allowed(output, input, vc) -> VCs that requester may take;
  /// queue(output, input, vc) -> its queue's number; accept(output, input, vc, output_vc) is called for each
  /// allocation.
  template <class Free, class Allowed, class QueueOf, class Accept>
  void allocate(Free&& free, Allowed&& allowed, QueueOf&& queue, Accept&& accept) {
    pending_.for_each([&](int o) {
      VcSet open = free(o);
      for (int k = 0; k < iterations_ && open.any(); ++k) {
        const VcSet offered = offer(o, open, allowed);
        if (offered.none()) break;
        settle(o, offered, open, k == 0, queue, accept);
      }
    });
  }

 private:
  std::uint64_t* row(int output) { return &rows_[static_cast<std::size_t>(output) * words_]; }
  const std::uint64_t* row(int output) const { return &rows_[static_cast<std::size_t>(output) * words_]; }

  template <class Allowed>
  VcSet offer(int output, const VcSet& open, Allowed&& allowed) {
    VcSet offered;
    open.for_each([&](int v) {
      const int r = next_requester(output, v, grant_[static_cast<std::size_t>(output * vcs_ + v)], allowed);
      if (r < 0) return;
      offers_[static_cast<std::size_t>(v)] = static_cast<std::uint16_t>(r);
      offered.set(v);
    });
    return offered;
  }

  /// First requester at or after `start`, wrapping, that may take output VC `v`; -1 when there is none.
  template <class Allowed>
  int next_requester(int output, int v, int start, Allowed&& allowed) const {
    const std::uint64_t* words = row(output);
    const auto first = static_cast<std::size_t>(start >> 6);
    const std::uint64_t high = ~0ULL << (start & 63);
    for (std::size_t k = 0; k <= words_; ++k) {
      const std::size_t w = first + k < words_ ? first + k : first + k - words_;
      std::uint64_t word = words[w];
      if (k == 0) word &= high;
      if (k == words_) word &= ~high;
      for (; word != 0; word &= word - 1) {
        const int r = static_cast<int>(64 * w) + lowest_bit(word);
        if (allowed(output, r, v)) return r;
      }
    }
    return -1;
  }

  template <class QueueOf, class Accept>
  void settle(int output, VcSet offered, VcSet& open, bool first, QueueOf&& queue, Accept&& accept) {
    while (offered.any()) {
      const int r = offers_[static_cast<std::size_t>(offered.lowest())];
      VcSet mine;
      offered.for_each([&](int v) {
        if (offers_[static_cast<std::size_t>(v)] == r) mine.set(v);
      });
      offered.remove(mine);
      const int input = r / vcs_;
      const int vc = r - input * vcs_;
      auto& pointer = accept_[queue(output, input, vc)];
      const int start = static_cast<int>(pointer) - output * vcs_;
      const int v = mine.next_from(start > 0 && start < vcs_ ? start : 0);
      if (first) {
        pointer = static_cast<std::uint16_t>(following(output * vcs_ + v, requesters_));
        grant_[static_cast<std::size_t>(output * vcs_ + v)] = static_cast<std::uint16_t>(following(r, requesters_));
      }
      open.clear(v);
      withdraw(output, r);
      accept(output, input, vc, v);
    }
  }

  void withdraw(int output, int r) {
    std::uint64_t* words = row(output);
    words[r >> 6] &= ~(1ULL << (r & 63));
    std::uint64_t left = 0;
    for (std::size_t w = 0; w < words_; ++w) left |= words[w];
    if (left == 0) pending_.clear(output);
  }

  int vcs_;
  int requesters_;
  int iterations_;
  std::size_t words_;                  ///< of a row
  BitSet<PortWords> pending_;          ///< outputs with requests
  std::vector<std::uint64_t> rows_;    ///< per output: requesters, bit input * vcs + vc
  std::vector<std::uint16_t> grant_;   ///< per (output, VC): the requester favoured next
  std::vector<std::uint16_t> accept_;  ///< per queue: the (output, VC) favoured next
  std::vector<std::uint16_t> offers_;  ///< per VC of the output at hand: the requester it granted
};

}  // namespace fs
