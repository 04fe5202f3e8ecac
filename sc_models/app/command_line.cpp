// SPDX-License-Identifier: Apache-2.0
// Parsing the command line.
#include "app/command_line.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>
#include <algorithm>
#include <sstream>
#include <stdexcept>
#include <thread>

#include "config/units.hpp"
#include "system/report/result_json.hpp"

namespace fs {

namespace {

constexpr int bad_input = 2;
constexpr int most_jobs = 1024;

constexpr const char* examples = R"(Examples:
  farspan run scenarios/nvl72_remote_memory.yaml
  farspan run scenarios/nvl72_uniform.yaml --set workload.load=0.8 --seed 7 --out out
  farspan run scenarios/nvl72_uniform.yaml --out out --waves=2us..3us
  farspan run scenarios/*.yaml -j 4 --junit results.xml --quiet
  farspan check scenarios/mesh8x8.yaml

Exit status:
  0  done, and every expectation met
  1  an expectation or an invariant failed
  2  bad input, said as file:line:column: what is wrong, what is allowed
  3  the simulated fabric deadlocked)";

/// What the options write to before it is checked.
struct Raw {
  std::vector<std::string> settings;
  std::string until;
  bool no_sleep = false;
  std::string waves;  ///< "true" for the option alone
  std::vector<std::string> wave_scopes;
};

/// A check that help does not mention.
CLI::Validator unnamed(CLI::Validator check) { return check.description(""); }

void add_common(CLI::App& app, CommandLine& line, Raw& raw) {
  app.add_option("FILE", line.files, "Scenario files")->required()->type_name("");
  // One value for each --set, so that files may follow it.
  app.add_option("--set", raw.settings, "Set the value at a path of the scenario; repeatable")
      ->type_name("PATH=VALUE")
      ->allow_extra_args(false);
  app.add_option("--seed", line.seed, "Seed of every random stream")
      ->type_name("N")
      ->check(unnamed(CLI::NonNegativeNumber));
  app.add_option("--cores", line.cores, "Folder of RTL cores of your own; repeatable")
      ->type_name("DIR")
      ->allow_extra_args(false)
      ->delimiter(':')
      ->envname("FARSPAN_CORES");
  app.add_flag("--allow-deadlock", line.allow_deadlock, "Accept a dependency graph with a cycle");
}

void add_run(CLI::App& app, CommandLine& line, Raw& raw) {
  app.add_option("--out", line.out,
                 "Write result.json and effective.yaml here (one folder a file when there are several)")
      ->type_name("DIR");
  app.add_option("--until", raw.until, "Stop at this simulated time")->type_name("TIME");
  app.add_option("-j,--jobs", line.jobs, "Points of a sweep to run at once; default: one a processor")
      ->type_name("N")
      ->check(unnamed(CLI::Range(1, most_jobs)));
  app.add_option("--junit", line.junit, "Write the expectations as JUnit XML")->type_name("FILE");
  app.add_flag("--waves", raw.waves,
               "Write waves.fst and waves.gtkw to DIR: the whole run, a window (--waves=10us..12us), or what is around "
               "an event (--waves=around:failure+-200ns)");
  app.add_option("--waves-scope", raw.wave_scopes, "Only chips and links of this name; * and ?, commas, repeatable")
      ->type_name("PATTERN")
      ->delimiter(',')
      ->allow_extra_args(false);
  app.add_flag("--quiet", line.quiet, "Print nothing but errors and what failed");
  app.add_flag("--plain", line.plain, "Plain ASCII text without colour");
  app.add_flag("--no-sleep", raw.no_sleep, "Step idle chips too: slower, same result (a test of the simulator)");
}

void add_campaign(CLI::App& app, CommandLine& line, Raw& raw) {
  app.add_option("-n,--draws", line.draws, "Draws, each with the next seed")
      ->required()
      ->type_name("N")
      ->check(unnamed(CLI::Range(1, 100'000)));
  app.add_option("--out", line.out, "Write campaign.json and draws/<seed>.json here; what is there is not run again")
      ->type_name("DIR");
  app.add_option("--until", raw.until, "Stop each draw at this simulated time")->type_name("TIME");
  app.add_option("-j,--jobs", line.jobs, "Draws to run at once; default: one a processor")
      ->type_name("N")
      ->check(unnamed(CLI::Range(1, most_jobs)));
  app.add_flag("--quiet", line.quiet, "Print nothing but errors and what failed");
}

std::string shell_quote(const std::string& text) {
  const auto harmless = [](unsigned char c) {
    return std::isalnum(c) != 0 || std::string("_-./=:,@%+").find(static_cast<char>(c)) != std::string::npos;
  };
  if (!text.empty() && std::all_of(text.begin(), text.end(), harmless)) return text;
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? "'\\''" : std::string(1, c);
  return quoted + '\'';
}

void finish_waves(CommandLine& line, const Raw& raw) {
  if (raw.waves.empty()) {
    if (!raw.wave_scopes.empty())
      throw CLI::ValidationError("--waves-scope", "says what of --waves to write: needs it");
    return;
  }
  try {
    line.waves = parse_waves(raw.waves == "true" ? "" : raw.waves);
  } catch (const std::invalid_argument& error) {
    throw CLI::ValidationError("--waves", error.what());
  }
  line.waves->scopes = raw.wave_scopes;
  if (line.out.empty()) throw CLI::ValidationError("--waves", "needs --out DIR: the folder to write to");
}

void finish(CommandLine& line, const Raw& raw) {
  for (const auto& setting : raw.settings) {
    const auto equals = setting.find('=');
    if (equals == std::string::npos || equals == 0) {
      throw CLI::ValidationError("--set", "'" + setting + "' is not path=value");
    }
    line.settings.emplace_back(setting.substr(0, equals), setting.substr(equals + 1));
  }
  line.sleep = !raw.no_sleep;
  finish_waves(line, raw);
  if (raw.until.empty()) return;
  try {
    line.until = parse_time(raw.until);
  } catch (const std::invalid_argument& error) {
    throw CLI::ValidationError("--until", error.what());
  }
  if (*line.until <= Femtoseconds(0)) throw CLI::ValidationError("--until", "a time above 0");
}

}  // namespace

std::variant<CommandLine, ParsedMessage> parse_command_line(int argc, const char* const* argv) {
  CommandLine line;
  Raw raw;
  line.jobs = std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
  CLI::App app{"farspan: the network between AI accelerators, flit by flit"};
  app.set_version_flag("--version", std::string("farspan ") + version());
  app.footer(examples);
  app.require_subcommand(1);
  auto* run = app.add_subcommand("run", "Run scenarios, report, and hold the results against what they expect");
  auto* campaign =
      app.add_subcommand("campaign", "Draw a scenario's faults N times, seeds in a row, and report what came of them");
  auto* check = app.add_subcommand("check", "Validate scenarios, print the resolved fabric and the deadlock proof");
  add_common(*run, line, raw);
  add_run(*run, line, raw);
  add_common(*check, line, raw);
  add_common(*campaign, line, raw);
  add_campaign(*campaign, line, raw);
  check->add_flag("--build", line.build, "Build the RTL that the scenarios need, as a run would");
  try {
    app.parse(argc, argv);
    finish(line, raw);
  } catch (const CLI::ParseError& error) {
    std::ostringstream text;
    const int status = app.exit(error, text, text);
    return ParsedMessage{text.str(), status == 0 ? 0 : bad_input};
  }
  line.command = check->parsed() ? Command::check : campaign->parsed() ? Command::campaign : Command::run;
  return line;
}

std::string reproduce_command(const CommandLine& line, const std::string& file) {
  std::string command = "farspan run " + shell_quote(file);
  for (const auto& [path, value] : line.settings) command += " --set " + shell_quote(path + '=' + value);
  if (line.seed) command += " --seed " + std::to_string(*line.seed);
  if (line.until) command += " --until " + format(*line.until);
  for (const auto& folder : line.cores) command += " --cores " + shell_quote(folder.string());
  if (line.allow_deadlock) command += " --allow-deadlock";
  if (!line.sleep) command += " --no-sleep";
  return command;
}

}  // namespace fs
