// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace fs {

/// The program: command line in, exit status out.
int run_program(int argc, const char* const* argv);

}  // namespace fs
