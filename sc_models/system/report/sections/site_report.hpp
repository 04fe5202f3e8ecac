// SPDX-License-Identifier: Apache-2.0
// Messages between domains and sites, gateways and waves, on the terminal.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "system/report/text/style.hpp"

namespace fs {

/// Empty where a run had none of them.
std::string render_sites(const nlohmann::ordered_json& result, const TextStyle& style);

}  // namespace fs
