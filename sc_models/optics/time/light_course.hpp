// SPDX-License-Identifier: Apache-2.0
// The light of one direction of a line over time: margin, loss, and when there is none.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/quantity.hpp"
#include "optics/line/line.hpp"
#include "optics/time/light_event.hpp"
#include "optics/time/loss_curve.hpp"
#include "optics/transponder/mode.hpp"

namespace fs {

/// An interval of time, `to` outside.
struct LightInterval {
  Femtoseconds from{0};
  Femtoseconds to = Femtoseconds::max();
  bool holds(Femtoseconds time) const { return time >= from && time < to; }
};

/// Of all of these, where they overlap or touch joined; ascending, none empty.
std::vector<LightInterval> joined(std::vector<LightInterval> intervals);

/// `span` after `time`, where max() is never.
constexpr Femtoseconds later(Femtoseconds time, Femtoseconds span) {
  return time > Femtoseconds::max() - span ? Femtoseconds::max() : time + span;
}

/// State at an instant.
struct LightState {
  bool lit = true;      ///< light arrives
  bool tracked = true;  ///< and the receiver follows its polarisation
  double margin_db = 0;
  double codeword_failure = 0;  ///< 1 without light or tracking
};

/// A function of time, fixed when built: asking costs a look at what is going on then, waiting costs nothing.
///
/// Times are those at which light leaves the transmitter. What happens at a place on the line happens to the light that
/// passes it then, so an event at time t and place x is one of the light sent at t - delay(x).
class LightCourse {
 public:
  struct Spec {
    std::string name;  ///< keys the random draws of storms
    TransponderMode mode;
    Line line;
    std::vector<Wave> waves{Wave{}};  ///< that share the line; the middle one is looked at
    std::vector<LightEvent> events;
    double ageing_db = 0;  ///< margin lost before the run begins: years x 0.5 to 1 dB
    std::uint64_t seed = 1;
  };
  /// A direct-detection mode takes the line as plain fibre of its first span's type.
  explicit LightCourse(const Spec& spec);

  LightState at(Femtoseconds sent) const;
  double codeword_failure(Femtoseconds sent) const { return at(sent).codeword_failure; }
  /// The state of `sent` holds, margins unchanged, up to but not including this time (max(): for ever). While light
  /// fades or returns it is `sent` itself + 1 fs.
  Femtoseconds constant_until(Femtoseconds sent) const;

  Femtoseconds delay() const { return totals_.delay; }
  const LineTotals& totals() const { return totals_; }
  const Line& line() const { return line_; }
  /// Waves that share the line, this one included.
  std::size_t waves() const { return waves_; }
  /// With nothing happening: the line as designed, aged.
  const Performance& design() const { return design_; }
  /// How far the mode would work, as aged: in spans like the line's first, or over plain fibre of its type. Kilometres.
  double reach_km() const;
  const TransponderMode& mode() const { return mode_; }

  /// Intervals, ascending and apart, in which the receiver has no signal: no light, no tracking, or every codeword
  /// lost. In send time; an interval that is still open ends at max().
  const std::vector<LightInterval>& failures() const { return failures_; }

 private:
  struct Fade {
    LightInterval rising, holding, falling;  // one behind the other
    std::vector<double> penalty_db;          // margin lost over loss, steps of 0.25 dB
    double decibels = 0;
  };

  void add_cut(const LightEvent& event);
  void add_fade(const LightEvent& event, const Spec& spec);
  void add_storm(const LightEvent& event, const Spec& spec);
  double fade_db(const Fade& fade, Femtoseconds sent) const;
  double margin(Femtoseconds sent) const;
  void find_failures();
  Femtoseconds crossing(const Fade& fade, LightInterval part, double limit_db) const;

  TransponderMode mode_;
  LineTotals totals_;
  Performance design_;
  LossCurve curve_;
  Line line_;
  std::size_t waves_ = 1;
  double spacing_hz_ = 0;
  double launch_dbm_ = 0;
  double ageing_db_ = 0;
  double base_margin_db_ = 0;
  std::vector<LightInterval> dark_;
  std::vector<LightInterval> untracked_;
  std::vector<Fade> fades_;
  std::vector<LightInterval> failures_;
};

/// Margin of a mode on a line: by GSNR (coherent) or by loss and dispersion (direct).
Performance performance_on(const TransponderMode& mode, const Line& line, const std::vector<Wave>& waves,
                           const std::vector<double>& extra_loss_db);

}  // namespace fs
