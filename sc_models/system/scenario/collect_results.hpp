// SPDX-License-Identifier: Apache-2.0
// What a finished run has to tell, as the result document.
#pragma once

#include <nlohmann/json.hpp>

#include "system/scenario/read_scenario.hpp"
#include "system/simulation.hpp"

namespace fs {

nlohmann::ordered_json collect_results(const ScenarioSpec& spec, const RunningFabric& fabric, const RunEnd& end);

}  // namespace fs
