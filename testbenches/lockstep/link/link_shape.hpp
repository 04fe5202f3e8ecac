// SPDX-License-Identifier: Apache-2.0
// The shape of this executable: what CMakeLists.txt gives the RTL as parameters, as a configuration of the model.
#pragma once

#include <cstdint>

#include "link/cycle/link_end.hpp"

namespace fs::lockstep {

struct LinkShape {
  cycle::LinkEndConfig config;
  int crc_bits = 0;
  // How it is tried, unless a test says otherwise.
  std::uint64_t seeds = 1;
  std::int64_t cycles = 1;
  bool random_initial = false;  ///< registers hold noise before the first reset
};

const LinkShape& link_shape();

}  // namespace fs::lockstep
