// SPDX-License-Identifier: Apache-2.0
// What NICs send each other when nobody else says so.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/ids.hpp"
#include "common/quantity.hpp"

namespace fs {

struct NetTrafficSpec {
  enum class Pattern : std::uint8_t {
    pairs,        ///< source i to target i
    incast,       ///< every source to the one target
    permutation,  ///< everybody to one other, nobody to the same: `shift` places on, or drawn
    uniform,      ///< each message to another one drawn
    all_to_all,   ///< to everybody else in turn, beginning with the next
  };
  std::string name = "traffic";
  Pattern pattern = Pattern::uniform;
  std::vector<NodeId> sources;
  std::vector<NodeId> targets;  ///< pairs: as many as sources; incast: one
  int shift = 0;                ///< permutation; 0: drawn
  std::int64_t bytes = 65536;   ///< of a message
  double load = 0;              ///< of a source's link, by message bytes; 0: `outstanding` messages always under way
  bool periodic = false;        ///< with a load: equal gaps instead of a Poisson process
  int outstanding = 1;
  std::int64_t messages = 0;  ///< of a source; 0: as long as the run lasts. all_to_all: rounds of everybody
  Femtoseconds start{0};
  Femtoseconds stop = Femtoseconds::max();  ///< nothing is posted from then on
  int priority = 0;
};

/// What a run of traffic is.
struct NetRunSpec {
  Femtoseconds duration{0};  ///< at most
  Femtoseconds warmup{0};    ///< messages posted and bytes delivered before do not count
  std::vector<NetTrafficSpec> traffic;
};

}  // namespace fs
