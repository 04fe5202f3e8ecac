// SPDX-License-Identifier: Apache-2.0
// Wavefront allocation (Tamir, Chi, IEEE TPDS 4(1), 1993): a maximal matching, diagonal by diagonal.
#pragma once

#include "switch/allocators/request_matrix.hpp"

namespace fs {

/// Diagonal d holds the pairs with (input + output) mod ports = d. The first diagonal is the cycle number mod ports,
/// the others follow ascending: a rotating priority that needs no register and is the same after any sleep.
template <int Words>
class Wavefront {
 public:
  explicit Wavefront(int ports) : ports_(ports), diagonals_(static_cast<std::size_t>(ports)) {}

  void reset() {}

  void allocate(const RequestMatrix<Words>& requests, MatchList& matches, std::int64_t cycle) {
    BitSet<Words> used;
    requests.outputs.for_each([&](int o) {
      requests.rows[static_cast<std::size_t>(o)].for_each([&](int i) {
        const int d = i + o < ports_ ? i + o : i + o - ports_;
        diagonals_[static_cast<std::size_t>(d)].set(i);
        used.set(d);
      });
    });
    if (used.none()) return;
    BitSet<Words> taken_inputs;
    BitSet<Words> taken_outputs;
    const int first = static_cast<int>(cycle % ports_);
    for (int k = 0, d = first; k < ports_; ++k, d = following(d, ports_)) {
      if (!used.test(d)) continue;
      auto& diagonal = diagonals_[static_cast<std::size_t>(d)];
      diagonal.remove(taken_inputs);
      diagonal.for_each([&](int i) {
        const int o = d >= i ? d - i : d - i + ports_;
        if (taken_outputs.test(o)) return;
        taken_inputs.set(i);
        taken_outputs.set(o);
        matches.add(i, o);
      });
      diagonal.reset();
    }
  }

 private:
  int ports_;
  std::vector<BitSet<Words>> diagonals_;  ///< per diagonal: its requesting inputs; empty between calls
};

}  // namespace fs
