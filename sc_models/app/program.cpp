// SPDX-License-Identifier: Apache-2.0
#include "app/program.hpp"

#include <cstdio>

#include "app/command_line.hpp"
#include "app/session.hpp"
#include "system/scenario.hpp"

namespace fs {

int run_program(int argc, const char* const* argv) {
  const auto parsed = parse_command_line(argc, argv);
  if (const auto* message = std::get_if<ParsedMessage>(&parsed)) {
    std::fputs(message->text.c_str(), message->status == 0 ? stdout : stderr);
    return message->status;
  }
  return run_session(std::get<CommandLine>(parsed), run_scenario, check_scenario);
}

}  // namespace fs
