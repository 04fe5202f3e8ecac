// SPDX-License-Identifier: Apache-2.0
// The points of a sweep as a table and a plot.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "system/report/text/style.hpp"

namespace fs {

/// One row a point: its swept values, load, latency of transactions (of packets where there are none); then mean
/// latency against the first swept value that is a number.
std::string render_sweep(const nlohmann::ordered_json& points, const TextStyle& style);

}  // namespace fs
