// SPDX-License-Identifier: Apache-2.0
// Who takes the decisions of each link's retry: `link_layer` for all, `link_layers` by name or pattern.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "config/reader.hpp"
#include "cosim/retry/retry_rtl.hpp"
#include "system/fabric/fabric_plan.hpp"

namespace fs {

/// Keys of the scenario:
///   link_layer    model | rtl | lockstep; model
///   link_layers   a mapping of link names, in which * stands for any text, to the same: what differs; a later line
///   counts
///                 more than an earlier one
struct LinkLayerRule {
  std::string pattern;
  cosim::RetryEngine engine = cosim::RetryEngine::model;
  std::optional<Node> at;  ///< nothing: the default
};

/// Fills in the plan's retry engines, by link. Throws ConfigError at the rule: no such engine, a rule for no link; and
/// at the key of `protocol` that RTL does not know. Returns the rule that each link follows.
std::vector<LinkLayerRule> choose_link_layers(const Reader& root, const Reader& protocol, FabricPlan& plan);

}  // namespace fs
