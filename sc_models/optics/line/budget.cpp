// SPDX-License-Identifier: Apache-2.0
#include "optics/line/budget.hpp"

#include <algorithm>
#include <limits>

#include "common/portable_math.hpp"
#include "optics/line/constants.hpp"
#include "optics/line/nonlinear.hpp"

namespace fs {
namespace {

double milliwatts_db(double watts) { return to_db(watts * 1e3); }

double db_or_infinite(double signal, double noise) {
  return noise > 0 ? to_db(signal / noise) : std::numeric_limits<double>::infinity();
}

/// The waves on their way. Noise is kept relative to its wave's power, so that losses need not touch it.
class Walk {
 public:
  Walk(const std::vector<Wave>& waves, bool nonlinear) : waves_(waves), with_nonlinear_(nonlinear) {
    for (const auto& wave : waves) {
      power_.push_back(from_db(wave.launch_dbm) * 1e-3);
      transmitter_.push_back(from_db(-wave.transmitter_osnr_db));
      ase_.push_back(0);
      nonlinear_.push_back(0);
    }
  }

  void lose(double decibels) {
    const double factor = from_db(-decibels);
    for (double& power : power_) power *= factor;
  }

  void pass(const FibreSpan& span) {
    if (with_nonlinear_) {
      const auto noise = nonlinear_noise(span, waves_, power_);
      for (std::size_t i = 0; i < waves_.size(); ++i) {
        nonlinear_[i] += noise[i] / power_[i] * osnr_bandwidth / waves_[i].baud_hz;
      }
    }
    const double km = static_cast<double>(span.length.value()) * 1e-9;
    lose(span.fibre.c_band.attenuation_db_km * km + span.connector_in_db + span.connector_out_db);
  }

  /// The gain that the amplifier would like, within its output power.
  double gain_of(const Amplifier& amplifier) const {
    const double wanted = amplifier.gain_db ? *amplifier.gain_db : waves_[0].launch_dbm - milliwatts_db(power_[0]);
    double total = 0;
    for (const double power : power_) total += power;
    return std::min(wanted, amplifier.type.max_output_dbm - milliwatts_db(total));
  }

  void amplify(const Amplifier& amplifier, double gain_db) {
    const double noise = from_db(noise_figure(amplifier.type, gain_db));
    for (std::size_t i = 0; i < waves_.size(); ++i) {
      ase_[i] += planck * waves_[i].frequency_hz * osnr_bandwidth * noise / power_[i];
    }
    lose(-gain_db);
  }

  void add_drop(const AddDrop& node) {
    for (std::size_t i = 0; i < waves_.size(); ++i) {
      // The node levels what it measures: the wave and the noise beneath it.
      const double noise = (ase_[i] + nonlinear_[i]) * waves_[i].baud_hz / osnr_bandwidth;
      power_[i] = from_db(node.output_dbm) * 1e-3 / (1.0 + noise);
      if (node.osnr_db) ase_[i] += from_db(-*node.osnr_db);
    }
  }

  std::vector<WaveBudget> result() const {
    std::vector<WaveBudget> budgets;
    for (std::size_t i = 0; i < waves_.size(); ++i) {
      const double linear = transmitter_[i] + ase_[i];
      budgets.push_back({milliwatts_db(power_[i]), db_or_infinite(1, linear), db_or_infinite(1, nonlinear_[i]),
                         db_or_infinite(1, linear + nonlinear_[i])});
    }
    return budgets;
  }

 private:
  const std::vector<Wave>& waves_;
  bool with_nonlinear_;
  std::vector<double> power_;  // W
  // Noise in 0.1 nm over signal.
  std::vector<double> transmitter_;
  std::vector<double> ase_;  // amplifiers, add/drop
  std::vector<double> nonlinear_;
};

/// Gains that the line settles at with nothing lost beyond its design.
std::vector<double> design_gains(const Line& line, const std::vector<Wave>& waves) {
  Walk walk(waves, false);
  std::vector<double> gains;
  for (const auto& element : line.elements) {
    if (const auto* span = std::get_if<FibreSpan>(&element)) {
      walk.pass(*span);
    } else if (const auto* amplifier = std::get_if<Amplifier>(&element)) {
      gains.push_back(walk.gain_of(*amplifier));
      walk.amplify(*amplifier, gains.back());
    } else {
      walk.add_drop(std::get<AddDrop>(element));
    }
  }
  return gains;
}

}  // namespace

std::vector<WaveBudget> line_budget(const Line& line, const std::vector<Wave>& waves, const BudgetOptions& options) {
  std::vector<double> gains;
  if (options.frozen_gain) gains = design_gains(line, waves);
  Walk walk(waves, true);
  std::size_t next_gain = 0;
  for (std::size_t i = 0; i < line.elements.size(); ++i) {
    if (const auto* span = std::get_if<FibreSpan>(&line.elements[i])) {
      walk.pass(*span);
    } else if (const auto* amplifier = std::get_if<Amplifier>(&line.elements[i])) {
      walk.amplify(*amplifier, options.frozen_gain ? gains[next_gain++] : walk.gain_of(*amplifier));
    } else {
      walk.add_drop(std::get<AddDrop>(line.elements[i]));
    }
    if (i < options.extra_loss_db.size()) walk.lose(options.extra_loss_db[i]);
  }
  return walk.result();
}

std::vector<WaveBudget> line_budget(const Line& line, const std::vector<Wave>& waves) {
  return line_budget(line, waves, BudgetOptions{});
}

}  // namespace fs
