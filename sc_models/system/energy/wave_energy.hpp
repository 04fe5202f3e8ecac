// SPDX-License-Identifier: Apache-2.0
// What waves between sites draw and cost: transponders, amplifiers and their share of the cable.
#pragma once

#include "energy/account.hpp"
#include "system/energy/choose_part.hpp"
#include "transport/run/flow_run.hpp"
#include "transport/run/wave_config.hpp"

namespace fs {

struct WaveParts {
  PartPtr amplifier;
  PartPtr fibre;
};
WaveParts read_wave_parts(const EnergyBlock& block);

/// Adds a wave: a module at each end; of every cable, the spare included, the amplifiers and the fibre by the share
/// that one of its waves has of them. `bits`: sent, both directions together.
void add_wave(EnergyAccount& account, const WaveParts& parts, const WaveSpec& wave, double bits);

}  // namespace fs
