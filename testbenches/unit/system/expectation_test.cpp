// SPDX-License-Identifier: Apache-2.0
// Expectations: reading, comparing, failing usefully.
#include "system/expect/expectation.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using fs::Document;
using fs::ExpectationOutcome;
using nlohmann::ordered_json;
using testing::HasSubstr;

namespace {

const ordered_json& judged_result() {
  static const auto json = ordered_json::parse(R"({
    "digest": "12340000000000000000000000005678", "drops": 0, "fast": true,
    "latency_ns": {"all": {"mean": 700.0}}, "throughput": {"accepted": 50.0},
    "links": [{"name": "a", "use": 0.5}, {"name": "b", "use": 0.9}],
    "points": [{"latency_ns": 100.0}, {"latency_ns": 250.0}]})");
  return json;
}

std::vector<fs::Expectation> read(const std::string& entries) {
  auto document = Document::from_text("expect:\n" + entries + "\n", "test.yaml");
  return fs::read_expectations(document.root().node("expect"));
}

/// The outcome of one entry.
ExpectationOutcome judge(const std::string& entry) {
  const auto outcomes = fs::evaluate(read("  - {" + entry + "}"), judged_result());
  EXPECT_EQ(outcomes.size(), 1U);
  return outcomes.at(0);
}

bool holds(const std::string& entry) { return judge(entry).ok; }

std::string refusal(const std::string& entry) {
  try {
    read("  - {" + entry + "}");
  } catch (const fs::ConfigError& error) {
    return error.what();
  }
  return "accepted";
}

}  // namespace

TEST(Expectation, ComparesNumbersBothWays) {
  EXPECT_TRUE(holds("path: drops, value: 0"));
  EXPECT_FALSE(holds("path: drops, value: 1"));
  EXPECT_TRUE(holds("path: drops, is: '!=', value: 1"));
  EXPECT_FALSE(holds("path: drops, is: '!=', value: 0"));
  EXPECT_TRUE(holds("path: latency_ns.all.mean, is: '<', value: 701"));
  EXPECT_FALSE(holds("path: latency_ns.all.mean, is: '<', value: 700"));
  EXPECT_TRUE(holds("path: latency_ns.all.mean, is: '<=', value: 700"));
  EXPECT_FALSE(holds("path: latency_ns.all.mean, is: '>', value: 700"));
  EXPECT_TRUE(holds("path: latency_ns.all.mean, is: '>=', value: 700"));
  EXPECT_FALSE(holds("path: latency_ns.all.mean, is: '>=', value: 700.1"));
}

TEST(Expectation, ToleranceWidensEveryComparison) {
  EXPECT_TRUE(holds("path: latency_ns.all.mean, is: within, value: 690, tolerance: 2%"));
  EXPECT_FALSE(holds("path: latency_ns.all.mean, is: within, value: 690, tolerance: 1%"));
  EXPECT_TRUE(holds("path: latency_ns.all.mean, value: 690, tolerance: 10")) << "`within` is meant";
  EXPECT_TRUE(holds("path: latency_ns.all.mean, is: '<=', value: 690, tolerance: 10"));
  EXPECT_TRUE(holds("path: latency_ns.all.mean, is: '>', value: 705, tolerance: 10"));
  EXPECT_FALSE(holds("path: latency_ns.all.mean, is: '!=', value: 705, tolerance: 10"));
}

TEST(Expectation, ARangeHasTwoEnds) {
  EXPECT_TRUE(holds("path: latency_ns.all.mean, is: within, value: [600, 700]"));
  EXPECT_FALSE(holds("path: latency_ns.all.mean, is: within, value: [600, 699]"));
  EXPECT_FALSE(holds("path: latency_ns.all.mean, is: within, value: [701, 800]"));
}

TEST(Expectation, ValuesMayCarryUnits) {
  EXPECT_TRUE(holds("path: latency_ns.all.mean, value: 0.7us"));
  EXPECT_TRUE(holds("path: latency_ns.all.mean, is: within, value: 690ns, tolerance: 10ns"));
  EXPECT_TRUE(holds("path: throughput.accepted, value: 400Gbps"));
  EXPECT_TRUE(holds("path: 'links[0].use', value: 50%"));
  EXPECT_THAT(refusal("path: throughput.accepted, value: 7ns"), HasSubstr("test.yaml:2:40: expect[0].value: a time"));
  EXPECT_THAT(refusal("path: latency_ns.all.mean, value: 7GB/s"), HasSubstr("a rate"));
}

TEST(Expectation, ComparesTextAndTruth) {
  EXPECT_TRUE(holds("path: digest, value: '12340000000000000000000000005678'"));
  EXPECT_TRUE(holds("path: digest, value: 12340000000000000000000000005678")) << "all digits, and still text";
  EXPECT_FALSE(holds("path: digest, value: 12340000000000000000000000005679"));
  EXPECT_TRUE(holds("path: fast, value: true"));
  EXPECT_TRUE(holds("path: fast, is: '!=', value: false"));
}

