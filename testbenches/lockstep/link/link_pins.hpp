// SPDX-License-Identifier: Apache-2.0
// Pins of a link's end by name and value.
#pragma once

#include <string>

#include "link/cycle/frame_bits.hpp"

namespace fs::lockstep {

/// A pin with its value.
struct PinValue {
  std::string name;
  int bits = 0;
  FrameBits value;
};

inline FrameBits number_bits(std::uint64_t value) {
  FrameBits bits;
  bits.words()[0] = value;
  return bits;
}

}  // namespace fs::lockstep
