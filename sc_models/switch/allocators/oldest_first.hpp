// SPDX-License-Identifier: Apache-2.0
// Oldest first: a greedy maximal matching in order of arrival at this switch.
#pragma once

#include <algorithm>
#include <tuple>

#include "switch/allocators/request_matrix.hpp"

namespace fs {

/// One front flit that may go.
struct AgedRequest {
  std::int64_t arrival = 0;  ///< cycle in which the flit was sampled
  std::uint16_t input = 0;   ///< crossbar input
  std::uint16_t output = 0;  ///< crossbar output
  std::uint8_t vc = 0;       ///< input VC
  std::uint8_t output_vc = 0;
  bool speculative = false;  ///< a head that asks for its VC in this very cycle: after all others
};

/// Ties: lowest input, then lowest input VC, then lowest output.
class OldestFirst {
 public:
  void clear() { requests_.clear(); }
  void add(const AgedRequest& request) { requests_.push_back(request); }
  bool empty() const { return requests_.empty(); }

  /// Calls take(request) for each request of the matching, oldest first.
  template <int Words, class Take>
  void allocate(Take&& take) {
    std::sort(requests_.begin(), requests_.end(), [](const AgedRequest& a, const AgedRequest& b) {
      return std::tie(a.speculative, a.arrival, a.input, a.vc, a.output) <
             std::tie(b.speculative, b.arrival, b.input, b.vc, b.output);
    });
    BitSet<Words> inputs;
    BitSet<Words> outputs;
    for (const auto& r : requests_) {
      if (inputs.test(r.input) || outputs.test(r.output)) continue;
      inputs.set(r.input);
      outputs.set(r.output);
      take(r);
    }
  }

 private:
  std::vector<AgedRequest> requests_;
};

}  // namespace fs
