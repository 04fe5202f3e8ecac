// SPDX-License-Identifier: Apache-2.0
// Parallel iterative matching (Anderson, Owicki, Saxe, Thacker, ACM TOCS 11(4), 1993): random grant, random accept.
#pragma once

#include "common/random.hpp"
#include "switch/allocators/request_matrix.hpp"

namespace fs {

/// A draw is taken only where there is a choice of two or more, so cycles without requests leave the stream alone.
template <int Words>
class Pim {
 public:
  Pim(int ports, int iterations, RandomStream stream)
      : iterations_(iterations), initial_(stream), stream_(stream), offers_(static_cast<std::size_t>(ports)) {}

  void reset() { stream_ = initial_; }

  void allocate(const RequestMatrix<Words>& requests, MatchList& matches) {
    BitSet<Words> open_outputs = requests.outputs;
    BitSet<Words> taken_inputs;
    for (int k = 0; k < iterations_; ++k) {
      BitSet<Words> offered;
      open_outputs.for_each([&](int o) {
        BitSet<Words> inputs = requests.rows[static_cast<std::size_t>(o)];
        inputs.remove(taken_inputs);
        if (inputs.none()) return;
        const int input = draw(inputs);
        offers_[static_cast<std::size_t>(input)].set(o);
        offered.set(input);
      });
      if (offered.none()) return;
      offered.for_each([&](int input) {
        auto& offers = offers_[static_cast<std::size_t>(input)];
        const int output = draw(offers);
        offers.reset();
        matches.add(input, output);
        taken_inputs.set(input);
        open_outputs.clear(output);
      });
    }
  }

 private:
  /// A uniformly drawn member.
  int draw(BitSet<Words> set) {
    const int count = set.count();
    if (count > 1) {
      for (auto skip = stream_.below(static_cast<std::uint64_t>(count)); skip > 0; --skip) set.clear(set.lowest());
    }
    return set.lowest();
  }

  int iterations_;
  RandomStream initial_;
  RandomStream stream_;
  std::vector<BitSet<Words>> offers_;
};

}  // namespace fs
