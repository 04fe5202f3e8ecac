// SPDX-License-Identifier: Apache-2.0
// iSLIP (McKeown, IEEE/ACM Transactions on Networking 7(2), 1999): iterative round-robin grant and accept.
#pragma once

#include "switch/allocators/request_matrix.hpp"

namespace fs {

/// Each free output grants round robin, each input accepts round robin; both pointers move one past the partner, only
/// when the grant is accepted in the first iteration. So pointers of busy outputs drift apart, and no pair starves.
template <int Words>
class Islip {
 public:
  Islip(int ports, int iterations)
      : ports_(ports),
        iterations_(iterations),
        grant_(static_cast<std::size_t>(ports)),
        accept_(static_cast<std::size_t>(ports)),
        best_(static_cast<std::size_t>(ports), no_offer) {}

  void reset() {
    grant_.assign(grant_.size(), 0);
    accept_.assign(accept_.size(), 0);
  }

  void allocate(const RequestMatrix<Words>& requests, MatchList& matches) {
    begin();
    requests.outputs.for_each([&](int o) { offer(o, requests.rows[static_cast<std::size_t>(o)]); });
    accept(matches, true);
    for (int k = 1; k < iterations_; ++k) {
      if (!iterate_again(requests, matches)) break;
    }
  }

  // The first iteration piece by piece, for a caller that has rows at hand one after the other.

  void begin() { offered_.reset(); }
  /// Grant: an input keeps the best offer, which is the one nearest after its accept pointer.
  [[gnu::always_inline]] void offer(int output, const BitSet<Words>& inputs) {
    offer_to(output, inputs.next_from(grant_pointer(output)));
  }
  int grant_pointer(int output) const { return grant_[static_cast<std::size_t>(output)]; }
  [[gnu::always_inline]] void offer_to(int output, int input) {
    const auto i = static_cast<std::size_t>(input);
    const int ahead = output - accept_[i];
    const auto distance = static_cast<std::uint32_t>(ahead + ((ahead >> 31) & ports_));
    const std::uint32_t key = distance << 16 | static_cast<std::uint32_t>(output);
    best_[i] = key < best_[i] ? key : best_[i];
    offered_.set(input);
  }
  [[gnu::always_inline]] void accept(MatchList& matches, bool first) {
    for_each_accepted(first, [&](int input, int output) { matches.add(input, output); });
  }
  /// Accept: calls match(input, output) for each, inputs ascending. Pointers move when this is the `first` iteration.
  template <class F>
  [[gnu::always_inline]] void for_each_accepted(bool first, F&& match) {
    offered_.for_each([&](int input) {
      auto& best = best_[static_cast<std::size_t>(input)];
      const int output = static_cast<int>(best & 0xffff);
      best = no_offer;
      if (first) {
        grant_[static_cast<std::size_t>(output)] = static_cast<std::uint16_t>(following(input, ports_));
        accept_[static_cast<std::size_t>(input)] = static_cast<std::uint16_t>(following(output, ports_));
      }
      match(input, output);
    });
  }

 private:
  static constexpr std::uint32_t no_offer = ~0U;

  bool iterate_again(const RequestMatrix<Words>& requests, MatchList& matches) {
    BitSet<Words> taken_inputs;
    BitSet<Words> open_outputs = requests.outputs;
    for (int i = 0; i < matches.count; ++i) {
      taken_inputs.set(matches.items[static_cast<std::size_t>(i)].input);
      open_outputs.clear(matches.items[static_cast<std::size_t>(i)].output);
    }
    begin();
    open_outputs.for_each([&](int o) {
      BitSet<Words> inputs = requests.rows[static_cast<std::size_t>(o)];
      inputs.remove(taken_inputs);
      if (inputs.any()) offer(o, inputs);
    });
    accept(matches, false);
    return offered_.any();
  }

  int ports_;
  int iterations_;
  std::vector<std::uint16_t> grant_;   ///< per output: the input favoured next
  std::vector<std::uint16_t> accept_;  ///< per input: the output favoured next
  BitSet<Words> offered_;              ///< inputs with an offer in this iteration
  std::vector<std::uint32_t> best_;    ///< per input: distance << 16 | output of its best offer; none in between
};

}  // namespace fs
