// SPDX-License-Identifier: Apache-2.0
// A scenario file as a whole, with a stand-in for the simulator.
#include "system/study/study.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "observe/digest.hpp"

using fs::Document;
using fs::ExitStatus;
using nlohmann::ordered_json;
using testing::HasSubstr;

namespace {

/// Latency is ten times the load; at load 99 the fabric stops.
ordered_json simulate(Document& document, const fs::RunOptions& options) {
  const auto root = document.root();
  const auto load = root.integer_or("load", 1, 0, 99);
  const auto name = root.text_or("scenario", "test");
  root.finish();
  fs::Digest digest;
  digest.add(fs::NodeId{1}, static_cast<std::uint64_t>(load), fs::Femtoseconds(load), fs::Outcome::delivered);
  ordered_json result;
  result["scenario"] = name;
  result["digest"] = digest.hex();
  result["sim_time_ns"] = 100.0;
  result["flit_hops"] = 1000;
  result["latency_ns"] = 10.0 * load;
  if (load == 99) result["deadlock"] = options.allow_deadlock ? "allowed" : "refused";
  if (load > 5) result["warnings"] = {"heavy"};
  return result;
}

fs::Study run(const std::string& text, int jobs = 2, bool isolate = false) {
  auto document = Document::from_text(text, "s.yaml");
  fs::RunOptions options;
  options.jobs = jobs;
  return fs::run_study(document, options, isolate, simulate);
}

std::string read_file(const std::filesystem::path& file) {
  std::ostringstream text;
  text << std::ifstream(file).rdbuf();
  return text.str();
}

}  // namespace

TEST(Study, ASingleRunIsJudged) {
  const auto met = run("load: 2\nexpect: [{path: latency_ns, value: 20}]\n");
  EXPECT_EQ(met.status, ExitStatus::done);
  EXPECT_EQ(met.result["expectations"][0]["ok"], true);
  EXPECT_EQ(run("load: 2\nexpect: [{path: latency_ns, value: 21}]\n").status, ExitStatus::failed);
}

TEST(Study, IsolationChangesNothing) {
  const std::string text = "load: 2\nexpect: [{path: latency_ns, value: 20}]\n";
  EXPECT_EQ(run(text, 1, true).result, run(text, 1, false).result);
  EXPECT_EQ(run(text, 1, true).effective_yaml, run(text, 1, false).effective_yaml);
}

TEST(Study, SweepPointsEqualTheRunsOfTheirOwn) {
  const std::string sweep = "sweep: {path: load, values: [1, 7, 3]}\n";
  for (const int jobs : {1, 3}) {
    const auto study = run(sweep, jobs);
    ASSERT_EQ(study.result["points"].size(), 3U);
    fs::Digest sum;
    for (std::size_t i = 0; i < 3; ++i) {
      const auto alone = run("load: " + std::string(i == 0 ? "1" : i == 1 ? "7" : "3") + "\n");
      EXPECT_EQ(study.result["points"][i]["digest"], alone.result["digest"]);
      sum += fs::Digest::from_hex(alone.result["digest"]);
    }
    EXPECT_EQ(study.result["digest"], sum.hex());
    EXPECT_EQ(study.result["flit_hops"], 3000);
  }
}

TEST(Study, ExpectationsOfASweepSeeAllPoints) {
  const auto study =
      run("sweep: {path: load, values: [1, 2]}\n"
          "expect: [{path: 'points[1].latency_ns', than: 'points[0].latency_ns', factor: 2}]\n");
  EXPECT_EQ(study.status, ExitStatus::done);
  EXPECT_EQ(study.outcomes.size(), 1U);
}

TEST(Study, WarningsOfPointsAreGathered) {
  EXPECT_EQ(run("sweep: {path: load, values: [1, 7]}\n").result["warnings"].dump(), R"(["point 1 (load = 7): heavy"])");
}

TEST(Study, DeadlockHasItsOwnStatusUnlessItWasAskedFor) {
  EXPECT_EQ(run("load: 99\n").status, ExitStatus::deadlock);
  EXPECT_EQ(run("sweep: {path: load, values: [1, 99]}\n").status, ExitStatus::deadlock);
  const auto wanted = run("load: 99\nexpect: [{deadlock: true}]\n");
  EXPECT_EQ(wanted.status, ExitStatus::done);
  EXPECT_EQ(wanted.result["deadlock"], "allowed") << "who expects a deadlock allows it";
  EXPECT_EQ(run("load: 1\nexpect: [{deadlock: true}]\n").status, ExitStatus::failed);
  EXPECT_EQ(run("load: 99\nexpect: [{deadlock: true}, {path: latency_ns, value: 1}]\n").status, ExitStatus::failed);
}

TEST(Study, BadInputComesOutWithItsPlace) {
  EXPECT_THROW(run("laod: 3\n"), fs::ConfigError);
  EXPECT_THROW(run("load: 3\nexpect: {}\n"), fs::ConfigError);
  try {
    run("sweep: {path: load, values: [1, 100]}\n");
    FAIL();
  } catch (const fs::ConfigError& error) {
    EXPECT_THAT(error.what(), HasSubstr("s.yaml:1:33: "));
    EXPECT_THAT(error.what(), HasSubstr("point 1 (load = 100)"));
  }
}

TEST(Study, EffectiveConfigurationGivesTheSameResult) {
  for (const std::string text :
       {"scenario: x\nexpect: [{path: latency_ns, value: 10}]\n",
        "scenario: x\nsweep: {path: load, values: [1, 7]}\nexpect: [{path: digest, is: '!=', value: 0}]\n"}) {
    auto first = run(text).result;
    const auto again_text = run(text).effective_yaml;
    auto again = run(again_text).result;
    EXPECT_EQ(again["digest"], first["digest"]) << again_text;
    EXPECT_EQ(again["expectations"].size(), 1U) << again_text;
  }
}

TEST(Study, AScenarioMayPullInOtherFilesAndHaveExpectations) {
  auto document = Document::from_text("load: file\nexpect: [{path: latency_ns, value: 30}]\n", "s.yaml");
  const auto study = fs::run_study(document, {}, false, [](Document& point, const fs::RunOptions& options) {
    point.set("load", "3");
    return simulate(point, options);
  });
  EXPECT_EQ(study.status, ExitStatus::done);
  EXPECT_THAT(study.effective_yaml, HasSubstr("load: 3"));
  EXPECT_THAT(study.effective_yaml, HasSubstr("expect:"));
}

TEST(Study, WritesItsFiles) {
  const auto folder = std::filesystem::temp_directory_path() / ("farspan-study-" + std::to_string(::getpid()));
  std::filesystem::create_directories(folder);
  fs::write_study(run("sweep: {path: load, values: [1, 7]}\n"), folder);
  EXPECT_EQ(ordered_json::parse(read_file(folder / "result.json"))["points"].size(), 2U);
  EXPECT_THAT(read_file(folder / "effective.yaml"), HasSubstr("sweep:"));
  EXPECT_THAT(read_file(folder / "points/1/effective.yaml"), HasSubstr("load: 7"));
  std::filesystem::remove_all(folder);
}

TEST(Study, CheckingVisitsEveryPoint) {
  auto document = Document::from_text("sweep: {path: load, values: [1, 7]}\n", "s.yaml");
  const auto text = fs::check_study(
      document, {}, [](Document& point, const fs::RunOptions&) { return "load is " + point.root().text("load"); });
  EXPECT_THAT(text, HasSubstr("point 0 (load = 1)\nload is 1\n"));
  EXPECT_THAT(text, HasSubstr("load is 7"));
}
