// SPDX-License-Identifier: Apache-2.0
// Many seeded draws of one scenario's faults, and what came of them.
#pragma once

#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "system/study/study.hpp"

namespace fs {

struct Campaign {
  nlohmann::ordered_json result;      ///< `draws`, `failed`, and of each measure `mean`, `ci95`, percentiles
  std::vector<std::uint64_t> failed;  ///< seeds of draws that deadlocked, broke an invariant or an expectation
  ExitStatus status = ExitStatus::done;
};

/// Runs `document`, which has no sweep, `draws` (1 .. 100,000) times, draw i with seed `seed` + i, `options.jobs` at
/// once, each in a process of its own. With `options.out` each draw's numbers go to draws/<seed>.json there as soon as
/// it has ended, and a draw whose file is there already is not run again. The same draws give the same result, whatever
/// the number of jobs and however often it was interrupted. Throws ConfigError when the first draw's document is wrong.
Campaign run_campaign(Document& document, std::uint64_t draws, const RunOptions& options, const RunPoint& run_point);

/// A table for the terminal; `reproduce`: the command of one draw, to which its seed is appended.
std::string render_campaign(const Campaign& campaign, const std::string& reproduce);

}  // namespace fs
