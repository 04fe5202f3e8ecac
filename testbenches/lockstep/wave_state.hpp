// SPDX-License-Identifier: Apache-2.0
// Reads registers back from a waveform file.
#pragma once

#include <string>

namespace fs::lockstep {

/// The registers (signals whose names end in _q) that are not zero at the end of an FST file, a line each; vectors in
/// hexadecimal.
std::string last_registers(const std::string& file);

/// The last value of one signal as bits, by its full name (`core.fs_switch_core.crossing_q`); empty: no such signal.
std::string last_value(const std::string& file, const std::string& name);

}  // namespace fs::lockstep
