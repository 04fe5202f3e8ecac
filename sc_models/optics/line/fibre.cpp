// SPDX-License-Identifier: Apache-2.0
#include "optics/line/fibre.hpp"

#include <cmath>
#include <limits>

#include "optics/line/constants.hpp"

namespace fs {

Femtoseconds fibre_delay(const FibreType& fibre, Micrometres length) {
  // Metres to femtoseconds: n / c x 1e15; a micrometre takes n / 0.299792458 fs.
  return Femtoseconds(
      static_cast<std::int64_t>(static_cast<double>(length.value()) * (fibre.group_index / 0.299792458) + 0.5));
}

double group_velocity_dispersion(const FibreBand& band) {
  const double dispersion = std::fabs(band.dispersion_ps_nm_km) * 1e-6;  // s/m^2
  const double wavelength = band.wavelength_nm * 1e-9;
  return dispersion * wavelength * wavelength / (2.0 * pi * speed_of_light);
}

double direct_detection_limit(const FibreBand& band, Micrometres length) {
  const double dispersion = std::fabs(band.dispersion_ps_nm_km) * 1e-6;
  const double wavelength = band.wavelength_nm * 1e-9;
  const double metres = static_cast<double>(length.value()) * 1e-6;
  const double product = 2.0 * dispersion * metres * wavelength * wavelength;
  if (product <= 0) return std::numeric_limits<double>::infinity();
  return 2.0 * std::sqrt(speed_of_light / product);
}

}  // namespace fs
