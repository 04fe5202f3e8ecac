// SPDX-License-Identifier: Apache-2.0
// What a command line asks for, file by file.
#pragma once

#include "app/command_line.hpp"
#include "system/study/study.hpp"

namespace fs {

/// Does what `line` says: results to stdout, errors and progress to stderr. Every file is tried; returns the exit
/// status that matters most: bad input, then deadlock, then a failed expectation or invariant.
int run_session(const CommandLine& line, const RunPoint& run_point, const CheckPoint& check_point);

}  // namespace fs
