// SPDX-License-Identifier: Apache-2.0
// A sweep becomes points.
#include "system/sweep/sweep.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using fs::Document;
using testing::HasSubstr;

namespace {

std::vector<fs::SweepPoint> points_of(const std::string& sweep) {
  auto document = Document::from_text("load: 1\nexpect: []\nmode: {kind: a}\nsweep: " + sweep + "\n", "s.yaml");
  auto points = fs::expand_sweep(document);
  EXPECT_TRUE(points);
  return std::move(*points);
}

std::string sweep_refusal(const std::string& sweep) {
  try {
    points_of(sweep);
  } catch (const fs::ConfigError& error) {
    return error.what();
  }
  return "accepted";
}

}  // namespace

TEST(Sweep, NothingToSweepIsNoPoints) {
  auto document = Document::from_text("load: 1\n", "s.yaml");
  EXPECT_FALSE(fs::expand_sweep(document));
}

TEST(Sweep, EachValueIsADocumentWithoutSweepAndExpectations) {
  auto points = points_of("{path: load, values: [2, 10%, 30ns]}");
  ASSERT_EQ(points.size(), 3U);
  EXPECT_EQ(points[1].document.root().text("load"), "10%");
  EXPECT_EQ(points[2].document.root().time("load"), fs::nanoseconds(30));
  EXPECT_FALSE(points[0].document.root().has("sweep"));
  EXPECT_FALSE(points[0].document.root().has("expect"));
  EXPECT_EQ(points[0].values.dump(), R"({"load":2.0})");
  EXPECT_EQ(points[1].label, "load = 10%");
}

TEST(Sweep, AxesMakeEveryCombinationLastFastest) {
  auto points = points_of("[{path: load, values: [1, 2]}, {path: mode.kind, values: [x, y, z]}]");
  ASSERT_EQ(points.size(), 6U);
  EXPECT_EQ(points[1].label, "load = 1, mode.kind = y");
  EXPECT_EQ(points[5].document.root().section("mode").text("kind"), "z");
}

TEST(Sweep, CasesSetSeveralKeysAtOnce) {
  auto points = points_of("{name: memory, cases: {near: {load: 3, mode.kind: n}, far: {mode: {kind: f, km: 8}}}}");
  ASSERT_EQ(points.size(), 2U);
  EXPECT_EQ(points[0].document.root().text("load"), "3");
  EXPECT_EQ(points[0].document.root().section("mode").text("kind"), "n");
  EXPECT_EQ(points[1].document.root().section("mode").text("km"), "8");
  EXPECT_EQ(points[1].values.dump(), R"({"memory":"far"})");
}

TEST(Sweep, ListsAndAwkwardTextsSurvive) {
  auto points = points_of("{path: load, values: [[1, [2, 'a: b']], 'it''s', '']}");
  const auto list = points[0].document.root().list("load");
  EXPECT_EQ(list.at(1).items().at(1).text(), "a: b");
  EXPECT_EQ(points[1].document.root().text("load"), "it's");
  EXPECT_EQ(points[2].document.root().text("load"), "");
}

TEST(Sweep, AWrongValueIsBlamedOnTheSweep) {
  auto points = points_of("{path: load, values: [2, oops]}");
  try {
    points[1].document.root().integer("load", 0, 9);
    FAIL();
  } catch (const fs::ConfigError& error) {
    EXPECT_THAT(error.what(), HasSubstr("s.yaml:4:33: load: "));
  }
}

TEST(Sweep, MistakesAreRefusedAtTheirPlace) {
  EXPECT_THAT(sweep_refusal("{path: load, values: []}"), HasSubstr("s.yaml:4:29"));
  EXPECT_THAT(sweep_refusal("{path: load, valeus: [1]}"), HasSubstr("s.yaml:4:"));
  EXPECT_THAT(sweep_refusal("[]"), HasSubstr("at least one axis"));
  EXPECT_THAT(sweep_refusal("[{path: load, values: [1]}, {path: load, values: [2]}]"), HasSubstr("swept twice"));
  EXPECT_THAT(sweep_refusal("3"), HasSubstr("s.yaml:4:8"));
  EXPECT_THAT(sweep_refusal("{path: load..x, values: [1]}"), HasSubstr("s.yaml:4:"));
  EXPECT_THAT(sweep_refusal("{path: 'other[3]', values: [1]}"), HasSubstr("s.yaml:4:"));
  std::string many = "[0";
  for (int i = 1; i < 101; ++i) many += "," + std::to_string(i);
  many += "]";
  EXPECT_THAT(sweep_refusal("[{path: load, values: " + many + "}, {path: b, values: " + many + "}]"),
              HasSubstr("10000 points"));
}
