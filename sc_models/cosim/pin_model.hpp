// SPDX-License-Identifier: Apache-2.0
// A Verilated switch core as its pins: what a core's shared object offers, free of generated headers.
#pragma once

#include <cstddef>

class VerilatedContext;
class VerilatedFstC;

namespace fs::cosim {

/// One port of the Verilated top module.
struct Pin {
  const char* name;     ///< as in the source
  bool input;           ///< else an output
  int bits;             ///< declared width, >= 1
  unsigned char* data;  ///< its value, bit 0 first; bits beyond the width are 0. Valid as long as the model
};

/// Bytes that Verilator gives a pin of so many bits.
constexpr std::size_t pin_storage(int bits) {
  if (bits <= 8) return 1;
  if (bits <= 16) return 2;
  if (bits <= 32) return 4;
  if (bits <= 64) return 8;
  return (static_cast<std::size_t>(bits) + 31) / 32 * 4;
}

class PinModel {
 public:
  virtual ~PinModel() = default;
  virtual const Pin* pins() const = 0;
  virtual int pin_count() const = 0;
  /// clk_i rises with the input pins as they stand, and falls again.
  virtual void edge() = 0;
  /// Registers this model's signals with a waveform file, `levels` of hierarchy deep. Before the file is opened.
  virtual void trace(VerilatedFstC& file, int levels) = 0;
};

/// What a core's shared object exports under `plugin_symbol`.
struct PluginEntry {
  int interface;          ///< plugin_interface of the headers it was compiled with
  const char* verilator;  ///< version of the Verilator that made it
  /// `name` becomes the model's scope in waveforms and messages.
  PinModel* (*create)(VerilatedContext& context, const char* name);
};
constexpr int plugin_interface = 1;
constexpr const char* plugin_symbol = "farspan_core_plugin";

}  // namespace fs::cosim
