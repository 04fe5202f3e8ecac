// SPDX-License-Identifier: Apache-2.0
// The Verilated core, driven and read as pins. One implementation a shape (verilated_side.hpp).
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "pins.hpp"

namespace fs::lockstep {

class RtlSide {
 public:
  virtual ~RtlSide() = default;
  /// One clock edge with these inputs, and the outputs after it.
  virtual void edge(const InputPins& in, OutputPins& out) = 0;
  /// idle_o: outputs are idle and state is constant until an input moves.
  virtual bool idle() const = 0;
  /// From here on, every edge goes into a waveform file (10 ns a cycle).
  virtual void open_waves(const std::string& file) = 0;
  virtual void close_waves() = 0;
  /// What assertions have said since the last call; empty: nothing.
  virtual std::string take_messages() = 0;
};

/// What a shape's executable is made of. `initial`: seed of registers' values before reset, where the model was
/// Verilated with --x-initial unique; else they are zero.
std::unique_ptr<RtlSide> make_rtl_side(std::uint64_t initial);

}  // namespace fs::lockstep
