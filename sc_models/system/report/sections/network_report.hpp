// SPDX-License-Identifier: Apache-2.0
// The part of the terminal report that speaks of a scale-out network.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "system/report/text/style.hpp"

namespace fs {

/// Traffic, ports by kind, flow control and transports; nothing for a result without `network`.
std::string render_network(const nlohmann::ordered_json& result, const TextStyle& style);

/// A row for each point and class of traffic.
std::string render_network_sweep(const nlohmann::ordered_json& points, const TextStyle& style);

}  // namespace fs
