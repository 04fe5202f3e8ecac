// SPDX-License-Identifier: Apache-2.0
// The Verilated fs_link_end of this executable as pins by name.
#pragma once

#include <memory>
#include <type_traits>
#include <vector>

#include FS_MODEL_HEADER
#include <verilated_fst_c.h>

#include "link_bench.hpp"

namespace fs::lockstep {

/// Pins are integers of up to 64 bits, or words.
template <class Pin>
void drive_pin(Pin& pin, const FrameBits& value) {
  if constexpr (std::is_integral_v<Pin>) {
    pin = static_cast<Pin>(value.words()[0]);
  } else {
    for (std::size_t w = 0; w < sizeof(Pin) / 4; ++w) {
      pin[w] = static_cast<std::uint32_t>(value.words()[w / 2] >> (32 * (w % 2)));
    }
  }
}
template <class Pin>
FrameBits read_pin(const Pin& pin) {
  FrameBits value;
  if constexpr (std::is_integral_v<Pin>) {
    value.words()[0] = static_cast<std::uint64_t>(pin);
  } else {
    for (std::size_t w = 0; w < sizeof(Pin) / 4; ++w) {
      value.words()[w / 2] |= static_cast<std::uint64_t>(pin[w]) << (32 * (w % 2));
    }
  }
  return value;
}
inline FrameBits number_bits(std::uint64_t value) {
  FrameBits bits;
  bits.words()[0] = value;
  return bits;
}

class RtlEnd {
 public:
  RtlEnd(VerilatedContext& context, const char* name) : core_(&context, name) { drive({}, false); }
  ~RtlEnd() { core_.final(); }

  /// `reset` holds rst_ni low.
  void step(const LinkEnd::Inputs& in, bool reset) {
    drive(in, reset);
    core_.clk_i = 1;
    core_.eval();
    core_.clk_i = 0;
    core_.eval();
  }
  std::vector<PinValue> pins(int frame_bits, int payload_bits) const {
    return {{"ready_o", 1, read_pin(core_.ready_o)},
            {"valid_o", 1, read_pin(core_.valid_o)},
            {"payload_o", payload_bits, read_pin(core_.payload_o)},
            {"credit_o", 32, read_pin(core_.credit_o)},
            {"frame_valid_o", 1, read_pin(core_.frame_valid_o)},
            {"frame_o", frame_bits, read_pin(core_.frame_o)},
            {"exhausted_o", 1, read_pin(core_.exhausted_o)},
            {"expected_o", 32, read_pin(core_.expected_o)},
            {"next_o", 32, read_pin(core_.next_o)},
            {"replaying_o", 1, read_pin(core_.replaying_o)},
            {"count_o", 32, read_pin(core_.count_o)},
            {"replays_o", 32, read_pin(core_.replays_o)}};
  }
  void trace(VerilatedFstC& file) { core_.trace(&file, 99); }

 private:
  void drive(const LinkEnd::Inputs& in, bool reset) {
    core_.rst_ni = reset ? 0 : 1;
    drive_pin(core_.valid_i, number_bits(in.valid));
    drive_pin(core_.payload_i, number_bits(in.payload));
    drive_pin(core_.free_i, number_bits(in.free));
    drive_pin(core_.wire_ready_i, number_bits(in.wire_ready));
    drive_pin(core_.frame_valid_i, number_bits(in.frame_valid));
    drive_pin(core_.frame_i, in.frame);
    drive_pin(core_.restart_i, number_bits(in.restart));
    drive_pin(core_.forget_i, number_bits(in.forget));
    drive_pin(core_.peer_i, number_bits(in.peer));
  }
  FS_MODEL core_;
};

}  // namespace fs::lockstep
