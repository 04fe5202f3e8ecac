// SPDX-License-Identifier: Apache-2.0
// One end of a link as a Verilated fs_retry_port: its pins by name, clocked once an event.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "common/quantity.hpp"
#include "cosim/pin_model.hpp"
#include "flit/profile/link_layer_format.hpp"
#include "link/cycle/frame_bits.hpp"

namespace fs::cosim {

class RetryPins {
 public:
  /// A frame carries a token of so many bits in place of its flits, which stay in the simulator.
  static constexpr int payload_bits = 32;

  /// `name` of the end, for messages. Throws std::invalid_argument when a pin is missing or has another width.
  RetryPins(const RetryFormat& format, std::string name, std::unique_ptr<PinModel> model);

  // Inputs; those that say that something happens are low again after the edge.
  void set(const char* pin, std::uint64_t value);
  void set_frame(const FrameBits& frame);
  /// One edge at `now`. Throws InvariantError with the end's name and the message when an assertion of the RTL fails.
  void edge(Femtoseconds now);
  std::uint64_t get(const char* pin) const;
  FrameBits frame() const;
  /// Registers the RTL's signals with a waveform file, below a scope of this end's name. Before the file is opened.
  void trace(VerilatedFstC& file, int levels) { model_->trace(file, levels); }

  int number_bits() const { return number_bits_; }
  int frame_bits() const { return frame_bits_; }
  int crc_bits() const { return frame_bits_ - number_bits_ - payload_bits; }
  const std::string& name() const { return name_; }

 private:
  const Pin& find(const char* pin) const;

  std::string name_;
  std::unique_ptr<PinModel> model_;
  int number_bits_;
  int frame_bits_;
};

}  // namespace fs::cosim
