// SPDX-License-Identifier: Apache-2.0
// Files whole or not at all; the progress line's text.
#include "system/report/output.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <sstream>

#include "system/report/progress.hpp"

using fs::Femtoseconds;
using testing::HasSubstr;

namespace {

class Folder {
 public:
  Folder() : path_(std::filesystem::temp_directory_path() / ("farspan-output-" + std::to_string(::getpid()))) {
    std::filesystem::create_directories(path_);
  }
  ~Folder() { std::filesystem::remove_all(path_); }
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
  std::ptrdiff_t entries() const {
    return std::distance(std::filesystem::directory_iterator(path_), std::filesystem::directory_iterator());
  }

 private:
  std::filesystem::path path_;
};

std::string complaint(const std::filesystem::path& folder) {
  try {
    fs::prepare_folder(folder);
  } catch (const fs::OutputError& error) {
    return error.what();
  }
  return "none";
}

}  // namespace

TEST(Output, MakesTheFolderWithItsParentsAndLeavesNothingInIt) {
  const Folder folder;
  EXPECT_EQ(complaint(folder / "a/b"), "none");
  EXPECT_TRUE(std::filesystem::is_empty(folder / "a/b"));
}

TEST(Output, AFileInPlaceOfTheFolderIsRefused) {
  const Folder folder;
  std::ofstream(folder / "file") << "x";
  EXPECT_THAT(complaint(folder / "file"), HasSubstr("it is not a folder"));
  EXPECT_THAT(complaint(folder / "file/below"), HasSubstr("cannot write results to"));
}

TEST(Output, AFolderThatTakesNoFilesIsRefused) { EXPECT_THAT(complaint("/proc/self"), HasSubstr("/proc/self: ")); }

TEST(Output, ReplacesAFileWholeAndLeavesNoTemporary) {
  const Folder folder;
  fs::write_file(folder / "r.json", "a long first version");
  fs::write_file(folder / "r.json", "second");
  std::ostringstream text;
  text << std::ifstream(folder / "r.json").rdbuf();
  EXPECT_EQ(text.str(), "second");
  EXPECT_EQ(folder.entries(), 1);
}

TEST(Output, AFailedWriteLeavesNothingBehind) {
  const Folder folder;
  std::filesystem::create_directory(folder / "r.json");
  EXPECT_THROW(fs::write_file(folder / "r.json", "x"), fs::OutputError);
  EXPECT_EQ(folder.entries(), 1);
}

TEST(Progress, SaysHowFarHowFastAndHowLong) {
  EXPECT_EQ(fs::progress_text(fs::microseconds(10), fs::microseconds(40), 26'000'000, 2),
            "10.0 us of 40.0 us (25 %), 13.0 M flit-hops/s, 0:06 left");
}

TEST(Progress, WithoutAnEndThereIsNoTimeLeft) {
  EXPECT_EQ(fs::progress_text(fs::microseconds(10), Femtoseconds::max(), 500, 1), "10.0 us, 500 flit-hops/s");
}

TEST(Progress, InvisibleWritesNothing) {
  std::FILE* file = std::tmpfile();
  {
    fs::Progress progress(file, false, 80);
    progress.begin(Femtoseconds::max());
    progress.points(1, 2);
  }
  EXPECT_EQ(std::ftell(file), 0);
  {
    fs::Progress progress(file, true, 80);
    progress.begin(Femtoseconds::max());
    progress.points(1, 2);
  }
  EXPECT_GT(std::ftell(file), 0);
  std::fclose(file);
}
