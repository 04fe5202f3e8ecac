// SPDX-License-Identifier: Apache-2.0
// In a fabric in parts, nobody may be asked to reach what lies in another part.
#pragma once

#include "config/reader.hpp"
#include "system/fabric/fabric_plan.hpp"

namespace fs {

/// Throws ConfigError at the stream, schedule or open loop of `workload` that sends, or may send, to a GPU without a
/// way.
void check_reachable(const FabricPlan& plan, const Reader& workload);

/// Throws ConfigError where `open_loop` lets GPUs send to themselves and one has a link without a switch.
void check_self(const FabricPlan& plan, const Reader& open_loop);

}  // namespace fs
