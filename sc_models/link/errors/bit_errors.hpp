// SPDX-License-Identifier: Apache-2.0
// Bit errors of one direction of a link, and what they do to groups of codewords.
#pragma once

#include <array>
#include <vector>

#include "link/fec/code.hpp"

namespace fs {

/// Bursts on top of the lanes' own bit error ratios.
struct BurstModel {
  enum class Kind {
    none,
    gilbert_elliott,  ///< two states, each with its own bit error ratio, for the whole link in wire order
    propagation,      ///< a wrong bit makes the next one of its lane wrong with `propagation`: a DFE that feeds back
  };
  Kind kind = Kind::none;
  double bad_ber = 0.0;      ///< gilbert_elliott: bit error ratio in the bad state, 0 .. 0.5 (good: the lanes')
  double good_bits = 0.0;    ///< gilbert_elliott: mean bits in the good state, > 1
  double bad_bits = 0.0;     ///< gilbert_elliott: mean bits in the bad state, > 1
  double propagation = 0.0;  ///< propagation: 0 .. 0.99; a burst has 1 / (1 - propagation) bits in the mean
};

/// What one group of codewords does, from each of up to two states of the errors at its begin.
/// stay_ok + sum of ok_to_other, fails[] is 1 for each state.
struct GroupChain {
  int states = 1;
  struct From {
    double leave = 0.0;                    ///< anything but "no failure, same state": the sum of the three below
    double ok_other = 0.0;                 ///< no failure, ends in the other state
    std::array<double, 2> fail{0.0, 0.0};  ///< a codeword fails, ends in state 0 or 1
  };
  std::array<From, 2> from;
  /// The probability that a group fails, in the long run.
  double failure() const;
};

/// Errors that do not depend on each other: `bers` one a lane, `ways` codewords to a group.
/// Exact, by the binomial tail; a group fails when any of its codewords does.
/// Gilbert-Elliott: exact for ways == 1 (joint distribution of failure and final state over the symbols, in wire
/// order, with the mean of the lanes' ratios as the good one); for more ways each codeword's own failure is exact and
/// the ways count as independent given the state at the group's begin.
/// Propagation: runs of wrong bits along each lane, exact within a codeword; bursts that cross into the next group are
/// left out (they are a few bits long, groups thousands).
GroupChain group_chain(const FecCode& code, int ways, const std::vector<double>& bers, const BurstModel& burst);

}  // namespace fs
