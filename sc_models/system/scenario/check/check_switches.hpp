// SPDX-License-Identifier: Apache-2.0
// Whether switches can be built as a scenario asks, said where the scenario says it.
#pragma once

#include "config/reader.hpp"
#include "system/fabric/fabric_plan.hpp"

namespace fs {

/// Throws ConfigError at the key of `root` (a whole scenario) that a switch of this fabric cannot satisfy.
void check_switches(const FabricPlan& plan, const Reader& root);

}  // namespace fs
