// SPDX-License-Identifier: Apache-2.0
#include "system/waves/fst_file.hpp"

#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "system/report/output.hpp"
#include "system/waves/crash_guard.hpp"
#include "system/waves/fst_tools.hpp"
#include "tlm/clock_domain.hpp"
#include "vcd.hpp"

using namespace fs;
using testing::HasSubstr;
using testing::Not;

namespace {

/// A counter with names for its values, and a lane.
struct Small {
  Small() : file([](Femtoseconds) {}) {
    const ValueNames names = file.add_names("colour", {"red", "green", "blue"});
    file.enter("top");
    colour = file.add_number("colour", 2, names);
    file.enter("inner");
    count = file.add_number("count", 8);
    file.leave();
    lane = file.add_lane("lane");
    file.leave();
  }
  void step(std::int64_t time, std::uint32_t value, const std::string& text) {
    file.set(colour, value % 3);
    file.set(count, value);
    file.set(lane, text);
    file.dump(Femtoseconds(time), false);
  }
  bool resolution = (tlm::set_femtosecond_resolution(), true);  ///< before the file asks for it
  FstFile file;
  SignalId colour{}, count{}, lane{};
};

}  // namespace

TEST(FstFile, DeclaresScopesNumbersTablesAndLanes) {
  const Scratch scratch;
  Small small;
  small.file.open(scratch.path / "a.fst");
  small.step(0, 1, "x");
  small.file.close();
  EXPECT_EQ(small.file.path(small.count), "top.inner.count[7:0]");
  const auto variables = list_variables(scratch.path / "a.fst");
  ASSERT_EQ(variables.size(), 3U);
  EXPECT_EQ(variables[0].scope + ' ' + variables[0].name, "top colour[1:0]");
  EXPECT_EQ(variables[1].scope + ' ' + variables[1].name, "top.inner count[7:0]");
  EXPECT_EQ(variables[2].scope + ' ' + variables[2].name, "top lane");
  EXPECT_EQ(variables[2].bits, 0);
}

TEST(FstFile, WritesChangesAndNothingElse) {
  const Scratch scratch;
  Small small;
  small.file.open(scratch.path / "a.fst");
  small.step(5, 1, "one");
  small.step(7, 1, "one");
  small.step(9, 4, "two");
  small.file.close();
  const std::string vcd = as_vcd(scratch.path / "a.fst");
  EXPECT_THAT(vcd, HasSubstr("#5\n"));
  EXPECT_THAT(vcd, HasSubstr("b00000001 "));
  EXPECT_THAT(vcd, HasSubstr("sone "));
  EXPECT_THAT(vcd.substr(vcd.find("#9\n")), HasSubstr("b00000100 "));
  EXPECT_THAT(vcd.substr(vcd.find("#9\n")), HasSubstr("stwo "));
  EXPECT_THAT(vcd.substr(vcd.find("#7\n"), 4), Not(HasSubstr("b")));
}

TEST(FstFile, BeginsTheNextFileWithAllValues) {
  const Scratch scratch;
  Small small;
  small.file.open(scratch.path / "a.fst");
  small.step(1, 7, "one");
  small.file.close();
  small.file.open(scratch.path / "b.fst");
  small.step(3, 7, "two");
  small.file.close();
  const std::string vcd = as_vcd(scratch.path / "b.fst");
  EXPECT_THAT(vcd, HasSubstr("b00000111 "));
  EXPECT_THAT(vcd, HasSubstr("stwo "));
  EXPECT_THAT(vcd, Not(HasSubstr("sone ")));
}

TEST(FstFile, SaysWhenItCannotBeWritten) {
  Small small;
  EXPECT_THROW(small.file.open("/nonexistent/folder/a.fst"), OutputError);
}

TEST(CutWindow, JoinsPartsAndKeepsWhatHeldBefore) {
  const Scratch scratch;
  Small small;
  small.file.open(scratch.path / "a.fst");
  for (int i = 0; i < 50; ++i) small.step(10 * i, static_cast<std::uint32_t>(i), i < 20 ? "early" : "late");
  small.file.close();
  small.file.open(scratch.path / "b.fst");
  for (int i = 50; i < 99; ++i) small.step(10 * i, static_cast<std::uint32_t>(i), "late");
  small.file.close();
  cut_window({scratch.path / "a.fst", scratch.path / "b.fst"}, Femtoseconds(445), Femtoseconds(555),
             scratch.path / "c.fst");
  const std::string vcd = as_vcd(scratch.path / "c.fst");
  EXPECT_THAT(vcd, HasSubstr("#445\n")) << "the window opens where it was asked to";
  EXPECT_THAT(vcd, HasSubstr("slate "));
  EXPECT_THAT(vcd, Not(HasSubstr("searly ")));
  EXPECT_THAT(vcd, HasSubstr("b00101100 ")) << "44 held before";
  EXPECT_THAT(vcd, HasSubstr("#550\n"));
  EXPECT_THAT(vcd, Not(HasSubstr("#560\n")));
  EXPECT_THAT(vcd.substr(vcd.find("#450\n")), Not(HasSubstr("slate "))) << "what did not change is not written again";
  EXPECT_EQ(list_variables(scratch.path / "c.fst").size(), 3U);
}

/// A process that writes 100 steps and then ends as `end` does.
void write_and_end(const std::filesystem::path& path, void (*end)()) {
  const pid_t child = ::fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    std::freopen("/dev/null", "w", stderr);
    Small small;
    const CrashGuard guard([&] { small.file.close(); });
    small.file.open(path);
    for (int i = 0; i < 100; ++i) small.step(10 * i, static_cast<std::uint32_t>(i), "step" + std::to_string(i));
    end();
    ::_exit(0);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT) << status;
  EXPECT_THAT(as_vcd(path), HasSubstr("sstep99 ")) << "the last step is missing";
}

TEST(CrashGuard, LeavesAReadableFileBehindAnAbort) {
  const Scratch scratch;
  write_and_end(scratch.path / "a.fst", [] { std::abort(); });
}

TEST(CrashGuard, LeavesAReadableFileBehindAnExceptionThatNobodyCatches) {
  const Scratch scratch;
  write_and_end(scratch.path / "a.fst", [] { std::terminate(); });
}

TEST(CrashGuard, NotesARequestToEndAndGoesOn) {
  bool closed = false;
  {
    const CrashGuard guard([&] { closed = true; });
    EXPECT_FALSE(CrashGuard::stop_asked());
    ::kill(::getpid(), SIGTERM);
    EXPECT_TRUE(CrashGuard::stop_asked());
  }
  EXPECT_FALSE(closed) << "closing is the owner's business when nothing is broken";
}
