// SPDX-License-Identifier: Apache-2.0
// Lines that a planning tool has computed: GNPy's own expected outputs.
#include <gtest/gtest.h>

#include "common/portable_math.hpp"
#include "optics/line/budget.hpp"
#include "optics/line/constants.hpp"
#include "support/shipped_optics.hpp"

using namespace fs;
using fs::testing::reference;
using fs::testing::shipped;

namespace {

Amplifier edfa(double gain_db, double noise_figure_db) {
  AmplifierType type;
  type.noise = {{gain_db, noise_figure_db}};
  type.max_output_dbm = 30;
  return {type, gain_db};
}

FibreSpan span(double kilometres, double connector_db) {
  FibreSpan result;
  result.fibre = shipped().fibre("smf");
  result.length = Micrometres(static_cast<std::int64_t>(kilometres * 1e9));
  result.connector_in_db = connector_db;
  result.connector_out_db = connector_db;
  return result;
}

Wave wave_of(double gbaud, double frequency_thz) {
  Wave wave;
  wave.baud_hz = gbaud * 1e9;
  wave.frequency_hz = frequency_thz * 1e12;
  wave.transmitter_osnr_db = 40;
  return wave;
}

/// 35 waves of 32 GBd at 50 GHz, 25 of 64 GBd at 75 GHz behind them.
std::vector<Wave> mixed_spectrum() {
  std::vector<Wave> waves;
  for (int i = 0; i < 35; ++i) waves.push_back(wave_of(32, 191.4 + 0.05 * i));
  for (int i = 0; i < 25; ++i) waves.push_back(wave_of(64, 193.1625 + 0.075 * i));
  return waves;
}

Line spectrum2_line() {
  Line line;
  line.elements = {AddDrop{-20, {}}, edfa(21, 6.36), span(20, 0),       span(50, 0),
                   span(60, 0),      edfa(28, 5.92), AddDrop{-20, 38.0}};
  // Splices of 1 dB between the spans.
  std::get<FibreSpan>(line.elements[2]).connector_out_db = 1;
  std::get<FibreSpan>(line.elements[3]).connector_out_db = 1;
  return line;
}

Line long_line() {
  Line line;
  line.elements.emplace_back(AddDrop{-20, {}});
  int number = 0;
  for (const int spans : {5, 5, 2, 3}) {  // between add/drop nodes
    line.elements.emplace_back(edfa(20, 6.58));
    for (int i = 0; i < spans; ++i) {
      line.elements.emplace_back(span(80, 0));
      line.elements.emplace_back(edfa(16, number++ % 2 == 0 ? 8.86 : 9.0));
    }
    line.elements.emplace_back(AddDrop{-20, {}});
  }
  std::get<AddDrop>(line.elements.back()).osnr_db = 38.0;
  return line;
}

struct Means {
  double osnr_db = 0;
  double gsnr_db = 0;
};
Means means_of(const std::vector<WaveBudget>& budgets, std::size_t begin, std::size_t end) {
  Means means;
  for (std::size_t i = begin; i < end; ++i) {
    means.osnr_db += budgets[i].osnr_db / static_cast<double>(end - begin);
    means.gsnr_db += budgets[i].gsnr_db / static_cast<double>(end - begin);
  }
  return means;
}

void expect_row(const std::string& name, const Line& line, const std::vector<Wave>& waves, double osnr_tolerance) {
  const auto budgets = line_budget(line, waves);
  for (const auto& row : reference("gnpy.csv")) {
    if (row.text("case") != name) continue;
    const bool second = row.text("mode") == "2";
    const auto means = means_of(budgets, second ? 35 : 0, second || waves.size() != 60 ? waves.size() : 35);
    EXPECT_NEAR(means.osnr_db, row.number("osnr_db"), osnr_tolerance) << name << row.text("mode");
    EXPECT_NEAR(means.gsnr_db, row.number("gsnr_db"), 0.3) << name << row.text("mode");
    EXPECT_NEAR(line_totals(line).dispersion_ps_nm, row.number("dispersion_ps_nm"), 1);
    if (row.has("latency_ms")) {
      EXPECT_NEAR(to_nanoseconds(line_totals(line).delay) * 1e-6, row.number("latency_ms"), 0.0051);
    }
  }
}

}  // namespace

TEST(Gnpy, OneSpanOf80Kilometres) {
  Line line;
  line.elements = {span(80, 0.5), edfa(15, 6.62)};
  auto wave = wave_of(32, 193.4);
  expect_row("main", line, comb(76, 50e9, wave), 0.05);
}

TEST(Gnpy, MixedSpectrumOver130Kilometres) { expect_row("spectrum2", spectrum2_line(), mixed_spectrum(), 0.05); }

TEST(Gnpy, FifteenSpansWithAddDropNodes) { expect_row("long_pow", long_line(), mixed_spectrum(), 0.05); }

TEST(Gnpy, NonlinearNoiseWaveByWave) {
  const auto waves = mixed_spectrum();
  const auto budgets = line_budget(spectrum2_line(), waves);
  for (const auto& row : reference("gnpy_nonlinear.csv")) {
    const auto i = static_cast<std::size_t>(row.number("wave")) - 1;
    const double own_band = budgets[i].nonlinear_db - to_db(waves[i].baud_hz / osnr_bandwidth);
    EXPECT_NEAR(own_band, row.number("snr_nli_db"), 0.6) << row.text("wave");
  }
}
