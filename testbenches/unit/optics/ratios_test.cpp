// SPDX-License-Identifier: Apache-2.0
// From OSNR to bit errors to lost frames, against the reference tables.
#include <gtest/gtest.h>

#include "common/portable_math.hpp"
#include "support/shipped_optics.hpp"

using namespace fs;
using fs::testing::half_unit;
using fs::testing::reference;
using fs::testing::shipped;

namespace {

void expect_two_digits(double value, double expected, const std::string& where) {
  EXPECT_NEAR(value, expected, half_unit(expected, 2) * 1.02) << where;
}

}  // namespace

TEST(BitErrorRatio, ReproducesTheTableOverOsnr) {
  for (const auto& row : reference("osnr_ber.csv")) {
    const double osnr = row.number("osnr_db");
    const auto check = [&](const char* column, Modulation modulation, double gbaud) {
      if (!row.has(column)) return;
      expect_two_digits(bit_error_ratio(modulation, symbol_snr(osnr, gbaud * 1e9)), row.number(column),
                        std::string(column) + " at " + row.text("osnr_db"));
    };
    check("qpsk_31.57", Modulation::qpsk, 31.57);
    check("qam16_60.14", Modulation::qam16, 60.14);
    check("qam16_118.2", Modulation::qam16, 118.2);
  }
}

TEST(BitErrorRatio, IsInvertedBySnr) {
  for (const auto modulation : {Modulation::nrz, Modulation::pam4, Modulation::qpsk, Modulation::qam16}) {
    for (double ratio = 0.1; ratio > 1e-30; ratio *= 0.03) {
      EXPECT_NEAR(bit_error_ratio(modulation, snr_for(modulation, ratio)) / ratio, 1.0, 1e-9);
    }
  }
}

TEST(ReedSolomon, ReproducesCodewordAndFrameLoss) {
  OpticalCode kp4 = shipped().code("kp4");
  const auto m = Modulation::pam4;
  for (const auto& row : reference("reed_solomon.csv")) {
    const double before = row.number("before");
    expect_two_digits(codeword_failure(kp4, m, before), row.number("cer_kp4"), "kp4 " + row.text("before"));
    expect_two_digits(codeword_failure(shipped().code("kr4"), m, before), row.number("cer_kr4"), "kr4");
    expect_two_digits(codeword_failure(shipped().code("rs272"), m, before), row.number("cer_rs272"), "rs272");
    EXPECT_NEAR(residual_bit_errors(kp4, m, before) / row.number("post_kp4"), 1.0, 0.08) << row.text("before");
    for (const int x : {1, 2, 4}) {
      kp4.interleave = x;
      // The table rounds X = 2 up: a whole unit of its second digit.
      const double expected = row.number("flr_" + std::to_string(x));
      EXPECT_NEAR(frame_loss(kp4, m, before), expected, 2 * half_unit(expected, 2)) << "X " << x;
    }
  }
}

TEST(ReedSolomon, FailsAlwaysInTheEndAndNeverWithoutErrors) {
  const OpticalCode& kp4 = shipped().code("kp4");
  EXPECT_EQ(codeword_failure(kp4, Modulation::pam4, 0), 0.0);
  EXPECT_NEAR(codeword_failure(kp4, Modulation::pam4, 0.05), 1.0, 1e-9);
  EXPECT_EQ(frame_loss(kp4, Modulation::pam4, 0.05), 1.0);
}

TEST(CodingGain, ReproducesThePublishedOnes) {
  for (const auto& row : reference("coding_gain.csv")) {
    OpticalCode code = shipped().code(row.text("code"));
    code.rate = row.number("rate");
    const auto modulation = row.text("modulation") == "qpsk" ? Modulation::qpsk : Modulation::qam16;
    EXPECT_NEAR(net_coding_gain_db(code, modulation, row.number("threshold"), 1e-15), row.number("gain_db"), 0.015)
        << row.text("code");
  }
}

TEST(ThresholdCode, LeavesItsTargetAtTheThresholdAndNothingBeyondTheCliff) {
  const OpticalCode& cfec = shipped().code("cfec");
  const auto m = Modulation::qam16;
  EXPECT_NEAR(residual_bit_errors(cfec, m, cfec.threshold) / 1e-15, 1.0, 1e-9);
  const double cliff = bit_error_ratio(m, snr_for(m, cfec.threshold) * from_db(-cfec.cliff_db));
  EXPECT_NEAR(codeword_failure(cfec, m, cliff), 1.0, 1e-9);
  EXPECT_LT(cliff, 0.02);  // all within half a decibel
}
