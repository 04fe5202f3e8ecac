// SPDX-License-Identifier: Apache-2.0
#include "optics/time/loss_curve.hpp"

#include "common/portable_math.hpp"

namespace fs {
namespace {

constexpr double lowest_db = -4;
constexpr double highest_db = 12;
constexpr int points_a_db = 64;

}  // namespace

LossCurve::LossCurve(const TransponderMode& mode) {
  const auto points = static_cast<int>((highest_db - lowest_db) * points_a_db) + 1;
  const double at_threshold = snr_for(mode.modulation, mode.threshold());
  for (int i = 0; i < points; ++i) {
    const auto performance =
        performance_at_margin(mode, at_threshold, lowest_db + static_cast<double>(i) / points_a_db);
    loss_.push_back(performance.codeword_failure);
    errors_.push_back(performance.bit_error_ratio);
  }
}

double LossCurve::look_up(const std::vector<double>& table, double margin_db) const {
  const double place = (margin_db - lowest_db) * points_a_db;
  if (place <= 0) return table.front();
  const auto index = static_cast<std::size_t>(place);
  if (index + 1 >= table.size()) return table.back();
  const double share = place - static_cast<double>(index);
  return table[index] + share * (table[index + 1] - table[index]);
}

double LossCurve::codeword_failure(double margin_db) const { return look_up(loss_, margin_db); }
double LossCurve::bit_errors(double margin_db) const { return look_up(errors_, margin_db); }

}  // namespace fs
