// SPDX-License-Identifier: Apache-2.0
#include "optics/transponder/modulation.hpp"

#include <cmath>

#include "common/portable_math.hpp"
#include "optics/line/constants.hpp"

namespace fs {

double bit_error_ratio(Modulation modulation, double snr) {
  const bool two_levels = modulation == Modulation::nrz || modulation == Modulation::qpsk;
  if (two_levels) return 0.5 * portable_erfc(std::sqrt(snr / 2.0));
  return 0.375 * portable_erfc(std::sqrt(snr / 10.0));
}

double snr_for(Modulation modulation, double ratio) {
  double low = 1e-3;
  double high = 1e4;
  for (int i = 0; i < 200 && high / low > 1.0 + 1e-15; ++i) {
    const double middle = std::sqrt(low * high);
    (bit_error_ratio(modulation, middle) > ratio ? low : high) = middle;
  }
  return std::sqrt(low * high);
}

double symbol_snr(double osnr_db, double baud_hz) { return from_db(osnr_db) * osnr_bandwidth / baud_hz; }

double ideal_osnr_db(Modulation modulation, double baud_hz, double ratio) {
  return to_db(snr_for(modulation, ratio) * baud_hz / osnr_bandwidth);
}

}  // namespace fs
