// SPDX-License-Identifier: Apache-2.0
// A result document as text for a terminal. Works on the document alone, so on one read back from a file too.
#pragma once

#include <nlohmann/json.hpp>
#include <string>

#include "system/report/text/style.hpp"

namespace fs {

/// Header, latencies, ledgers as a bar a cause, throughput, the links most used or most stalled, warnings and
/// expectations; of a sweep a table of its points and a plot in place of the middle part. Parts that the document does
/// not have are left out.
std::string render_report(const nlohmann::ordered_json& result, const TextStyle& style);

/// What went wrong and nothing else: the deadlock, and the expectations that failed.
std::string render_failures(const nlohmann::ordered_json& result, const TextStyle& style);

}  // namespace fs
