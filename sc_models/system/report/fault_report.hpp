// SPDX-License-Identifier: Apache-2.0
// The part of the terminal report that speaks of faults.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "system/report/text/style.hpp"

namespace fs {

/// Faults, windows and blast radius of a result; nothing for one without faults.
std::string render_faults(const nlohmann::ordered_json& result, const TextStyle& style);

}  // namespace fs
