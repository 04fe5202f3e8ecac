// SPDX-License-Identifier: Apache-2.0
// What a wave is, in a line of text.
#pragma once

#include <string>

#include "transport/run/wave_config.hpp"

namespace fs {

/// Its transponder, length, delay, margin and how far it would reach.
std::string wave_text(const WaveSpec& wave);

}  // namespace fs
