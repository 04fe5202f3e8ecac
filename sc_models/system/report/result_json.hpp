// SPDX-License-Identifier: Apache-2.0
// What was measured, as fields of the result document: times in ns, rates in GB/s per direction.
#pragma once

#include <cstdint>
#include <nlohmann/json.hpp>
#include <string>
#include <utility>
#include <vector>

#include "common/clock.hpp"
#include "common/quantity.hpp"
#include "observe/class_stats.hpp"
#include "observe/digest.hpp"
#include "observe/occupancy.hpp"

namespace fs {

using Json = nlohmann::ordered_json;

/// The version of this program, "major.minor.patch".
const char* version();
/// The largest resident set of this process so far, in bytes.
std::int64_t peak_resident_bytes();

/// What every result begins with.
struct RunFacts {
  std::string scenario;  ///< the scenario's name
  std::uint64_t seed = 0;
  Digest digest;
  Femtoseconds sim_time{0};  ///< when the run ended
  double wall_s = 0;         ///< seconds of wall time the simulation took
  std::uint64_t flit_hops = 0;
};
/// {scenario, seed, version, digest, sim_time_ns, wall_s, flit_hops, flit_hops_per_s, peak_rss_bytes}
Json run_json(const RunFacts& facts);

/// {count, mean, min, p50, p90, p99, p999, max, ci95}; ci95 is the half width of the 95 % confidence interval by batch
/// means, null where there is none.
Json latency_json(const LatencyHistogram& latency, const BatchMeans& batches);
/// {cause: mean, ...} for every cause, in the order of enum Cause; the means sum to the latency's mean.
Json ledger_json(const LedgerSum& ledger);

/// The classes of one kind of thing (packets, transactions), all with one measurement window; at least one.
using ClassList = std::vector<const ClassStats*>;
/// All of them as one, called "all".
ClassStats merged(const ClassList& classes);

/// Sets `<what>_latency_ns` and `<what>_ledger_ns` in `result`, each {all, and one per class}. `what` is "packet" or
/// "transaction". Throws InvariantError when a ledger does not sum to its latencies.
void put_latencies(Json& result, const std::string& what, const ClassList& classes);

/// {offered, accepted, offered_flits, accepted_flits, classes {name {the same}}}: payload GB/s, and flits a cycle of
/// `clock`, each the mean of one of `endpoints` (> 0) GPUs over the measurement window, or what a run that ended at
/// `run_end` has seen of it.
Json throughput_json(const ClassList& classes, std::int64_t endpoints, Clock clock, Femtoseconds run_end);

/// Texts for `warnings`: a window that was not steady, a load above saturation. `what` as in put_latencies.
std::vector<std::string> steadiness_warnings(const std::string& what, const ClassList& classes);

/// One channel, for `links`.
struct LinkFacts {
  std::string name;
  double utilisation = 0;  ///< share of its wire time that carried flits, 0 to 1
  std::uint64_t flits = 0;
  std::uint64_t retries = 0;
  std::uint64_t errors = 0;
  std::string state = "up";
  /// By cause, the share (0 to 1) of the measured time in which a flit wanted this link and could not have it.
  std::vector<std::pair<std::string, double>> stalled;
  std::uint64_t replay_high_water = 0;
  Json layer;  ///< what its link layer counted; null: it has none
};
Json link_json(const LinkFacts& link);

/// One buffer, for `buffers`: {name, depth, high_water, p99}, in flits, up to `now` in the occupancy's own time unit.
Json buffer_json(const std::string& name, const Occupancy& occupancy, std::int64_t now);

}  // namespace fs
