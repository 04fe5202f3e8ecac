// SPDX-License-Identifier: Apache-2.0
// Codeword failures of a transponder mode over its margin, tabulated: what changing light asks for packet by packet.
#pragma once

#include <vector>

#include "optics/transponder/mode.hpp"

namespace fs {

class LossCurve {
 public:
  LossCurve() = default;
  explicit LossCurve(const TransponderMode& mode);

  /// Probability that a codeword fails at this margin in dB. Linear between points 1/64 dB apart; constant beyond -4
  /// and +12 dB.
  double codeword_failure(double margin_db) const;
  /// Bit error ratio before correction.
  double bit_errors(double margin_db) const;

 private:
  double look_up(const std::vector<double>& table, double margin_db) const;

  std::vector<double> loss_;
  std::vector<double> errors_;
};

}  // namespace fs
