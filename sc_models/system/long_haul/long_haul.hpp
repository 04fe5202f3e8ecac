// SPDX-License-Identifier: Apache-2.0
// Scenarios of waves between sites, at packet granularity: `long_haul:` in place of a topology.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>

#include "config/document.hpp"
#include "system/scenario.hpp"

namespace fs {

/// Whether a document is one of these: waves by themselves, no topology.
bool is_long_haul(const Document& document);

/// run_scenario and check_scenario for them. No kernel: waves do not meet, each runs by itself from event to event.
nlohmann::ordered_json run_long_haul(Document& document, const RunOptions& options);
std::string check_long_haul(Document& document);

}  // namespace fs
