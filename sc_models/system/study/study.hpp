// SPDX-License-Identifier: Apache-2.0
// A scenario file as a whole: its one run, or the points of its sweep; its expectations; its files.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "config/document.hpp"
#include "system/expect/expectation.hpp"
#include "system/scenario.hpp"

namespace fs {

/// run_scenario, or what stands in for it in a test.
using RunPoint = std::function<nlohmann::ordered_json(Document&, const RunOptions&)>;
/// check_scenario, likewise.
using CheckPoint = std::function<std::string(Document&, const RunOptions&)>;

/// How a command ends.
enum class ExitStatus : int { done = 0, failed = 1, bad_input = 2, deadlock = 3 };

struct Study {
  nlohmann::ordered_json result;        ///< the whole result document
  std::string effective_yaml;           ///< the configuration as simulated; of a sweep, as it was given
  std::vector<std::string> point_yaml;  ///< of a sweep, each point's configuration as simulated
  std::vector<ExpectationOutcome> outcomes;
  ExitStatus status = ExitStatus::done;
};

/// Runs `document` with `run_point`. A sweep's points run in processes of their own, `options.jobs` at once; so does a
/// single run where `isolate` is set, which several runs from one process need. Each point gives the same result as its
/// document run alone. A scenario that expects a deadlock may have one. Throws what `run_point` throws.
Study run_study(Document& document, const RunOptions& options, bool isolate, const RunPoint& run_point);

/// Validates `document`, its sweep and its expectations, and returns what `check_point` says of each point.
std::string check_study(Document& document, const RunOptions& options, const CheckPoint& check_point);

/// Writes result.json, effective.yaml and, of a sweep, points/<n>/effective.yaml to `folder`, which is there. Throws
/// OutputError.
void write_study(const Study& study, const std::filesystem::path& folder);

}  // namespace fs
