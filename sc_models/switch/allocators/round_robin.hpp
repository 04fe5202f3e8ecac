// SPDX-License-Identifier: Apache-2.0
// The simplest maximal matching: one rotating pointer, outputs served one after the other.
#pragma once

#include "switch/allocators/request_matrix.hpp"

namespace fs {

/// Outputs in turn from the pointer on; each takes the first free requesting input at or after the same pointer. The
/// pointer moves by one in every cycle that made a match.
template <int Words>
class RoundRobin {
 public:
  explicit RoundRobin(int ports) : ports_(ports) {}

  void reset() { pointer_ = 0; }

  void allocate(const RequestMatrix<Words>& requests, MatchList& matches) {
    BitSet<Words> left = requests.outputs;
    BitSet<Words> taken_inputs;
    int from = pointer_;
    while (left.any()) {
      const int o = left.next_from(from);
      left.clear(o);
      from = following(o, ports_);
      BitSet<Words> inputs = requests.rows[static_cast<std::size_t>(o)];
      inputs.remove(taken_inputs);
      if (inputs.none()) continue;
      const int i = inputs.next_from(pointer_);
      taken_inputs.set(i);
      matches.add(i, o);
    }
    if (matches.count > 0) pointer_ = following(pointer_, ports_);
  }

 private:
  int ports_;
  int pointer_ = 0;
};

}  // namespace fs
