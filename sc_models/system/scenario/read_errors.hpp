// SPDX-License-Identifier: Apache-2.0
// The scenario's `errors:`: bit error ratios of links from the beginning of a run. docs/scenarios.md has its keys.
#pragma once

#include <vector>

#include "config/reader.hpp"
#include "system/fabric/fabric_plan.hpp"

namespace fs {

/// Reads the entries of `errors:`. Throws ConfigError: a pattern that no link matches, a lane the protocol does not
/// have, a protocol whose FEC names no code.
std::vector<LinkErrors> read_link_errors(const Reader& root, const Graph& graph, const Profile& profile);

}  // namespace fs
