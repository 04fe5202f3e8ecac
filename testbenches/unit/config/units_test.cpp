// SPDX-License-Identifier: Apache-2.0
// Quantities: exact, with their own unit, and printed so that they read back.
#include "config/units.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <stdexcept>

namespace fs {
namespace {

std::string complaint(const std::function<void()>& parse) {
  try {
    parse();
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "nothing wrong";
}

TEST(Units, TimesAreExactFemtoseconds) {
  EXPECT_EQ(parse_time("0.32ns").value(), 320'000);
  EXPECT_EQ(parse_time("320ps").value(), 320'000);
  EXPECT_EQ(parse_time("1.5ns").value(), 1'500'000);
  EXPECT_EQ(parse_time("10us").value(), 10'000'000'000);
  EXPECT_EQ(parse_time("2 ms").value(), 2'000'000'000'000);
  EXPECT_EQ(parse_time("1s").value(), 1'000'000'000'000'000);
  EXPECT_EQ(parse_time("2.5h").value(), 9'000'000'000'000'000'000);
  EXPECT_EQ(parse_time("1e-3ns").value(), 1'000);
  EXPECT_EQ(parse_time("0.000000000000001s").value(), 1);
  EXPECT_EQ(parse_time("-3ps").value(), -3'000);
  EXPECT_EQ(parse_time("0.1ns").value() * 3, parse_time("0.3ns").value());
  EXPECT_EQ(parse_time("1.000000000000000000000000ns").value(), 1'000'000);
}

TEST(Units, AClockIsAFrequencyRoundedToAWholeFemtosecondOrItsPeriod) {
  EXPECT_EQ(parse_clock("1.33GHz").period().value(), 751'880);
  EXPECT_EQ(parse_clock("1GHz").period().value(), 1'000'000);
  EXPECT_EQ(parse_clock("751.88ps").period().value(), 751'880);
  EXPECT_EQ(parse_clock("500MHz").period().value(), 2'000'000);
}

TEST(Units, SizesKnowThousandsFromPowersOfTwo) {
  EXPECT_EQ(parse_bytes("64B").value(), 64);
  EXPECT_EQ(parse_bytes("4KiB").value(), 4096);
  EXPECT_EQ(parse_bytes("4KB").value(), 4000);
  EXPECT_EQ(parse_bytes("80GB").value(), 80'000'000'000);
  EXPECT_EQ(parse_bytes("1.5KiB").value(), 1536);
}

TEST(Units, RatesOfBytesAndOfBitsMeet) {
  EXPECT_EQ(parse_rate("50GB/s").value(), 400'000'000'000);
  EXPECT_EQ(parse_rate("400Gbps").value(), 400'000'000'000);
  EXPECT_EQ(parse_rate("212.5Gbps").value(), 212'500'000'000);
  EXPECT_EQ(parse_rate("212.5Gb/s").value(), 212'500'000'000);
}

TEST(Units, LengthsAreExactMicrometres) {
  EXPECT_EQ(parse_length("3m").value(), 3'000'000);
  EXPECT_EQ(parse_length("80km").value(), 80'000'000'000);
  EXPECT_EQ(parse_length("50cm").value(), 500'000);
}

TEST(Units, CountsNameWhatTheyCount) {
  EXPECT_EQ(parse_count("64flits", "flits"), 64);
  EXPECT_EQ(parse_count("1cycle", "cycles"), 1);
  EXPECT_EQ(complaint([] { parse_count("64", "flits"); }),
            "\"64\" has no unit: give a whole number of flits such as 16flits");
  EXPECT_EQ(complaint([] { parse_count("64cycles", "flits"); }),
            "\"64cycles\" is not a number of flits: give a whole number of flits such as 16flits");
  EXPECT_EQ(complaint([] { parse_count("1.5flits", "flits"); }), "\"1.5flits\" is not a whole number of flits");
}

TEST(Units, WholeNumbersMayHaveAnExponent) {
  EXPECT_EQ(parse_integer("1e6"), 1'000'000);
  EXPECT_EQ(parse_integer("9223372036854775807"), 9'223'372'036'854'775'807);
  EXPECT_EQ(complaint([] { parse_integer("1.5"); }), "\"1.5\" is not a whole number");
  EXPECT_EQ(complaint([] { parse_integer("9223372036854775808"); }), "\"9223372036854775808\" is too large");
  EXPECT_EQ(complaint([] { parse_integer("4KiB"); }), "\"4KiB\" is not a number: give a whole number without a unit");
  EXPECT_EQ(complaint([] { parse_integer("0x10"); }), "\"0x10\" is not a number: give a whole number without a unit");
}

TEST(Units, ComplaintsSayWhatIsAllowed) {
  const std::string times = "a time such as 320ps, 1.5ns, 10us or 2ms (fs, ps, ns, us, ms, s, min, h)";
  EXPECT_EQ(complaint([] { parse_time("10"); }), "\"10\" has no unit: give " + times);
  EXPECT_EQ(complaint([] { parse_time("10GHz"); }), "\"10GHz\" is not a time: give " + times);
  EXPECT_EQ(complaint([] { parse_time("soon"); }), "\"soon\" is not a time: give " + times);
  EXPECT_EQ(complaint([] { parse_time("0.1fs"); }), "\"0.1fs\" is not a whole number of femtoseconds");
  EXPECT_EQ(complaint([] { parse_time("3h"); }), "\"3h\" is too large");
  EXPECT_EQ(complaint([] { parse_time("1e9999999999s"); }), "\"1e9999999999s\" is out of every range");
  EXPECT_EQ(complaint([] { parse_time("1e300s"); }), "\"1e300s\" is too large");
  EXPECT_EQ(complaint([] { parse_clock("0Hz"); }), "\"0Hz\" is out of range: a clock is between 1kHz and 1THz");
  EXPECT_EQ(complaint([] { parse_number("nan"); }), "\"nan\" is not a finite number");
  EXPECT_EQ(complaint([] { parse_number("1e999"); }), "\"1e999\" is out of the range of a number");
  EXPECT_EQ(complaint([] { parse_number("5%"); }),
            "\"5%\" is not a number: give a decimal such as 0.25 or 1e-6, without a unit");
  EXPECT_EQ(complaint([] { parse_boolean("maybe"); }), "\"maybe\" is neither true nor false");
}

TEST(Units, FormattingPicksTheShortestExactForm) {
  EXPECT_EQ(format(Femtoseconds(751'880)), "751.88ps");
  EXPECT_EQ(format(Femtoseconds(1'500'000)), "1.5ns");
  EXPECT_EQ(format(Femtoseconds(0)), "0s");
  EXPECT_EQ(format(Clock(Femtoseconds(751'880))), "1.33GHz");
  EXPECT_EQ(format(Bytes(2048)), "2KiB");
  EXPECT_EQ(format(Bytes(80'000'000'000)), "80GB");
  EXPECT_EQ(format(BitsPerSecond(400'000'000'000)), "50GB/s");
  EXPECT_EQ(format(BitsPerSecond(212'500'000'000)), "212.5Gbps");
  EXPECT_EQ(format(Micrometres(500'000)), "50cm");
  EXPECT_EQ(format(0.1), "0.1");
}

TEST(Units, FormattedValuesReadBackTheSame) {
  for (const std::int64_t v :
       {0L, 1L, 7L, 1023L, 999'999'999L, 123'456'789'012'345'678L, 9'223'372'036'854'775'807L, -42L}) {
    EXPECT_EQ(parse_time(format(Femtoseconds(v))).value(), v);
    EXPECT_EQ(parse_bytes(format(Bytes(v))).value(), v);
    EXPECT_EQ(parse_rate(format(BitsPerSecond(v))).value(), v);
    EXPECT_EQ(parse_length(format(Micrometres(v))).value(), v);
  }
  for (const std::int64_t period : {1'000L, 1'003L, 751'880L, 333'333L, 123'456'789L, 1'000'000'000'000L}) {
    EXPECT_EQ(parse_clock(format(Clock(Femtoseconds(period)))).period().value(), period) << period;
  }
  for (const double v : {0.1, 1.0 / 3, 1e-300, 6.02e23}) EXPECT_EQ(parse_number(format(v)), v);
}

TEST(ParseMeasure, ReadsADecimalOfItsUnitAndNothingElse) {
  EXPECT_EQ(parse_measure("0.2dB/km", "dB/km"), 0.2);
  EXPECT_EQ(parse_measure("-17 dBm", "dBm"), -17.0);
  EXPECT_EQ(parse_measure("1.22e-2%", "%"), 0.0122);
  EXPECT_THROW(parse_measure("0.2", "dB/km"), std::invalid_argument);
  EXPECT_THROW(parse_measure("0.2dB", "dB/km"), std::invalid_argument);
  EXPECT_THROW(parse_measure("dB", "dB"), std::invalid_argument);
}

}  // namespace
}  // namespace fs
