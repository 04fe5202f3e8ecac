// SPDX-License-Identifier: Apache-2.0
#include "optics/line/budget.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "common/portable_math.hpp"
#include "support/shipped_optics.hpp"

using namespace fs;
using fs::testing::reference;
using fs::testing::shipped;

namespace {

Line plain_line(int spans, double span_km, double attenuation, double noise_figure) {
  FibreType fibre = shipped().fibre("smf");
  fibre.c_band.attenuation_db_km = attenuation;
  AmplifierType amplifier;
  amplifier.noise = {{20, noise_figure}};
  amplifier.max_output_dbm = 100;
  const auto length = Micrometres(static_cast<std::int64_t>(span_km * 1e9));
  return equal_spans(fibre, length * spans, length, amplifier);
}

}  // namespace

TEST(Osnr, OfEqualSpansIsThatOfTheFormula) {
  for (const auto& row : reference("osnr_line.csv")) {
    const auto line = plain_line(static_cast<int>(row.number("spans")), row.number("span_km"),
                                 row.number("attenuation_db_km"), row.number("noise_figure_db"));
    Wave wave;
    wave.launch_dbm = row.number("power_dbm");
    EXPECT_NEAR(line_budget(line, {wave})[0].osnr_db, row.number("osnr_db"), 0.05 + 0.046)  // table rounds 57.954 to 58
        << row.text("spans");
    const double exact = 57.954 + row.number("power_dbm") - row.number("span_km") * row.number("attenuation_db_km") -
                         row.number("noise_figure_db") - 10 * std::log10(row.number("spans"));
    EXPECT_NEAR(line_budget(line, {wave})[0].osnr_db, exact, 0.002);
  }
}

TEST(Osnr, AddsInverses) {
  Line line = plain_line(1, 80, 0.2, 6);
  line.elements.emplace_back(AddDrop{-20, 38.0});
  Wave wave;
  wave.transmitter_osnr_db = 40;
  const double amplifier = 57.954 - 16 - 6;
  const double expected = -to_db(from_db(-40) + from_db(-38) + from_db(-amplifier));
  EXPECT_NEAR(line_budget(line, {wave})[0].osnr_db, expected, 0.002);
  EXPECT_NEAR(line_budget(line, {wave})[0].power_dbm, -20, 0.02);  // the wave and its noise together
}

TEST(Amplifier, InterpolatesItsNoiseFigure) {
  const auto& type = shipped().amplifier("medium_gain");
  EXPECT_EQ(noise_figure(type, 10), 10);
  EXPECT_EQ(noise_figure(type, 30), 6);
  EXPECT_NEAR(noise_figure(type, 20.5), 8, 1e-12);
}

TEST(Amplifier, KeepsToItsOutputPower) {
  Line line = plain_line(1, 80, 0.2, 6);
  std::get<Amplifier>(line.elements[1]).type.max_output_dbm = 10;
  const auto budgets = line_budget(line, comb(40, 75e9, Wave{}));
  EXPECT_NEAR(budgets[0].power_dbm, 10 - 10 * std::log10(40), 0.01);
}

TEST(Budget, MakesUpForExtraLossUnlessGainIsFrozen) {
  const Line line = plain_line(2, 80, 0.2, 5);
  BudgetOptions options;
  options.extra_loss_db = {3, 0, 0, 0};
  const auto settled = line_budget(line, {Wave{}}, options);
  EXPECT_NEAR(settled[0].power_dbm, 0, 1e-9);
  options.frozen_gain = true;
  const auto frozen = line_budget(line, {Wave{}}, options);
  EXPECT_NEAR(frozen[0].power_dbm, -3, 1e-9);
  EXPECT_LT(frozen[0].osnr_db, settled[0].osnr_db);
  EXPECT_LT(settled[0].osnr_db, line_budget(line, {Wave{}})[0].osnr_db);
}

TEST(Nonlinear, GrowsWithTheCubeOfPowerAndTheLineOfSpans) {
  const auto nli = [](int spans, double dbm) {
    Wave wave;
    wave.launch_dbm = dbm;
    return line_budget(plain_line(spans, 80, 0.2, 5), comb(9, 75e9, wave))[4].nonlinear_db;
  };
  EXPECT_NEAR(nli(1, 0) - nli(1, 3), 6, 1e-6);  // the ratio falls by twice the decibels
  EXPECT_NEAR(nli(1, 0) - nli(10, 0), 10, 1e-6);
}

TEST(Nonlinear, HasAnOptimumTwoToOne) {
  // Where GSNR is best, the amplifiers make twice the noise that the fibre makes.
  double best = -1e9;
  WaveBudget at;
  for (double dbm = -4; dbm < 6; dbm += 0.01) {
    Wave wave;
    wave.launch_dbm = dbm;
    const auto budget = line_budget(plain_line(5, 80, 0.2, 5), comb(9, 75e9, wave))[4];
    if (budget.gsnr_db > best) {
      best = budget.gsnr_db;
      at = budget;
    }
  }
  EXPECT_NEAR(at.nonlinear_db - at.osnr_db, 10 * std::log10(2.0), 0.05);
}

TEST(Nonlinear, IsNotInHollowCores) {
  const auto line = equal_spans(shipped().fibre("hollow_core"), Micrometres(100'000'000'000),
                                Micrometres(100'000'000'000), shipped().amplifier("textbook"));
  EXPECT_TRUE(std::isinf(line_budget(line, {Wave{}})[0].nonlinear_db));
}

TEST(Line, DividesItsLengthExactly) {
  const auto line = equal_spans(shipped().fibre("smf"), Micrometres(1'000'000'000'001), Micrometres(80'000'000'000),
                                shipped().amplifier("textbook"));
  EXPECT_EQ(line.elements.size(), 2U * 13U);
  EXPECT_EQ(line_totals(line).length, Micrometres(1'000'000'000'001));
  EXPECT_EQ(delay_to(line, Micrometres(1'000'000'000'001)), line_totals(line).delay);
  EXPECT_NEAR(to_nanoseconds(delay_to(line, Micrometres(100'000'000'000))), 489'739, 10);
}
