// SPDX-License-Identifier: Apache-2.0
// The Verilated fs_link_end of this executable as pins by name.
#pragma once

#include <verilated_fst_c.h>

#include <memory>
#include <vector>

#include "link/cycle/link_end.hpp"
#include "link_pins.hpp"

namespace fs::lockstep {

class RtlEnd {
 public:
  virtual ~RtlEnd() = default;
  /// One cycle; `reset` holds rst_ni low.
  virtual void step(const cycle::LinkEnd::Inputs& in, bool reset) = 0;
  virtual std::vector<PinValue> pins(int frame_bits, int payload_bits) const = 0;
  virtual void trace(VerilatedFstC& file) = 0;
};

/// What a shape's executable is made of.
std::unique_ptr<RtlEnd> make_rtl_end(VerilatedContext& context, const char* name);

}  // namespace fs::lockstep
