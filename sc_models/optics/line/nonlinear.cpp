// SPDX-License-Identifier: Apache-2.0
#include "optics/line/nonlinear.hpp"

#include <cmath>

#include "common/portable_math.hpp"
#include "optics/line/constants.hpp"

namespace fs {
namespace {

struct SpanFactors {
  double effective_length = 0;  // m
  double walk = 0;              // pi^2 La |beta2|, s^2
  double scale = 0;             // 16/27 gamma^2 Leff^2 / (4 pi |beta2| La)
};

SpanFactors factors_of(const FibreSpan& span) {
  constexpr double db_km_to_per_m = 2.302585092994045684e-4;
  const double alpha = span.fibre.c_band.attenuation_db_km * db_km_to_per_m;
  const double length = static_cast<double>(span.length.value()) * 1e-6;
  const double gamma = span.fibre.nonlinearity_w_km * 1e-3;
  const double beta2 = group_velocity_dispersion(span.fibre.c_band);
  SpanFactors factors;
  factors.effective_length = (1.0 - portable_exp(-alpha * length)) / alpha;
  factors.walk = pi * pi * beta2 / alpha;
  factors.scale =
      16.0 / 27.0 * gamma * gamma * factors.effective_length * factors.effective_length * alpha / (4.0 * pi * beta2);
  return factors;
}

/// 4 pi |beta2| La psi(n, i) (2 - [n = i])
double weight(const SpanFactors& factors, const Wave& pump, const Wave& wave, bool same) {
  if (same) return 2.0 * portable_asinh(0.5 * factors.walk * wave.baud_hz * wave.baud_hz);
  const double apart = std::fabs(pump.frequency_hz - wave.frequency_hz);
  const double half = 0.5 * pump.baud_hz;
  const double outer = portable_asinh(factors.walk * wave.baud_hz * (apart + half));
  const double inside = apart - half;  // negative only where waves overlap, which the caller does not build
  const double inner = portable_asinh(factors.walk * wave.baud_hz * std::fabs(inside));
  return 2.0 * (inside < 0 ? outer + inner : outer - inner);
}

}  // namespace

std::vector<double> nonlinear_noise(const FibreSpan& span, const std::vector<Wave>& waves,
                                    const std::vector<double>& watts) {
  std::vector<double> noise(waves.size(), 0.0);
  if (span.fibre.nonlinearity_w_km == 0 || span.fibre.c_band.dispersion_ps_nm_km == 0) return noise;
  const SpanFactors factors = factors_of(span);
  const double input = from_db(-span.connector_in_db);
  for (std::size_t i = 0; i < waves.size(); ++i) {
    double sum = 0;
    for (std::size_t n = 0; n < waves.size(); ++n) {
      const double density = watts[n] * input / waves[n].baud_hz;
      sum += density * density * weight(factors, waves[n], waves[i], n == i);
    }
    noise[i] = factors.scale * watts[i] * sum;
  }
  return noise;
}

}  // namespace fs
