// SPDX-License-Identifier: Apache-2.0
#include "optics/line/fibre.hpp"

#include <gtest/gtest.h>

#include "support/shipped_optics.hpp"

using namespace fs;
using fs::testing::km;
using fs::testing::shipped;

namespace {

double us(Femtoseconds time) { return to_nanoseconds(time) * 1e-3; }

}  // namespace

TEST(Fibre, DelaysByItsGroupIndex) {
  EXPECT_NEAR(us(fibre_delay(shipped().fibre("smf"), km(100))), 490, 490 * 0.001);
  EXPECT_NEAR(us(fibre_delay(shipped().fibre("hollow_core"), km(1000))), 3345.6, 3345.6 * 0.001);
  FibreType fibre;
  fibre.group_index = 1.467;  // G.652.D data sheets
  EXPECT_NEAR(us(fibre_delay(fibre, km(1000))), 4895, 4895 * 0.001);
}

TEST(Fibre, HollowCoreIsAThirdFaster) {
  const double glass = us(fibre_delay(shipped().fibre("smf"), km(80)));
  const double air = us(fibre_delay(shipped().fibre("hollow_core"), km(80)));
  EXPECT_NEAR(air / glass, 0.683, 0.003);
}

// The reference gives the limits to one digit: 53 GBd about 5 km at 17 ps/nm/km, 106 GBd 1.3 km; at the O band's edge 9
// km.
TEST(Fibre, LimitsDirectDetectionByItsFirstPowerNull) {
  const FibreBand c_band{0.2, 17, 1550};
  const FibreBand o_band{0.34, 3.5, 1310};
  EXPECT_GE(direct_detection_limit(c_band, km(5)), 53e9 * 0.98);
  EXPECT_LT(direct_detection_limit(c_band, km(5.5)), 53e9);
  EXPECT_NEAR(direct_detection_limit(c_band, km(1.3)) / 106e9, 1.0, 0.01);
  EXPECT_NEAR(direct_detection_limit(o_band, km(8.9)) / 106e9, 1.0, 0.01);
}