TEST(Expectation, OfAnotherKindIsAFailureThatSaysSo) {
  const auto outcome = judge("path: latency_ns.all, value: 3");
  EXPECT_FALSE(outcome.ok);
  EXPECT_THAT(outcome.why, HasSubstr("object"));
}

TEST(Expectation, ComparesWithAnEarlierResult) {
  EXPECT_TRUE(holds("path: 'points[1].latency_ns', is: '<=', than: 'points[0].latency_ns', factor: 2, offset: 50ns"));
  EXPECT_FALSE(holds("path: 'points[1].latency_ns', is: '<=', than: 'points[0].latency_ns', factor: 2"));
  const auto outcomes = fs::evaluate(read("  - {path: 'points[0].latency_ns', save_as: local}\n"
                                          "  - {path: 'points[1].latency_ns', is: '>', than: local, factor: 2}"),
                                     judged_result());
  ASSERT_EQ(outcomes.size(), 1U);
  EXPECT_TRUE(outcomes[0].ok);
  EXPECT_EQ(outcomes[0].text, "points[1].latency_ns > 2 * points[0].latency_ns");
}

TEST(Expectation, StarHoldsOnlyIfEveryEntryDoes) {
  EXPECT_TRUE(holds("path: 'links[*].use', is: '<', value: 1"));
  const auto outcome = judge("path: 'links[*].use', is: '<', value: 0.9");
  EXPECT_FALSE(outcome.ok);
  EXPECT_EQ(outcome.value, 0.9);
  EXPECT_EQ(outcome.why, "first at links[1].use");
}

TEST(Expectation, AMissingResultFailsAndNamesWhatIsNear) {
  const auto outcome = judge("path: latency_ns.all.maen, value: 700");
  EXPECT_FALSE(outcome.ok);
  EXPECT_TRUE(outcome.value.is_null());
  EXPECT_THAT(outcome.why, HasSubstr("nearest: mean"));
  EXPECT_FALSE(holds("path: drops, than: dorps"));
  EXPECT_FALSE(holds("path: nowhere, save_as: x")) << "a result that is saved has to be there";
}

TEST(Expectation, DeadlockIsFoundInThePointsOfASweepToo) {
  auto stuck = judged_result();
  stuck["points"][1]["deadlock"] = "sw0 waits for sw1";
  const auto wanted = read("  - {deadlock: true}");
  EXPECT_FALSE(fs::evaluate(wanted, judged_result())[0].ok);
  EXPECT_TRUE(fs::evaluate(wanted, stuck)[0].ok);
  EXPECT_FALSE(fs::evaluate(read("  - {deadlock: false}"), stuck)[0].ok);
}

TEST(Expectation, BadEntriesAreRefusedAtTheirPlace) {
  EXPECT_THAT(refusal("value: 3"), HasSubstr("test.yaml:2:5: "));
  EXPECT_THAT(refusal("path: drops"), HasSubstr("test.yaml:2:5: expect[0]: wants `value`"));
  EXPECT_THAT(refusal("path: drops, value: 3, valeu: 4"), HasSubstr("valeu"));
  EXPECT_THAT(refusal("path: drops, value: 3, than: x"), HasSubstr("one of the two"));
  EXPECT_THAT(refusal("path: drops, value: 3, is: about"), HasSubstr("within"));
  EXPECT_THAT(refusal("path: drops, value: 3, is: within"), HasSubstr("tolerance"));
  EXPECT_THAT(refusal("path: drops, value: [3, 4]"), HasSubstr("is: within"));
  EXPECT_THAT(refusal("path: drops, value: [4, 3], is: within"), HasSubstr("[low, high]"));
  EXPECT_THAT(refusal("path: drops, value: [1, 2, 3], is: within"), HasSubstr("[low, high]"));
  EXPECT_THAT(refusal("path: drops, value: many, is: '<'"), HasSubstr("not a number"));
  EXPECT_THAT(refusal("path: drops, value: 1, tolerance: -1"), HasSubstr("at least 0"));
  EXPECT_THAT(refusal("path: 'drops[', value: 1"), HasSubstr("without ']'"));
  EXPECT_THAT(refusal("path: drops, save_as: x, is: '<'"), HasSubstr("compares with nothing"));
  EXPECT_THAT(refusal("deadlock: true, path: drops"), HasSubstr("path"));
  EXPECT_THAT(refusal("deadlock: maybe"), HasSubstr("test.yaml:2:16"));
}

TEST(Expectation, AnUnmetLimitIsWrittenDown) {
  EXPECT_EQ(judge("path: drops, is: '>=', value: 100, tolerance: 3%").limit, ">= 97");
  EXPECT_EQ(judge("path: drops, is: within, value: 100, tolerance: 3%").limit, "[97, 103]");
  EXPECT_EQ(judge("path: drops, is: within, value: 100, tolerance: 3%").text, "drops within 100 +- 3%");
}

TEST(Expectation, JsonCarriesTextOutcomeValueAndPlace) {
  const auto json = fs::expectations_json({judge("path: drops, value: 1")});
  EXPECT_EQ(json.dump(), R"([{"text":"drops == 1","ok":false,"value":0,"limit":"1","where":"test.yaml:2:5"}])");
}
