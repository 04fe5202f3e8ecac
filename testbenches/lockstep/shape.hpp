// SPDX-License-Identifier: Apache-2.0
// The shapes that are held against each other: what CMakeLists.txt gives the RTL as parameters, as a configuration of
// the model, and what the neighbours have.
#pragma once

#include <cstdint>
#include <string>

#include "switch/core.hpp"

namespace fs::lockstep {

struct Shape {
  std::string name;  ///< ports x VCs
  SwitchConfig config;
  int longest = 1;     ///< flits of the longest packet
  int peer_depth = 0;  ///< slots a VC at a neighbour with private buffers; of the whole port where they are shared
  // How it is tried, unless a test says otherwise.
  std::uint64_t seeds = 1;
  std::int64_t cycles = 1;
  bool random_initial = false;  ///< registers hold noise before the first reset
};

/// The shape of this executable.
const Shape& shape();

}  // namespace fs::lockstep
