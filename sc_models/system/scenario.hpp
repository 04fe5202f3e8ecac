// SPDX-License-Identifier: Apache-2.0
// One scenario document to a running fabric and its results. Sweeps, expectations and files are made of this elsewhere:
// system/study.
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "common/quantity.hpp"
#include "config/document.hpp"
#include "system/waves/wave_options.hpp"

namespace fs {

class Progress;

/// What the command line adds to a scenario without being part of it. The seed is part of it: `--seed N` sets `seed: N`
/// in the document before it gets here.
struct RunOptions {
  std::optional<Femtoseconds> until;         ///< stop at this simulated time, > 0; nothing: when the scenario ends
  bool allow_deadlock = false;               ///< run although the dependency graph has a cycle
  bool quiet = false;                        ///< no progress, no report
  std::vector<std::filesystem::path> cores;  ///< folders of cores of one's own, first found first
  bool build_cores = false;                  ///< check_scenario: build the RTL that a run would
  bool sleep = true;                         ///< false: step idle chips too; never changes a result
  std::filesystem::path out;                 ///< folder for this run's files, made by who writes there; empty: no files
  std::optional<WaveOptions> waves;          ///< write a waveform to `out`, which must be given; never changes a result
  int jobs = 1;                              ///< processes at once for a sweep, >= 1; one run is always one thread
  Progress* progress = nullptr;              ///< told of simulated time now and then; null: nobody is looking
};

/// Runs `document`, which is one point: `sweep` and `expect` are gone from it. Reads the rest through document.root()
/// and finishes it, so that document.effective_yaml() afterwards is the whole configuration.
///
/// Returns the result document of docs/results.md without `expectations` and `points`. Its key `deadlock`, text that
/// says who waits for whom, is there only if the fabric came to a stop (deadlock or livelock). At most one call a
/// process: a SystemC kernel starts once.
///
/// Throws ConfigError for bad input, which includes a cycle in the dependency graph unless `allow_deadlock`; and
/// InvariantError when the simulator finds itself wrong.
nlohmann::ordered_json run_scenario(Document& document, const RunOptions& options);

/// Reads and resolves `document` like run_scenario, and runs nothing. Returns text: the resolved fabric, and the proof
/// that its dependency graph has no cycle; with `build_cores`, its RTL is built. Throws as run_scenario does.
std::string check_scenario(Document& document, const RunOptions& options);

}  // namespace fs
