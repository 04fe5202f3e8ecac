// SPDX-License-Identifier: Apache-2.0
// Fibre: what a kilometre of it does to light.
#pragma once

#include <string>

#include "common/quantity.hpp"
#include "config/units.hpp"

namespace fs {

/// What fibre does in one band of wavelengths.
struct FibreBand {
  double attenuation_db_km = 0.2;     ///< > 0 .. 10
  double dispersion_ps_nm_km = 16.7;  ///< chromatic, -100 .. 100; of the O band the worst edge
  double wavelength_nm = 1550;        ///< at which both hold
};

struct FibreType {
  std::string name;
  double group_index = 1.4682;  ///< 1 .. 2; delay is index x length / c. SMF-28 Ultra at 1550 nm
  FibreBand c_band;
  FibreBand o_band{0.34, 3.5, 1310};  ///< ITU-T G.652.D: at most 0.34 dB/km, |D| <= 3.5 ps/nm/km
  double pmd_ps_root_km = 0.04;       ///< polarisation mode dispersion, ps per root kilometre
  double nonlinearity_w_km = 1.27;    ///< gamma, 1/W/km; 0 for hollow cores, whose light runs in air
};

/// One-way delay: group index x length / 299 792 458 m/s.
Femtoseconds fibre_delay(const FibreType& fibre, Micrometres length);

/// Group-velocity dispersion beta2 = D lambda^2 / (2 pi c) in s^2/m, its absolute value.
double group_velocity_dispersion(const FibreBand& band);

/// Highest symbol rate in baud that direct detection takes over `length`: the first power-fading null,
/// sqrt(c / (2 D L lambda^2)), stays at or above half the symbol rate. Infinite without dispersion.
double direct_detection_limit(const FibreBand& band, Micrometres length);

}  // namespace fs
