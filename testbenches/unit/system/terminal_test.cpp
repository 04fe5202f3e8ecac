// SPDX-License-Identifier: Apache-2.0
// The terminal report from a document.
#include "system/report/terminal.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sstream>

using nlohmann::ordered_json;
using testing::HasSubstr;
using testing::Not;

namespace {

const fs::TextStyle ascii{100, false, false};
const fs::TextStyle unicode{100, true, false};
const fs::TextStyle colourful{100, true, true};

ordered_json shown_result() {
  return ordered_json::parse(R"({
    "scenario": "demo", "seed": 7, "version": "0.1.0", "digest": "0011", "sim_time_ns": 20000.0, "wall_s": 1.5,
    "flit_hops": 19500000, "flit_hops_per_s": 13000000.0, "peak_rss_bytes": 98000000,
    "packets": {"created": 10, "delivered": 9, "inside": 1},
    "packet_latency_ns": {
      "all": {"count": 9, "mean": 640.5, "min": 600.0, "p50": 640.0, "p90": 700.0, "p99": 720.0, "p999": 730.0, "max": 731.0, "ci95": 3.25},
      "request": {"count": 9, "mean": 640.5, "min": 600.0, "p50": 640.0, "p90": 700.0, "p99": 720.0, "p999": 730.0, "max": 731.0, "ci95": null},
      "response": {"count": 0}},
    "packet_ledger_ns": {"all": {"propagation": 480.375, "retry": 0.0, "allocation": 160.125}},
    "throughput": {"offered": 80.0, "accepted": 60.0, "accepted_flits": 0.75},
    "links": [{"name": "idle", "utilisation": 0.1, "flits": 10, "retries": 0, "errors": 0, "state": "up", "stalled": {}},
              {"name": "busy", "utilisation": 0.9, "flits": 900, "retries": 0, "errors": 0, "state": "up", "stalled": {"credit_stall": 0.3}}],
    "warnings": ["not steady"],
    "expectations": [{"text": "a < 3", "ok": true, "value": 2.5, "limit": "< 3"},
                     {"text": "b == 1", "ok": false, "value": 0, "limit": "1", "why": "because", "where": "s.yaml:3:5"}]})");
}

int widest_line(const std::string& text) {
  std::istringstream lines(text);
  int widest = 0;
  for (std::string line; std::getline(lines, line);) widest = std::max(widest, fs::display_width(line));
  return widest;
}

std::string line_with(const std::string& text, const std::string& part) {
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.find(part) != std::string::npos) return line;
  }
  return "";
}

}  // namespace

TEST(Terminal, ReportHasEveryPart) {
  const auto text = fs::render_report(shown_result(), ascii);
  EXPECT_THAT(text, HasSubstr("demo   seed 7   farspan 0.1.0"));
  EXPECT_THAT(text, HasSubstr("20.0 us simulated in 1.50 s, 19.5 M flit-hops (13.0 M/s), 98 MB peak"));
  EXPECT_THAT(line_with(text, "request"), testing::MatchesRegex(" *request +9 +640.5 +- +600.0 .*731.0"));
  EXPECT_THAT(line_with(text, "accepted/offered"), Not(testing::IsEmpty()));
  EXPECT_THAT(text, HasSubstr("75.0 %"));
  EXPECT_THAT(text, HasSubstr("warning: not steady"));
}

TEST(Terminal, LedgerBarsShareTheSumAndLeaveOutNothingButZero) {
  const auto text = fs::render_report(shown_result(), ascii);
  EXPECT_THAT(line_with(text, "propagation"), HasSubstr("75.0 %"));
  EXPECT_THAT(line_with(text, "allocation"), HasSubstr("25.0 %"));
  EXPECT_EQ(line_with(text, "retry "), "") << "a cause that took no time has no bar";
  EXPECT_THAT(line_with(text, "  sum"), HasSubstr("640.5"));
  const auto hashes = [&](const std::string& name) {
    const auto line = line_with(text, name);
    return std::count(line.begin(), line.end(), '#');
  };
  EXPECT_EQ(hashes("propagation"), 3 * hashes("allocation"));
}

TEST(Terminal, LedgerHasAColumnForEachOfSeveralClasses) {
  auto several = shown_result();
  several["packet_ledger_ns"]["near"] = {{"propagation", 5.0}, {"retry", 0.0}, {"allocation", 2.5}};
  several["packet_ledger_ns"]["far"] = {{"propagation", 900.0}, {"retry", 0.0}, {"allocation", 300.0}};
  const auto text = fs::render_report(several, ascii);
  EXPECT_THAT(line_with(text, "propagation"), testing::ContainsRegex("480.4 +75.0 % +5.0 +900.0"));
  EXPECT_THAT(line_with(text, "  sum"), testing::ContainsRegex("640.5 +7.5 +1200"));
}

TEST(Terminal, AScheduleSaysHowLongItTook) {
  auto collective = shown_result();
  collective["schedule"] =
      ordered_json::parse(R"({"complete": true, "time_ns": 12300.0, "algorithm_gbytes_per_s": 300.0,
    "bus_gbytes_per_s": 525.0, "steps": [{"name": "reduce", "start_ns": 1.0, "end_ns": 2.0, "messages": 3, "delivered": 3}]})");
  const auto text = fs::render_report(collective, ascii);
  EXPECT_THAT(text, HasSubstr("Schedule, done in 12.3 us\n  300.0 GB/s by algorithm, 525.0 GB/s on the bus\n"));
  EXPECT_THAT(text, testing::ContainsRegex("reduce +1.0 +2.0 +3 +3"));
}

