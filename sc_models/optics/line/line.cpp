// SPDX-License-Identifier: Apache-2.0
#include "optics/line/line.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "optics/line/constants.hpp"

namespace fs {
namespace {

double kilometres(Micrometres length) { return static_cast<double>(length.value()) * 1e-9; }

}  // namespace

double noise_figure(const AmplifierType& type, double gain_db) {
  const auto& points = type.noise;
  if (gain_db <= points.front().gain_db) return points.front().noise_figure_db;
  for (std::size_t i = 1; i < points.size(); ++i) {
    if (gain_db > points[i].gain_db) continue;
    const double share = (gain_db - points[i - 1].gain_db) / (points[i].gain_db - points[i - 1].gain_db);
    return points[i - 1].noise_figure_db + share * (points[i].noise_figure_db - points[i - 1].noise_figure_db);
  }
  return points.back().noise_figure_db;
}

std::vector<Wave> comb(int count, double spacing_hz, const Wave& wave) {
  std::vector<Wave> waves(static_cast<std::size_t>(count), wave);
  for (int i = 0; i < count; ++i) {
    waves[static_cast<std::size_t>(i)].frequency_hz = centre_frequency + (i - (count - 1) / 2.0) * spacing_hz;
  }
  return waves;
}

Line equal_spans(const FibreType& fibre, Micrometres length, Micrometres span_limit, const AmplifierType& amplifier) {
  if (length <= Micrometres(0) || span_limit <= Micrometres(0)) {
    throw std::invalid_argument("a line and its spans are longer than nothing");
  }
  const std::int64_t spans = (length.value() + span_limit.value() - 1) / span_limit.value();
  Line line;
  for (std::int64_t i = 0; i < spans; ++i) {
    FibreSpan span;
    span.fibre = fibre;
    span.length = Micrometres(length.value() * (i + 1) / spans - length.value() * i / spans);
    line.elements.emplace_back(span);
    line.elements.emplace_back(Amplifier{amplifier, std::nullopt});
  }
  return line;
}

LineTotals line_totals(const Line& line) {
  LineTotals totals;
  double pmd_squared = 0;
  for (const auto& element : line.elements) {
    const auto* span = std::get_if<FibreSpan>(&element);
    if (span == nullptr) continue;
    const double km = kilometres(span->length);
    totals.delay += fibre_delay(span->fibre, span->length);
    totals.length += span->length;
    totals.fibre_loss_db += span->fibre.c_band.attenuation_db_km * km + span->connector_in_db + span->connector_out_db;
    totals.dispersion_ps_nm += span->fibre.c_band.dispersion_ps_nm_km * km;
    pmd_squared += span->fibre.pmd_ps_root_km * span->fibre.pmd_ps_root_km * km;
  }
  totals.pmd_ps = std::sqrt(pmd_squared);
  return totals;
}

Femtoseconds delay_to(const Line& line, Micrometres place) {
  Femtoseconds delay(0);
  for (const auto& element : line.elements) {
    const auto* span = std::get_if<FibreSpan>(&element);
    if (span == nullptr) continue;
    const Micrometres part = std::min(place, span->length);
    delay += fibre_delay(span->fibre, part);
    place -= part;
  }
  return delay;
}

}  // namespace fs
