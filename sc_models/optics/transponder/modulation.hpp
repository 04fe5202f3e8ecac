// SPDX-License-Identifier: Apache-2.0
// Modulation formats: bit error ratio over signal to noise.
#pragma once

#include <cstdint>

namespace fs {

enum class Modulation : std::uint8_t {
  nrz,    ///< direct detection, two levels
  pam4,   ///< direct detection, four levels, Gray
  qpsk,   ///< coherent, both polarisations
  qam16,  ///< coherent, both polarisations, Gray
};

/// Bit error ratio of Gaussian noise before error correction, 0 .. 0.5. `snr` is per symbol (coherent: per polarisation
/// and symbol), linear:
///   nrz, qpsk 1/2 erfc(sqrt(snr/2)) ; pam4, qam16 3/8 erfc(sqrt(snr/10))
/// J. Proakis, Digital Communications, 5th edition, 4.3, nearest neighbours.
double bit_error_ratio(Modulation modulation, double snr);

/// The linear ratio at which bit_error_ratio is `ratio`, 1e-100 .. 0.3.
double snr_for(Modulation modulation, double ratio);

/// Ratio per symbol in the signal's own bandwidth from an OSNR (or GSNR) counted in 0.1 nm: osnr x 12.5 GHz / baud.
double symbol_snr(double osnr_db, double baud_hz);

/// OSNR in 0.1 nm, dB, at which an ideal receiver has this bit error ratio.
double ideal_osnr_db(Modulation modulation, double baud_hz, double ratio);

}  // namespace fs
