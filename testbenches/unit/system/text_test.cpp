// SPDX-License-Identifier: Apache-2.0
// Bars, tables, numbers and plots.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cmath>
#include <cstdlib>
#include <limits>

#include "system/report/text/plot.hpp"
#include "system/report/text/style.hpp"
#include "system/report/text/table.hpp"

using testing::HasSubstr;

namespace {

const fs::TextStyle plain_ascii{80, false, false};
const fs::TextStyle with_unicode{80, true, false};

}  // namespace

TEST(Bar, FillsItsShareToAnEighth) {
  EXPECT_EQ(fs::bar(with_unicode, 0.5, 4), "██  ");
  EXPECT_EQ(fs::bar(with_unicode, 0.28125, 4), "█▏  ");
  EXPECT_EQ(fs::bar(plain_ascii, 0.5, 4), "##  ");
}

TEST(Bar, IsAlwaysAsWideAsAsked) {
  for (const double share : {-1.0, 0.0, 0.001, 0.999, 1.0, 7.0, std::nan("")}) {
    EXPECT_EQ(fs::display_width(fs::bar(with_unicode, share, 9)), 9) << share;
    EXPECT_EQ(fs::display_width(fs::bar(plain_ascii, share, 9)), 9) << share;
  }
}

TEST(Table, AlignsColumnsByWhatIsSeen) {
  fs::Table table;
  table.add({"", "mean"});
  table.add({"µs", "1"});
  table.add({"longer", "1234567"});
  EXPECT_EQ(table.render(plain_ascii), "             mean\n  µs            1\n  longer  1234567\n");
}

TEST(Table, DropsLastColumnsThatDoNotFit) {
  fs::Table table;
  table.add({"a", std::string(60, 'x'), std::string(60, 'y')});
  EXPECT_EQ(table.render(plain_ascii), "  a  " + std::string(60, 'x') + "\n");
}

TEST(Numbers, AreShort) {
  EXPECT_EQ(fs::short_number(0), "0");
  EXPECT_EQ(fs::short_number(0.12345), "0.123");
  EXPECT_EQ(fs::short_number(5e-5), "<0.001");
  EXPECT_EQ(fs::short_number(640.46), "640.5");
  EXPECT_EQ(fs::short_number(12345.6), "12346");
  EXPECT_EQ(fs::short_number(1.5e9), "1.5e+09");
  EXPECT_EQ(fs::short_number(std::numeric_limits<double>::quiet_NaN()), "-");
  EXPECT_EQ(fs::si_number(13.2e6), "13.2 M");
  EXPECT_EQ(fs::si_number(999.96), "1.00 k");
  EXPECT_EQ(fs::si_number(0), "0.00");
  EXPECT_EQ(fs::time_text(0.5), "500 ps");
  EXPECT_EQ(fs::time_text(1'210), "1.21 us");
  EXPECT_EQ(fs::time_text(2.5e9), "2.5 s");
}

TEST(Plot, ShowsEveryPointAndTheExtremes) {
  const auto text = fs::plot(plain_ascii, {{0, 1}, {1, 2}, {2, 3}}, "load", "ns", 4);
  EXPECT_EQ(std::count(text.begin(), text.end(), '*'), 3);
  EXPECT_THAT(text, HasSubstr("     3.0 |"));
  EXPECT_THAT(text, HasSubstr("load"));
}

TEST(Plot, OneSaturatedPointDoesNotFlattenTheRest) {
  const auto text = fs::plot(plain_ascii, {{0, 1}, {1, 2}, {2, 3}, {3, 1000}}, "load", "ns", 4);
  EXPECT_EQ(std::count(text.begin(), text.end(), '^'), 1);
  EXPECT_EQ(std::count(text.begin(), text.end(), '*'), 3);
}

TEST(Plot, BrailleIsUtf8OfTheBraillePlane) {
  EXPECT_THAT(fs::plot(with_unicode, {{0, 1}, {1, 2}}, "x", "y", 2), HasSubstr("\xe2\xa0\x88")) << "dot 4: top right";
}

TEST(Plot, NothingToPlotIsNothing) {
  EXPECT_EQ(fs::plot(plain_ascii, {}, "x", "y"), "");
  EXPECT_EQ(fs::plot(plain_ascii, {{1, 1}, {1, 2}}, "x", "y"), "");
  EXPECT_EQ(fs::plot(plain_ascii, {{std::nan(""), 1}, {1, std::nan("")}}, "x", "y"), "");
}

TEST(Style, PlainIsPlainAndLocaleDecidesOnUnicode) {
  ::setenv("LC_ALL", "C.UTF-8", 1);
  EXPECT_TRUE(fs::detect_style(-1, false).unicode);
  EXPECT_FALSE(fs::detect_style(-1, true).unicode);
  ::setenv("LC_ALL", "C", 1);
  EXPECT_FALSE(fs::detect_style(-1, false).unicode);
  EXPECT_FALSE(fs::detect_style(-1, false).colour) << "not a terminal";
  ::setenv("COLUMNS", "72", 1);
  EXPECT_EQ(fs::detect_style(-1, false).width, 72);
}
