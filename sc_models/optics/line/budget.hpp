// SPDX-License-Identifier: Apache-2.0
// Signal and noise along a line.
#pragma once

#include <vector>

#include "optics/line/line.hpp"

namespace fs {

/// One wave at the end of its line. Ratios are in 0.1 nm (12.5 GHz), both polarisations.
struct WaveBudget {
  double power_dbm = 0;
  double osnr_db = 0;       ///< against amplified spontaneous emission, transmitter and add/drop noise
  double nonlinear_db = 0;  ///< signal to nonlinear interference; infinite where there is none
  double gsnr_db = 0;       ///< against both: 1/GSNR = 1/OSNR + 1/SNR_NLI
};

/// Passes waves along a line. Each amplifier adds h nu F G B (OSNR_i = 57.954 + P_in - NF at 193.4 THz), each add/drop
/// node its own ratio, each span its nonlinear noise. `extra_loss_db[i]` is further loss of element i, as ageing and
/// faults add to it (missing: 0); `frozen_gain` keeps amplifiers at the gain they would have without it, otherwise
/// they make up for it.
struct BudgetOptions {
  std::vector<double> extra_loss_db;
  bool frozen_gain = false;
};
std::vector<WaveBudget> line_budget(const Line& line, const std::vector<Wave>& waves, const BudgetOptions& options);
std::vector<WaveBudget> line_budget(const Line& line, const std::vector<Wave>& waves);

}  // namespace fs