TEST(Terminal, TheMostStalledLinkComesFirst) {
  const auto text = fs::render_report(shown_result(), ascii);
  EXPECT_LT(text.find("busy"), text.find("idle"));
  EXPECT_THAT(line_with(text, "busy"), HasSubstr("credit_stall 30.0 %"));
}

TEST(Terminal, FailedExpectationsSayWhyAndWhere) {
  const auto text = fs::render_report(shown_result(), ascii);
  EXPECT_THAT(text, HasSubstr("ok    a < 3   value 2.5   limit < 3"));
  EXPECT_THAT(text, HasSubstr("FAIL  b == 1   value 0   limit 1\n        because\n        at s.yaml:3:5"));
  const auto failures = fs::render_failures(shown_result(), ascii);
  EXPECT_THAT(failures, HasSubstr("FAIL  b == 1"));
  EXPECT_THAT(failures, Not(HasSubstr("a < 3")));
}

TEST(Terminal, AsciiIsAsciiAndColourIsOnlyWhereAsked) {
  for (const unsigned char c : fs::render_report(shown_result(), ascii)) ASSERT_LT(c, 0x80);
  EXPECT_THAT(fs::render_report(shown_result(), unicode), HasSubstr("█"));
  EXPECT_THAT(fs::render_report(shown_result(), unicode), Not(HasSubstr("\x1b")));
  EXPECT_THAT(fs::render_report(shown_result(), colourful), HasSubstr("\x1b[31mFAIL"));
}

TEST(Terminal, LinesKeepToAReasonableWidth) {
  for (const int width : {72, 80, 120})
    EXPECT_LE(widest_line(fs::render_report(shown_result(), {width, true, true})), width);
}

TEST(Terminal, AnEmptyDocumentIsNoReasonToFail) {
  EXPECT_NO_THROW(fs::render_report(ordered_json::object(), ascii));
  EXPECT_NO_THROW(
      fs::render_report(ordered_json::parse(R"({"links": 3, "points": [], "packet_ledger_ns": [1]})"), ascii));
  EXPECT_EQ(fs::render_failures(ordered_json::object(), ascii), "");
}

TEST(Terminal, ASweepIsATableAndAPlot) {
  ordered_json sweep{{"scenario", "load curve"}, {"points", ordered_json::array()}};
  for (int i = 1; i <= 9; ++i) {
    auto point = shown_result();
    point["sweep"] = {{"workload.load", i / 10.0}, {"mode", "fast"}};
    point["packet_latency_ns"]["all"]["mean"] = 100.0 / (1 - i / 10.0);
    if (i == 9) point["deadlock"] = "a waits for b";
    sweep["points"].push_back(point);
  }
  const auto text = fs::render_report(sweep, ascii);
  EXPECT_THAT(text, testing::ContainsRegex("point +load +mode +mean ns"));
  EXPECT_THAT(text, testing::ContainsRegex("\n +4 +0.5 +fast +200.0 "));
  EXPECT_THAT(text, HasSubstr("mean latency, ns"));
  EXPECT_THAT(text, HasSubstr("deadlock at point 8: a waits for b"));
}

TEST(Terminal, ASweepOverQuantitiesOfOneUnitIsPlottedToo) {
  ordered_json sweep{{"points", ordered_json::array()}};
  for (const char* load : {"10%", "50%", "90%"}) {
    auto point = shown_result();
    point["sweep"] = {{"load", load}};
    sweep["points"].push_back(point);
  }
  EXPECT_THAT(fs::render_report(sweep, ascii), HasSubstr("mean latency, ns"));
  sweep["points"][1]["sweep"]["load"] = "50ns";
  EXPECT_THAT(fs::render_report(sweep, ascii), Not(HasSubstr("mean latency, ns")));
}

TEST(Terminal, ASweepComparesItsClassesAndShowsWhereTheTimeOfEachGoes) {
  ordered_json sweep{{"points", ordered_json::array()}};
  for (const int load : {1, 9}) {
    ordered_json point{{"sweep", {{"load", load}}}};
    point["transaction_latency_ns"] = {{"all", {{"count", 4}, {"mean", 250.0}}},
                                       {"local", {{"count", 2}, {"mean", 100.0}}},
                                       {"remote", {{"count", 2}, {"mean", 300.0 + load}}},
                                       {"silent", {{"count", 0}, {"mean", nullptr}}}};
    point["transaction_ledger_ns"] = {{"all", {{"memory", 250.0}}},
                                      {"local", {{"memory", 100.0}, {"retry", 0.0}}},
                                      {"remote", {{"memory", 100.0}, {"propagation", 200.0 + load}, {"retry", 0.0}}}};
    sweep["points"].push_back(point);
  }
  const auto text = fs::render_report(sweep, ascii);
  EXPECT_THAT(text, testing::ContainsRegex("\n +1 +9 +100.0 +309.0 \\(3.09x\\)"));
  EXPECT_THAT(text, HasSubstr("Where the time of remote goes"));
  EXPECT_THAT(text, testing::ContainsRegex("propagation +201.0 +209.0"));
  EXPECT_THAT(text, testing::ContainsRegex("sum +301.0 +309.0"));
  EXPECT_THAT(text, Not(HasSubstr("silent")));
  EXPECT_THAT(text, Not(HasSubstr("retry")));
}

TEST(Terminal, ASweepOfCollectivesShowsTheirTimes) {
  auto point = shown_result();
  point["sweep"] = {{"algorithm", "ring"}};
  point["schedule"] = {{"time_ns", 12300.0}};
  const ordered_json sweep{{"points", {point}}};
  const auto text = fs::render_report(sweep, ascii);
  EXPECT_THAT(text, testing::ContainsRegex("accepted +schedule +warnings"));
  EXPECT_THAT(text, testing::ContainsRegex("ring .* 12.3 us +1\n"));
}
