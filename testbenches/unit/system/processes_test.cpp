// SPDX-License-Identifier: Apache-2.0
// Work in child processes.
#include "system/sweep/processes.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <unistd.h>

#include "common/check.hpp"
#include "config/error.hpp"
#include "system/report/output.hpp"

using fs::Work;
using testing::HasSubstr;

namespace {

std::vector<std::string> run(const std::vector<Work>& work, int jobs, const std::vector<std::string>& labels = {}) {
  return fs::run_in_processes(work, labels, jobs, [](std::size_t) {});
}

template <class Error>
std::string thrown(const Work& work) {
  try {
    run({work}, 1, {"point 0"});
  } catch (const Error& error) {
    return error.what();
  }
  return "nothing thrown";
}

}  // namespace

TEST(Processes, AnswersComeInTheOrderOfTheWork) {
  std::vector<Work> work;
  for (int i = 0; i < 12; ++i) {
    work.push_back([i] {
      ::usleep(static_cast<useconds_t>(12 - i) * 3'000);
      return std::to_string(i);
    });
  }
  const auto answers = run(work, 4);
  ASSERT_EQ(answers.size(), 12U);
  for (std::size_t i = 0; i < 12; ++i) EXPECT_EQ(answers[i], std::to_string(i));
}

TEST(Processes, EachHasItsOwnMemory) {
  int shared = 0;
  const Work work = [&shared] { return std::to_string(++shared); };
  EXPECT_EQ(run({work, work}, 1), (std::vector<std::string>{"1", "1"}));
  EXPECT_EQ(shared, 0);
}

TEST(Processes, ALargeAnswerArrivesWhole) {
  const auto answers = run({[] { return std::string(3'000'000, 'x'); }}, 1);
  EXPECT_EQ(answers[0], std::string(3'000'000, 'x'));
}

TEST(Processes, ErrorsArriveAsWhatTheyWere) {
  EXPECT_EQ(thrown<fs::ConfigError>([]() -> std::string {
              throw fs::ConfigError({"f.yaml", 3, 4}, "bad");
            }),
            "f.yaml:3:4: point 0: bad");
  EXPECT_EQ(thrown<fs::InvariantError>([]() -> std::string { throw fs::InvariantError("sum"); }), "point 0: sum");
  EXPECT_EQ(thrown<fs::OutputError>([]() -> std::string { throw fs::OutputError("disk"); }), "point 0: disk");
  EXPECT_EQ(thrown<std::runtime_error>([]() -> std::string { throw std::out_of_range("at"); }), "point 0: at");
}

TEST(Processes, ACrashAndASilentExitAreReported) {
  EXPECT_THAT(thrown<fs::ProcessError>([]() -> std::string {
                ::signal(SIGSEGV, SIG_DFL);
                ::raise(SIGSEGV);
                return "";
              }),
              HasSubstr("point 0: ended by signal"));
  EXPECT_THAT(thrown<fs::ProcessError>([]() -> std::string { ::_exit(9); }), HasSubstr("exit status 9"));
}

TEST(Processes, ACrashMayHaveAnAnswerOfItsOwn) {
  const std::vector<Work> work{[] { return std::string("one"); }, []() -> std::string { ::abort(); },
                               [] { return std::string("three"); }};
  const auto answers = fs::run_in_processes(
      work, {}, 1, [](std::size_t) {},
      [](std::size_t i, const std::string& why) { return std::to_string(i) + ": " + why; });
  ASSERT_EQ(answers.size(), 3U);
  EXPECT_EQ(answers[0], "one");
  EXPECT_EQ(answers[1].rfind("1: ended by signal", 0), 0U) << answers[1];
  EXPECT_EQ(answers[2], "three");
}

TEST(Processes, TheFirstFailureInOrderIsTheOneThrown) {
  const Work late = []() -> std::string {
    ::usleep(50'000);
    throw std::runtime_error("late but first");
  };
  const Work early = []() -> std::string { throw std::runtime_error("early but second"); };
  try {
    run({late, early}, 2);
    FAIL();
  } catch (const std::runtime_error& error) {
    EXPECT_STREQ(error.what(), "late but first");
  }
}

TEST(Processes, AfterAFailureNoMoreAreStarted) {
  std::size_t ended = 0;
  const Work bad = []() -> std::string { throw std::runtime_error("no"); };
  const Work good = [] { return std::string(); };
  EXPECT_THROW(fs::run_in_processes({good, bad, good, good}, {}, 1, [&](std::size_t done) { ended = done; }),
               std::runtime_error);
  EXPECT_EQ(ended, 2U);
}
