// SPDX-License-Identifier: Apache-2.0
// A sweep class by class: how their latencies compare at each point, and where the time of each goes.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "system/report/text/style.hpp"

namespace fs {

/// `latency`: transaction_latency_ns or packet_latency_ns, the key of the points' latencies; the ledgers beside it are
/// shown as well. Empty when no point has measured anything.
std::string render_sweep_classes(const nlohmann::ordered_json& points, const std::string& latency,
                                 const TextStyle& style);

}  // namespace fs
