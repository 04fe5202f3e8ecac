// SPDX-License-Identifier: Apache-2.0
// Scenarios of a scale-out network by itself: NICs, switches and traffic between them, without GPUs and flits.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "config/document.hpp"
#include "system/scenario.hpp"

namespace fs {

/// Whether a scenario describes a scale-out network and no fabric.
bool is_scale_out(const Document& document);

/// As run_scenario and check_scenario of system/scenario.hpp.
nlohmann::ordered_json run_scale_out(Document& document, const RunOptions& options);
std::string check_scale_out(Document& document);

}  // namespace fs
