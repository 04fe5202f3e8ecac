// SPDX-License-Identifier: Apache-2.0
// What a switch allocator is given in a cycle, and what it gives back.
#pragma once

#include <cstdint>
#include <vector>

#include "common/bits.hpp"

namespace fs {

/// Requests of one cycle, a row an output. Rows of outputs outside `outputs` are stale.
template <int Words>
struct RequestMatrix {
  BitSet<Words> outputs;            ///< outputs with at least one request
  std::vector<BitSet<Words>> rows;  ///< rows[o]: inputs that request output o
};

/// One crossbar connection.
struct Match {
  std::uint16_t input = 0;
  std::uint16_t output = 0;
};

/// The connections of one cycle; room for one an input, allocated once.
struct MatchList {
  std::vector<Match> items;
  int count = 0;

  void add(int input, int output) {
    items[static_cast<std::size_t>(count++)] = {static_cast<std::uint16_t>(input), static_cast<std::uint16_t>(output)};
  }
};

/// The pointer after a winner.
constexpr int following(int winner, int size) { return winner + 1 == size ? 0 : winner + 1; }

}  // namespace fs
