// SPDX-License-Identifier: Apache-2.0
// Small scenarios drawn at random, valid by construction, for properties that hold in every fabric.
#pragma once

#include <string>

namespace fs::test {

/// The text of a scenario. Draws from RapidCheck's generators, so that a failing scenario shrinks: only inside a
/// property.
std::string draw_open_loop_scenario();
std::string draw_memory_scenario();

}  // namespace fs::test
