// SPDX-License-Identifier: Apache-2.0
// An amplified line: fibre, amplifiers and add/drop nodes from one transponder to another.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "common/quantity.hpp"
#include "config/units.hpp"
#include "optics/line/fibre.hpp"

namespace fs {

struct FibreSpan {
  FibreType fibre;
  Micrometres length{80'000'000'000};
  double connector_in_db = 0;   ///< loss before the fibre: it lowers the power that is nonlinear
  double connector_out_db = 0;  ///< loss behind it
};

/// An erbium-doped amplifier by its noise figure over gain.
struct AmplifierType {
  struct Point {
    double gain_db = 20;
    double noise_figure_db = 5;
  };
  std::string name;
  std::vector<Point> noise{{20, 5}};  ///< ascending in gain; linear between, constant beyond. At least one point
  double max_output_dbm = 21;         ///< all waves together; gain falls to keep to it (21 to 23 are common)
};

/// By linear interpolation in AmplifierType::noise.
double noise_figure(const AmplifierType& type, double gain_db);

struct Amplifier {
  AmplifierType type;
  std::optional<double> gain_db;  ///< none: what brings the reference wave back to its power at the line's start
};

/// A reconfigurable add/drop node: every wave leaves it with the same power, its noise included, and with a little more
/// noise.
struct AddDrop {
  double output_dbm = -20;        ///< of each wave
  std::optional<double> osnr_db;  ///< noise of adding or dropping, in 0.1 nm; none where waves only pass
};

using LineElement = std::variant<FibreSpan, Amplifier, AddDrop>;

struct Line {
  std::string name;
  std::vector<LineElement> elements;
};

/// One wave as it enters the line.
struct Wave {
  double frequency_hz = 193.4e12;
  double baud_hz = 60.14e9;
  double launch_dbm = 0;              ///< into the first element
  double transmitter_osnr_db = 1000;  ///< in 0.1 nm; 1000: a transmitter without noise
};

/// `count` equal waves, `spacing_hz` apart, around the middle of the C band.
std::vector<Wave> comb(int count, double spacing_hz, const Wave& wave);

/// `kilometres` in equal spans no longer than `span_limit`, an amplifier behind each. Throws std::invalid_argument
/// for lengths of zero or less.
Line equal_spans(const FibreType& fibre, Micrometres length, Micrometres span_limit, const AmplifierType& amplifier);

struct LineTotals {
  Femtoseconds delay{0};
  Micrometres length{0};
  double fibre_loss_db = 0;  ///< connectors included, amplifiers not
  double dispersion_ps_nm = 0;
  double pmd_ps = 0;  ///< root of the sum of squares
};
LineTotals line_totals(const Line& line);
/// Delay from the start of the line to a place on it (0 .. its length).
Femtoseconds delay_to(const Line& line, Micrometres place);

}  // namespace fs
