// SPDX-License-Identifier: Apache-2.0
// Energy and cost on the terminal.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "system/report/text/style.hpp"

namespace fs {

/// Of one run; empty where its result has none.
std::string render_energy(const nlohmann::ordered_json& result, const TextStyle& style);
/// A line a point of a sweep; empty where no point has any.
std::string render_energy_of_points(const nlohmann::ordered_json& points, const TextStyle& style);

}  // namespace fs
