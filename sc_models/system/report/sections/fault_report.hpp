// SPDX-License-Identifier: Apache-2.0
// The part of the terminal report that speaks of faults.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "system/report/text/style.hpp"

namespace fs {

/// Faults, windows and blast radius of a result; nothing for one without faults.
/// The same of each point of a sweep, a row a point: the worst of its faults, and its windows.
std::string render_fault_points(const nlohmann::ordered_json& points, const TextStyle& style);
std::string render_faults(const nlohmann::ordered_json& result, const TextStyle& style);

}  // namespace fs
