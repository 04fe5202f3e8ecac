// SPDX-License-Identifier: Apache-2.0
#include "optics/transponder/mode.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "common/portable_math.hpp"
#include "optics/line/constants.hpp"

namespace fs {
namespace {

const FibreBand& band_of(const TransponderMode& mode, const FibreType& fibre) {
  return mode.o_band ? fibre.o_band : fibre.c_band;
}

/// The bit error ratio at which codewords fail once in 1e15 bits: found once for codes that have no threshold.
double ratio_for_target(const OpticalCode& code, Modulation modulation) {
  double low = 1e-18;
  double high = 0.1;
  for (int i = 0; i < 100; ++i) {
    const double middle = std::sqrt(low * high);
    (residual_bit_errors(code, modulation, middle) < 1e-15 ? low : high) = middle;
  }
  return low;
}

}  // namespace

double TransponderMode::threshold() const {
  return fec.kind == OpticalCode::Kind::threshold ? fec.threshold : ratio_for_target(fec, modulation);
}

double TransponderMode::penalty_db() const {
  return required_osnr_db - ideal_osnr_db(modulation, baud_hz, threshold());
}

const char* to_string(Obstacle obstacle) {
  if (obstacle == Obstacle::dispersion) return "chromatic dispersion";
  return obstacle == Obstacle::polarisation_dispersion ? "polarisation mode dispersion" : "none";
}

Performance performance_at_margin(const TransponderMode& mode, double at_threshold, double margin_db) {
  Performance result;
  result.margin_db = margin_db;
  const double electrical_db = mode.detection == Detection::direct ? 2.0 * margin_db : margin_db;
  result.bit_error_ratio = bit_error_ratio(mode.modulation, at_threshold * from_db(electrical_db));
  result.codeword_failure = mode.fec.kind == OpticalCode::Kind::threshold
                                ? codeword_failure_beyond(mode.fec, -electrical_db, result.bit_error_ratio)
                                : codeword_failure(mode.fec, mode.modulation, result.bit_error_ratio);
  result.frame_loss = frames_lost(mode.fec, result.codeword_failure);
  return result;
}

Performance performance_at_margin(const TransponderMode& mode, double margin_db) {
  return performance_at_margin(mode, snr_for(mode.modulation, mode.threshold()), margin_db);
}

Performance coherent_performance(const TransponderMode& mode, double gsnr_db, const LineTotals& totals) {
  Performance result = performance_at_margin(mode, gsnr_db - mode.required_osnr_db);
  result.gsnr_db = gsnr_db;
  if (mode.dispersion_limit_ps_nm && totals.dispersion_ps_nm > *mode.dispersion_limit_ps_nm) {
    result.obstacle = Obstacle::dispersion;
  } else if (mode.pmd_limit_ps && totals.pmd_ps > *mode.pmd_limit_ps) {
    result.obstacle = Obstacle::polarisation_dispersion;
  }
  if (result.obstacle != Obstacle::none) result.codeword_failure = result.frame_loss = 1;
  return result;
}

Performance direct_performance(const TransponderMode& mode, const FibreType& fibre, Micrometres length,
                               double extra_loss_db) {
  const FibreBand& band = band_of(mode, fibre);
  const double loss = band.attenuation_db_km * static_cast<double>(length.value()) * 1e-9 + extra_loss_db;
  Performance result = performance_at_margin(mode, mode.loss_budget_db - loss);
  if (mode.baud_hz > direct_detection_limit(band, length)) {
    result.obstacle = Obstacle::dispersion;
    result.codeword_failure = result.frame_loss = 1;
  }
  return result;
}

double direct_reach_km(const TransponderMode& mode, const FibreType& fibre, double margin_db) {
  const FibreBand& band = band_of(mode, fibre);
  const double by_loss = (mode.loss_budget_db - margin_db) / band.attenuation_db_km;
  // L at which the first null is at half the symbol rate: from the limit at 1 km, which goes with 1 / sqrt(L).
  const double at_one_km = direct_detection_limit(band, Micrometres(1'000'000'000));
  const double by_dispersion = (at_one_km / mode.baud_hz) * (at_one_km / mode.baud_hz);
  return std::max(0.0, std::min(by_loss, by_dispersion));
}

double coherent_reach_km(const TransponderMode& mode, const FibreSpan& span, const AmplifierType& amplifier, int waves,
                         double spacing_hz, double margin_db) {
  Wave wave;
  wave.baud_hz = mode.baud_hz;
  wave.launch_dbm = mode.launch_dbm;
  const auto spectrum = comb(waves, spacing_hz, wave);
  Line one;
  one.elements.emplace_back(span);
  one.elements.emplace_back(Amplifier{amplifier, std::nullopt});
  // Noise and dispersion of equal spans add up, PMD's squares do: one walk gives them all.
  const auto budget = line_budget(one, spectrum)[spectrum.size() / 2];
  const LineTotals totals = line_totals(one);
  constexpr int most_spans = 400;
  int reached = 0;
  for (int spans = 1; spans <= most_spans; ++spans) {
    LineTotals all = totals;
    all.dispersion_ps_nm *= spans;
    all.pmd_ps *= std::sqrt(static_cast<double>(spans));
    const auto performance = coherent_performance(mode, budget.gsnr_db - to_db(spans), all);
    if (performance.obstacle != Obstacle::none || performance.margin_db < margin_db) break;
    reached = spans;
  }
  return reached * static_cast<double>(span.length.value()) * 1e-9;
}

}  // namespace fs
