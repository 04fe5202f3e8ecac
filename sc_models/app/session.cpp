// SPDX-License-Identifier: Apache-2.0
// Running and checking the files of a command line.
#include "app/session.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <functional>
#include <set>

#include "common/check.hpp"
#include "system/expect/junit.hpp"
#include "system/report/output.hpp"
#include "system/report/progress.hpp"
#include "system/report/terminal.hpp"
#include "system/scenario/files/protocol_file.hpp"
#include "system/study/campaign.hpp"

namespace fs {

namespace {

/// Which of two ends is told to the caller of the program.
ExitStatus worse(ExitStatus a, ExitStatus b) {
  const auto rank = [](ExitStatus status) {
    switch (status) {
      case ExitStatus::done:
        return 0;
      case ExitStatus::failed:
        return 1;
      case ExitStatus::deadlock:
        return 2;
      case ExitStatus::bad_input:
        return 3;
    }
    return 3;
  };
  return rank(a) >= rank(b) ? a : b;
}

/// Runs `action`; errors become a line on stderr, text in `error`, and a status.
ExitStatus guarded(const std::string& file, std::string& error, const std::function<ExitStatus()>& action) {
  auto status = ExitStatus::failed;
  try {
    return action();
  } catch (const ConfigError& problem) {
    error = problem.what();
    status = ExitStatus::bad_input;
  } catch (const OutputError& problem) {
    error = problem.what();
    status = ExitStatus::bad_input;
  } catch (const InvariantError& problem) {
    error = file + ": broken invariant: " + problem.what();
  } catch (const std::exception& problem) {
    error = file + ": " + problem.what();
  }
  fmt::print(stderr, "{}\n", error);
  return status;
}

Document load(const CommandLine& line, const std::string& file) {
  auto document = Document::from_file(file);
  open_protocol(document);
  for (const auto& [path, value] : line.settings) document.set(path, value);
  if (line.seed) document.set("seed", std::to_string(*line.seed), "--seed");
  return document;
}

class Session {
 public:
  Session(const CommandLine& line, const RunPoint& run_point, const CheckPoint& check_point)
      : line_(line),
        run_point_(run_point),
        check_point_(check_point),
        style_(detect_style(STDOUT_FILENO, line.plain)),
        progress_(stderr, !line.quiet && isatty(STDERR_FILENO) != 0, detect_style(STDERR_FILENO, true).width) {}

  int go() {
    std::string error;
    auto status = guarded("farspan", error, [&] { return prepare(); });
    if (status != ExitStatus::done) return static_cast<int>(status);
    for (const auto& file : line_.files) {
      status = worse(status, line_.command == Command::check      ? check(file)
                             : line_.command == Command::campaign ? campaign(file)
                                                                  : run(file));
    }
    if (!line_.junit.empty()) {
      status = worse(status, guarded("farspan", error, [&] {
                       write_file(line_.junit, junit_xml(suites_));
                       return ExitStatus::done;
                     }));
    }
    return static_cast<int>(status);
  }

 private:
  /// Refuses what could not be written in the end, before anything runs.
  ExitStatus prepare() {
    std::set<std::filesystem::path> folders;
    if (!line_.out.empty()) {
      for (const auto& file : line_.files) {
        const auto folder = folder_of(file);
        if (!folders.insert(folder).second) {
          throw OutputError("two scenarios would write to " + folder.string() + "; run them apart, or rename one");
        }
        prepare_folder(folder);
      }
    }
    if (!line_.junit.empty()) {
      std::error_code error;
      if (std::filesystem::is_directory(line_.junit, error)) {
        throw OutputError("cannot write " + line_.junit.string() + ": it is a folder");
      }
      prepare_folder(line_.junit.has_parent_path() ? line_.junit.parent_path() : ".");
    }
    return ExitStatus::done;
  }

  std::filesystem::path folder_of(const std::string& file) const {
    if (line_.out.empty() || line_.files.size() == 1) return line_.out;
    return line_.out / std::filesystem::path(file).stem();
  }

  RunOptions options_for(const std::string& file) {
    RunOptions options;
    options.until = line_.until;
    options.allow_deadlock = line_.allow_deadlock;
    options.quiet = line_.quiet;
    options.sleep = line_.sleep;
    options.cores = line_.cores;
    options.build_cores = line_.build;
    options.waves = line_.waves;
    options.out = folder_of(file);
    options.jobs = line_.jobs;
    options.progress = progress_.visible() ? &progress_ : nullptr;
    return options;
  }

  ExitStatus run(const std::string& file) {
    JunitSuite suite;
    suite.file = suite.name = file;
    suite.command = reproduce_command(line_, file);
    const auto status = guarded(file, suite.error, [&] {
      auto document = load(line_, file);
      auto study = run_study(document, options_for(file), line_.files.size() > 1, run_point_);
      if (!line_.out.empty()) write_study(study, folder_of(file));
      print(study, suite.command);
      point_at_waves(study, folder_of(file));
      suite.name = study.result.value("scenario", file);
      suite.seconds = study.result.value("wall_s", 0.0);
      suite.outcomes = std::move(study.outcomes);
      if (study.status == ExitStatus::deadlock) suite.error = "the simulated fabric deadlocked";
      return study.status;
    });
    progress_.clear();
    if (status == ExitStatus::failed && !suite.error.empty()) fmt::print(stderr, "reproduce: {}\n", suite.command);
    suites_.push_back(std::move(suite));
    return status;
  }

  void print(const Study& study, const std::string& command) const {
    const bool failed = study.status != ExitStatus::done;
    if (!line_.quiet) {
      fmt::print("{}", render_report(study.result, style_));
    } else if (failed) {
      fmt::print("{}", render_failures(study.result, style_));
    }
    if (failed) fmt::print("\nreproduce: {}\n", command);
    if (!line_.quiet && line_.files.size() > 1) fmt::print("\n");
    std::fflush(stdout);
  }

  void point_at_waves(const Study& study, const std::filesystem::path& folder) const {
    if (line_.quiet || !study.result.contains("waves")) return;
    fmt::print("\nwaveform: gtkwave {}\n", (folder / "waves.gtkw").string());
    std::fflush(stdout);
  }

  ExitStatus campaign(const std::string& file) {
    std::string error;
    return guarded(file, error, [&] {
      auto document = load(line_, file);
      CommandLine one = line_;
      one.seed.reset();
      const Campaign made =
          run_campaign(document, line_.draws, options_for(file), run_point_, reproduce_command(one, file));
      if (!line_.quiet || made.status != ExitStatus::done) fmt::print("{}", render_campaign(made));
      std::fflush(stdout);
      return made.status;
    });
  }

  ExitStatus check(const std::string& file) {
    std::string error;
    return guarded(file, error, [&] {
      auto document = load(line_, file);
      fmt::print("{}\n", check_study(document, options_for(file), check_point_));
      return ExitStatus::done;
    });
  }

  const CommandLine& line_;
  const RunPoint& run_point_;
  const CheckPoint& check_point_;
  TextStyle style_;
  Progress progress_;
  std::vector<JunitSuite> suites_;
};

}  // namespace

int run_session(const CommandLine& line, const RunPoint& run_point, const CheckPoint& check_point) {
  return Session(line, run_point, check_point).go();
}

}  // namespace fs
