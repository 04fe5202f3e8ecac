// SPDX-License-Identifier: Apache-2.0
// JUnit XML: well-formed whatever the texts hold.
#include "system/expect/junit.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using testing::HasSubstr;
using testing::Not;

namespace {

fs::JunitSuite suite(bool ok, const std::string& error = "") {
  fs::ExpectationOutcome outcome;
  outcome.text = "a < 3";
  outcome.ok = ok;
  outcome.value = 4;
  outcome.limit = "< 3";
  outcome.position = {"s.yaml", 7, 3};
  return {"s.yaml", "s", 1.5, {outcome}, error, "farspan run 's & t.yaml'"};
}

}  // namespace

TEST(Junit, AFailureCarriesPlaceValueAndTheCommandThatReproducesIt) {
  const auto xml = fs::junit_xml({suite(false)});
  EXPECT_THAT(xml, HasSubstr("tests=\"2\" failures=\"1\" errors=\"0\" time=\"1.500\""));
  EXPECT_THAT(xml, HasSubstr("<failure message=\"a &lt; 3\">s.yaml:7:3: expected a &lt; 3&#10;value: 4"));
  EXPECT_THAT(xml, HasSubstr("reproduce: farspan run &apos;s &amp; t.yaml&apos;"));
}

TEST(Junit, WhatHoldsIsATestCaseWithoutFailure) {
  const auto xml = fs::junit_xml({suite(true)});
  EXPECT_THAT(xml, HasSubstr("<testcase classname=\"s\" name=\"a &lt; 3\"/>"));
  EXPECT_THAT(xml, Not(HasSubstr("<failure")));
}

TEST(Junit, ARunWithoutResultsIsAnError) {
  const auto xml = fs::junit_xml({suite(true, "s.yaml:1:1: no \"fabric\"")});
  EXPECT_THAT(xml, HasSubstr("errors=\"1\""));
  EXPECT_THAT(xml, HasSubstr("<error message=\"s.yaml:1:1: no &quot;fabric&quot;\">"));
}

TEST(XmlEscape, ReplacesWhatXmlForbids) {
  EXPECT_EQ(fs::xml_escape("a\x01"), "a\xef\xbf\xbd");
  EXPECT_EQ(fs::xml_escape("\xff\xc0\xaf"), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
  EXPECT_EQ(fs::xml_escape("\xed\xa0\x80"), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd") << "a lone surrogate";
  EXPECT_EQ(fs::xml_escape("\xe2\x82"), "\xef\xbf\xbd\xef\xbf\xbd") << "cut short";
}

TEST(XmlEscape, KeepsWellFormedText) { EXPECT_EQ(fs::xml_escape("µs \xf0\x9f\x98\x80"), "µs \xf0\x9f\x98\x80"); }
