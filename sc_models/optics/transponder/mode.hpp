// SPDX-License-Identifier: Apache-2.0
// A transponder's mode of operation as data, and how it does on a line.
#pragma once

#include <optional>
#include <string>

#include "common/quantity.hpp"
#include "optics/line/budget.hpp"
#include "optics/transponder/fec_code.hpp"

namespace fs {

enum class Detection : std::uint8_t { direct, coherent };

struct TransponderMode {
  std::string name;
  Detection detection = Detection::coherent;
  Modulation modulation = Modulation::qam16;
  OpticalCode fec;
  BitsPerSecond rate{400'000'000'000};  ///< payload a direction
  int lanes = 1;                        ///< wavelengths or fibres that share it
  double baud_hz = 59.84e9;             ///< a lane's
  double launch_dbm = 0;                ///< a wave's, into the line
  // Coherent: what GSNR it needs, implementation penalty included; and what else it takes.
  double required_osnr_db = 26;  ///< in 0.1 nm, at the code's threshold
  std::optional<double> dispersion_limit_ps_nm;
  std::optional<double> pmd_limit_ps;
  double polarisation_limit_krad_s = 50;  ///< faster, and tracking is lost
  // Direct: the loss at which the code's threshold is reached. The dispersion limit follows from baud and fibre.
  double loss_budget_db = 4;
  bool o_band = false;
  std::optional<double> unamplified_budget_db;  ///< coherent: loss it takes without amplifiers
  // What it costs.
  Femtoseconds latency{microseconds(4)};  ///< one direction: both ends' DSP and FEC
  double watts = 20;                      ///< a module
  double dsp_share = 0.5;                 ///< of these watts: what DSP and FEC draw; the rest is optics
  double price = 0;                       ///< a module, in the scenario's money

  /// Implementation penalty in dB: required OSNR less what an ideal receiver needs at the code's threshold.
  double penalty_db() const;
  /// The bit error ratio up to which its code brings out 1e-15 or less.
  double threshold() const;
};

/// Why a mode does not work on a line, beyond a lack of signal to noise.
enum class Obstacle : std::uint8_t { none, dispersion, polarisation_dispersion };
const char* to_string(Obstacle obstacle);

/// A mode on a line.
struct Performance {
  double gsnr_db = 0;           ///< coherent; direct: 0
  double margin_db = 0;         ///< above what it needs; negative: too little
  double bit_error_ratio = 0;   ///< before correction
  double codeword_failure = 0;  ///< behind it
  double frame_loss = 0;        ///< of frames of 64 bytes
  Obstacle obstacle = Obstacle::none;
  bool works() const { return obstacle == Obstacle::none && margin_db >= 0; }
};

/// Coherent: from the wave's GSNR and the line's dispersion. `extra_db` is further loss of margin (time-varying light).
Performance coherent_performance(const TransponderMode& mode, double gsnr_db, const LineTotals& totals);
/// Direct: over plain fibre. Thermal noise dominates, so the electrical ratio moves by 2 dB a dB of light.
Performance direct_performance(const TransponderMode& mode, const FibreType& fibre, Micrometres length,
                               double extra_loss_db);
/// The same modes from their margin alone. `at_threshold` is snr_for(modulation, threshold()), which takes a search:
/// whoever asks often finds it once.
Performance performance_at_margin(const TransponderMode& mode, double at_threshold, double margin_db);
Performance performance_at_margin(const TransponderMode& mode, double margin_db);

/// Longest fibre, in kilometres, on which the mode works with `margin_db` to spare. Direct: the loss budget or the
/// dispersion limit. Coherent: whole spans of `span` (equal, amplified by `amplifier`), `waves` beside it `spacing_hz`
/// apart; the centre wave decides. 0: not even one span.
double direct_reach_km(const TransponderMode& mode, const FibreType& fibre, double margin_db);
double coherent_reach_km(const TransponderMode& mode, const FibreSpan& span, const AmplifierType& amplifier, int waves,
                         double spacing_hz, double margin_db);

}  // namespace fs
