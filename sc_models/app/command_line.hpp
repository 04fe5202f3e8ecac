// SPDX-License-Identifier: Apache-2.0
// The command line as data.
#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "common/quantity.hpp"
#include "system/waves/wave_options.hpp"

namespace fs {

enum class Command { run, check, campaign };

struct CommandLine {
  Command command = Command::run;
  std::vector<std::string> files;                             ///< at least one
  std::vector<std::pair<std::string, std::string>> settings;  ///< --set path=value, in order
  std::optional<std::uint64_t> seed;
  std::filesystem::path out;  ///< empty: no files
  std::optional<Femtoseconds> until;
  int jobs = 1;
  std::uint64_t draws = 0;                   ///< of a campaign
  std::filesystem::path junit;               ///< empty: none
  std::vector<std::filesystem::path> cores;  ///< folders of cores of one's own
  bool build = false;                        ///< check: also build the RTL
  std::optional<WaveOptions> waves;
  bool allow_deadlock = false;
  bool quiet = false;
  bool plain = false;
  bool sleep = true;
};

/// The parser's last word: help, the version, or what is wrong; and the exit status that goes with it.
struct ParsedMessage {
  std::string text;
  int status = 0;
};

std::variant<CommandLine, ParsedMessage> parse_command_line(int argc, const char* const* argv);

/// A shell command that runs `file` alone as `line` says, to reproduce its result.
std::string reproduce_command(const CommandLine& line, const std::string& file);

}  // namespace fs
