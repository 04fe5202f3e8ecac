// SPDX-License-Identifier: Apache-2.0
#include "optics/transponder/mode.hpp"

#include <gtest/gtest.h>

#include "support/shipped_optics.hpp"

using namespace fs;
using fs::testing::km;
using fs::testing::reference;
using fs::testing::shipped;

namespace {

FibreSpan span_of(double kilometres) {
  FibreSpan span;
  span.fibre = shipped().fibre("smf");
  span.length = km(kilometres);
  return span;
}

}  // namespace

TEST(Mode, NeedsWhatTheReferenceSays) {
  for (const auto& row : reference("mode_osnr.csv")) {
    const auto& mode = shipped().mode(row.text("mode"));
    EXPECT_NEAR(ideal_osnr_db(mode.modulation, mode.baud_hz, mode.threshold()), row.number("ideal_db"), 0.06)
        << mode.name;
    EXPECT_NEAR(mode.penalty_db(), row.number("penalty_db"), 0.11) << mode.name;
  }
}

TEST(Mode, Kp4ThresholdIsThatOfTheCode) {
  EXPECT_NEAR(shipped().mode("400g_fr4").threshold(), 2.3e-4, 0.15e-4);  // the standard says 2.4e-4
}

TEST(Mode, FallsOffItsCliffWithinHalfADecibel) {
  const auto& zr = shipped().mode("400zr");
  EXPECT_LT(performance_at_margin(zr, 0).frame_loss, 1e-12);
  EXPECT_GT(performance_at_margin(zr, -0.5).frame_loss, 0.99);
  EXPECT_LT(performance_at_margin(zr, 2).bit_error_ratio, zr.threshold());
}

TEST(Mode, DirectDetectionReachesWhatItsNameSays) {
  const auto& smf = shipped().fibre("smf");
  EXPECT_GE(direct_reach_km(shipped().mode("800g_dr8"), smf, 1.0), 0.5);
  EXPECT_GE(direct_reach_km(shipped().mode("400g_fr4"), smf, 1.0), 2.0);
  EXPECT_GE(direct_reach_km(shipped().mode("400g_lr4"), smf, 1.0), 10.0);
  // 106 GBd at the O band's edge ends before 10 km, whatever the light: beyond it, coherent.
  EXPECT_NEAR(direct_reach_km(shipped().mode("800g_lr4"), smf, 1.0), 8.9, 0.1);
  const auto beyond = direct_performance(shipped().mode("800g_lr4"), smf, km(10), 0);
  EXPECT_EQ(beyond.obstacle, Obstacle::dispersion);
  EXPECT_FALSE(beyond.works());
  EXPECT_TRUE(direct_performance(shipped().mode("400g_lr4"), smf, km(10), 0).works());
}

TEST(Mode, CoherentReachIsLimitedByNoiseOrByDispersion) {
  const auto& amplifier = shipped().amplifier("textbook");
  // 400ZR takes 2400 ps/nm: one span of 80 to 120 km, whatever its noise.
  EXPECT_NEAR(coherent_reach_km(shipped().mode("400zr"), span_of(80), amplifier, 40, 100e9, 0), 80, 1e-9);
  EXPECT_NEAR(coherent_reach_km(shipped().mode("400zr"), span_of(120), amplifier, 40, 100e9, 0), 120, 1e-9);
  const double plus = coherent_reach_km(shipped().mode("400zr_plus"), span_of(80), amplifier, 40, 100e9, 2);
  EXPECT_GT(plus, 300);
  EXPECT_LT(plus, 1200);
  EXPECT_GT(coherent_reach_km(shipped().mode("200g_qpsk"), span_of(80), amplifier, 40, 100e9, 2), plus * 2);
}

TEST(Mode, MarginIsGsnrLessWhatIsRequired) {
  const auto& mode = shipped().mode("800zr");
  LineTotals totals;
  totals.dispersion_ps_nm = 1336;
  EXPECT_NEAR(coherent_performance(mode, 28.5, totals).margin_db, 1.5, 1e-12);
  totals.dispersion_ps_nm = 2500;
  EXPECT_EQ(coherent_performance(mode, 40, totals).obstacle, Obstacle::dispersion);
}
