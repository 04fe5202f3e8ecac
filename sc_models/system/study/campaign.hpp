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
  /// `draws`, `outcomes`; `failed`: those that deadlocked, crashed, broke an invariant or
  /// an expectation, each with `seed`, `why` and the command to `reproduce` it; of each measure `mean`, `ci95`,
  /// percentiles.
  nlohmann::ordered_json result;
  std::uint64_t run_now = 0;  ///< draws that had not been made before
  ExitStatus status = ExitStatus::done;
};

/// Runs `document`, which has no sweep, `draws` (1 .. 100,000) times, draw i with seed `seed` + i, `options.jobs` at
/// once, each in a process of its own. With `options.out` each draw's numbers go to draws/<seed>.json there as soon as
/// it has ended, and a draw whose file is there already, of the same scenario and version, is not run again. The same
/// draws give the same result, whatever the number of jobs and however often it was interrupted. Throws ConfigError
/// when the document is wrong. `reproduce`: the command of one draw, to which its seed is appended.
Campaign run_campaign(Document& document, std::uint64_t draws, const RunOptions& options, const RunPoint& run_point,
                      const std::string& reproduce);

/// A table for the terminal.
std::string render_campaign(const Campaign& campaign);

}  // namespace fs
