// SPDX-License-Identifier: Apache-2.0
// What waves between sites draw and cost: transponders, amplifiers and their share of the cable.
#pragma once

#include <optional>

#include "config/reader.hpp"
#include "energy/account.hpp"
#include "transport/run/flow_run.hpp"
#include "transport/run/wave_config.hpp"

namespace fs {

struct WaveEnergyPlan {
  CostTerms terms;
  PartPtr amplifier;
  PartPtr fibre;
};

/// Reads the `energy:` block of a scenario of waves; nothing where it has none. resolve_parts comes first.
std::optional<WaveEnergyPlan> read_wave_energy(const Reader& root);

/// Adds a wave: a module at each end; of every cable, the spare included, the amplifiers and the fibre by the share
/// that one of its waves has of them. `bits`: sent, both directions together.
void add_wave(EnergyAccount& account, const WaveEnergyPlan& plan, const WaveSpec& wave, double bits);

}  // namespace fs
