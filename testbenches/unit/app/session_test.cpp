// SPDX-License-Identifier: Apache-2.0
// Exit statuses and files of whole command lines, with a stand-in for the simulator.
#include "app/session.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdexcept>

#include "common/check.hpp"

using fs::CommandLine;
using nlohmann::ordered_json;
using testing::HasSubstr;

namespace {

/// Does what `end` says, and reports `load`.
ordered_json simulate(fs::Document& document, const fs::RunOptions&) {
  const auto root = document.root();
  const auto end = root.text_or("end", "well");
  ordered_json result;
  result["scenario"] = "stand-in";
  result["seed"] = root.integer_or<std::int64_t>("seed", 1, 0, 1'000'000);
  result["load"] = root.integer_or("load", 1, 0, 9);
  root.finish();
  if (end == "broken") throw fs::InvariantError("a flit is lost");
  if (end == "deadlock") result["deadlock"] = "a waits for b";
  return result;
}

std::string check(fs::Document&, const fs::RunOptions&) { return "one switch"; }

class Session : public testing::Test {
 protected:
  Session() : folder_(std::filesystem::temp_directory_path() / ("farspan-session-" + std::to_string(::getpid()))) {
    std::filesystem::create_directories(folder_);
  }
  ~Session() override { std::filesystem::remove_all(folder_); }

  std::string file(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name) << text;
    return (folder_ / name).string();
  }
  std::string read(const std::string& name) const {
    std::ostringstream text;
    text << std::ifstream(folder_ / name).rdbuf();
    return text.str();
  }
  int run(const CommandLine& line) {
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    const int status = fs::run_session(line, simulate, check);
    out_ = testing::internal::GetCapturedStdout();
    err_ = testing::internal::GetCapturedStderr();
    return status;
  }
  int run_text(const std::string& text) {
    CommandLine line;
    line.files = {file("s.yaml", text)};
    return run(line);
  }

  std::filesystem::path folder_;
  std::string out_;
  std::string err_;
};

}  // namespace

TEST_F(Session, EachEndHasItsStatus) {
  EXPECT_EQ(run_text("load: 2\n"), 0);
  EXPECT_EQ(run_text("load: 2\nexpect: [{path: load, value: 3}]\n"), 1);
  EXPECT_EQ(run_text("end: broken\n"), 1);
  EXPECT_THAT(err_, HasSubstr("a flit is lost"));
  EXPECT_EQ(run_text("laod: 2\n"), 2);
  EXPECT_THAT(err_, HasSubstr("s.yaml:1:1: "));
  EXPECT_EQ(run_text("end: deadlock\n"), 3);
  EXPECT_THAT(out_, HasSubstr("a waits for b"));
  EXPECT_EQ(run_text("end: deadlock\nexpect: [{deadlock: true}]\n"), 0);
}

TEST_F(Session, BadFilesAreBadInputAndDoNotStopTheOthers) {
  CommandLine line;
  line.files = {(folder_ / "missing.yaml").string(), folder_.string(), file("empty.yaml", ""),
                file("good.yaml", "load: 5\n")};
  line.out = folder_ / "out";
  EXPECT_EQ(run(line), 2);
  EXPECT_EQ(ordered_json::parse(read("out/good/result.json"))["load"], 5);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "out/empty/result.json"));
}

TEST_F(Session, SettingsAndSeedReachTheScenarioAndItsEffectiveForm) {
  CommandLine line;
  line.files = {file("s.yaml", "load: 2\n")};
  line.settings = {{"load", "7"}};
  line.seed = 42;
  line.out = folder_ / "out";
  EXPECT_EQ(run(line), 0);
  EXPECT_EQ(ordered_json::parse(read("out/result.json"))["seed"], 42);
  CommandLine again;
  again.files = {(folder_ / "out/effective.yaml").string()};
  again.out = folder_ / "again";
  EXPECT_EQ(run(again), 0);
  EXPECT_EQ(read("again/result.json"), read("out/result.json"));
}

TEST_F(Session, AnUnwritableFolderIsRefusedBeforeTheRun) {
  CommandLine line;
  line.files = {file("s.yaml", "end: broken\n")};
  line.out = file("taken", "a file");
  EXPECT_EQ(run(line), 2);
  EXPECT_THAT(err_, HasSubstr("it is not a folder"));
  EXPECT_THAT(err_, testing::Not(HasSubstr("flit is lost")));
  line.out.clear();
  line.junit = folder_;
  EXPECT_EQ(run(line), 2);
  EXPECT_THAT(err_, testing::Not(HasSubstr("flit is lost")));
}

TEST_F(Session, QuietSaysOnlyWhatFailed) {
  CommandLine line;
  line.files = {file("s.yaml", "expect: [{path: load, value: 1}]\n")};
  line.quiet = true;
  EXPECT_EQ(run(line), 0);
  EXPECT_EQ(out_ + err_, "");
  line.settings = {{"load", "3"}};
  EXPECT_EQ(run(line), 1);
  EXPECT_THAT(out_, HasSubstr("FAIL  load == 1"));
  EXPECT_THAT(out_, HasSubstr("reproduce: farspan run "));
}

TEST_F(Session, JunitCoversEveryFile) {
  CommandLine line;
  line.files = {file("good.yaml", "load: 1\n"), file("bad.yaml", "laod: 1\n"),
                file("fails.yaml", "expect: [{path: load, value: 2}]\n")};
  line.junit = folder_ / "j.xml";
  EXPECT_EQ(run(line), 2);
  const auto xml = read("j.xml");
  EXPECT_THAT(xml, HasSubstr("file=\"" + line.files[0]));
  EXPECT_THAT(xml, HasSubstr("<error message="));
  EXPECT_THAT(xml, HasSubstr("<failure message=\"load == 2\">"));
}

TEST_F(Session, CheckRunsNothing) {
  CommandLine line;
  line.command = fs::Command::check;
  line.files = {file("s.yaml", "end: broken\n")};
  EXPECT_EQ(run(line), 0);
  EXPECT_THAT(out_, HasSubstr("one switch"));
  line.files = {file("t.yaml", "expect: [{}]\n")};
  EXPECT_EQ(run(line), 2);
}
