// SPDX-License-Identifier: Apache-2.0
// Faults in the result document: docs/faults.md explains the keys.
#pragma once

#include <nlohmann/json.hpp>

#include "system/fabric/running_fabric.hpp"

namespace fs {

/// Adds `faults`, `windows`, `blast`, `losses` and `timeline` to the result of a run with faults.
void describe_faults(const RunningFabric& fabric, Femtoseconds end, nlohmann::ordered_json& result);

/// The run's events: what the board holds, in order of time.
nlohmann::ordered_json describe_events(const RunningFabric& fabric);

}  // namespace fs
