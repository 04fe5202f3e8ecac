// SPDX-License-Identifier: Apache-2.0
// Model and RTL side by side: the same pins in, every output pin compared after every edge.
#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "pins.hpp"
#include "shape.hpp"

namespace fs::lockstep {

struct Trial {
  std::uint64_t seed = 1;
  std::int64_t cycles = 5000;
  bool random_initial = false;    ///< registers of the RTL start with random values
  bool sleep = false;             ///< the RTL's clock rests now and then, while idle_o is 1 and no input moves
  std::string reproduce;          ///< the command that runs this again
  std::string folder = ".";       ///< where a waveform of the last cycles goes
  std::int64_t wave_cycles = 64;  ///< 0: neither waveform nor report, only the pin

  /// For tests of this bench: spoils what the model shows after an edge.
  std::function<void(std::int64_t cycle, OutputPins&)> spoil;
  /// For tests of this bench: the model has a configuration of its own.
  std::function<void(SwitchConfig&)> reconfigure;
};

struct Outcome {
  bool agree = true;
  std::int64_t cycles = 0;  ///< compared
  std::uint64_t flits = 0;  ///< that left the core
  std::uint64_t slept = 0;
  std::string report;  ///< of the first difference
  std::string waves;   ///< its waveform file
  std::string pin;     ///< and its first pin
};

Outcome run_lockstep(const Shape& shape, const Trial& run);

}  // namespace fs::lockstep
