// SPDX-License-Identifier: Apache-2.0
// Which core each switch of a scenario has: `switch.core` for all, `switch.cores` by name or pattern.
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "config/reader.hpp"
#include "cosim/library/core_library.hpp"
#include "system/fabric/fabric_plan.hpp"

namespace fs {

/// Keys of `switch`:
///   core    model | rtl | lockstep | lockstep(NAME) | NAME of a core of one's own; model
///   cores   a mapping of switch names, in which * stands for any text, to the same: what differs; a later line counts
///           more than an earlier one
struct CoreRule {
  std::string pattern;
  std::string core;
  std::optional<Node> at;  ///< nothing: the default
};
std::vector<CoreRule> read_cores(const Reader& reader);

/// Fills in the plan's cores, by chip. Throws ConfigError at the rule: no such core, a rule for no switch; and at the
/// key of `reader`, or of `protocol`, that lies outside the rtl_profile of docs/switch.md where a core needs it.
/// Returns the rule that each chip follows.
std::vector<CoreRule> choose_cores(const std::vector<CoreRule>& rules,
                                   const std::vector<std::filesystem::path>& folders, const Reader& reader,
                                   const Reader& protocol, FabricPlan& plan);

}  // namespace fs
