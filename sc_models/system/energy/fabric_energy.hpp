// SPDX-License-Identifier: Apache-2.0
// What the parts of a flit-level fabric moved in a run.
#pragma once

#include "energy/account.hpp"
#include "system/energy/energy_plan.hpp"
#include "system/fabric/running_fabric.hpp"

namespace fs {

/// Adds the fabric's links, switches and memories at the end of a run. Bits on a link are what its wire carried:
/// flits, frame overhead, credits, acknowledgements, and whatever was sent again.
void add_fabric(EnergyAccount& account, const EnergyPlan& plan, const RunningFabric& fabric);

/// Payload that arrived at GPUs over the fabric in the whole run.
double delivered_bytes(const RunningFabric& fabric);

}  // namespace fs
