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
        grant_(ports),
        accept_(ports),
        offers_(static_cast<std::size_t>(ports)) {}

  void reset() {
    grant_.assign(grant_.size(), 0);
    accept_.assign(accept_.size(), 0);
  }

  void allocate(const RequestMatrix<Words>& requests, MatchList& matches) {
    BitSet<Words> offered;
    requests.outputs.for_each([&](int o) { offer(o, requests.rows[static_cast<std::size_t>(o)], offered); });
    accept(offered, matches, true);
    if (iterations_ == 1) return;
    for (int k = 1; k < iterations_; ++k) {
      if (!iterate_again(requests, matches)) break;
    }
  }

 private:
  void offer(int output, const BitSet<Words>& inputs, BitSet<Words>& offered) {
    const int input = inputs.next_from(grant_[static_cast<std::size_t>(output)]);
    offers_[static_cast<std::size_t>(input)].set(output);
    offered.set(input);
  }

  void accept(const BitSet<Words>& offered, MatchList& matches, bool first) {
    offered.for_each([&](int input) {
      auto& offers = offers_[static_cast<std::size_t>(input)];
      const int output = offers.next_from(accept_[static_cast<std::size_t>(input)]);
      offers.reset();
      matches.add(input, output);
      if (first) {
        grant_[static_cast<std::size_t>(output)] = static_cast<std::uint16_t>(following(input, ports_));
        accept_[static_cast<std::size_t>(input)] = static_cast<std::uint16_t>(following(output, ports_));
      }
    });
  }

  bool iterate_again(const RequestMatrix<Words>& requests, MatchList& matches) {
    BitSet<Words> taken_inputs;
    BitSet<Words> open_outputs = requests.outputs;
    for (int i = 0; i < matches.count; ++i) {
      taken_inputs.set(matches.items[static_cast<std::size_t>(i)].input);
      open_outputs.clear(matches.items[static_cast<std::size_t>(i)].output);
    }
    BitSet<Words> offered;
    open_outputs.for_each([&](int o) {
      BitSet<Words> inputs = requests.rows[static_cast<std::size_t>(o)];
      inputs.remove(taken_inputs);
      if (inputs.any()) offer(o, inputs, offered);
    });
    accept(offered, matches, false);
    return offered.any();
  }

  int ports_;
  int iterations_;
  std::vector<std::uint16_t> grant_;   ///< per output: the input favoured next
  std::vector<std::uint16_t> accept_;  ///< per input: the output favoured next
  std::vector<BitSet<Words>> offers_;  ///< per input: outputs that granted it in this iteration; empty in between
};

}  // namespace fs
