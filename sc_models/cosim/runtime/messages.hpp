// SPDX-License-Identifier: Apache-2.0
// What Verilated models share in a process: their context, and what they print.
#pragma once

#include <string>

class VerilatedContext;

namespace fs::cosim {

/// The one context of every Verilated core of this process (one waveform file takes models of one context only).
/// A failed assertion sets its gotError() and does not end the process.
VerilatedContext& verilated_context();

/// Something has been printed and not been taken.
extern bool messages_waiting;

/// What models have printed since the last call ($display, failed assertions), and empties it.
std::string take_messages();

}  // namespace fs::cosim
