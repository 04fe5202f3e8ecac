// SPDX-License-Identifier: Apache-2.0
// What a scenario expects of its results: `expect:`, a list of
//
//     - {path: packets.dropped, is: "==", value: 0}
//     - {path: transaction_latency_ns.all.mean, is: within, value: 690ns, tolerance: 3%}
//     - {path: "links[*].utilisation", is: within, value: [0, 95%]}
//     - {path: points[0].transaction_latency_ns.all.mean, save_as: local}
//     - {path: points[1].transaction_latency_ns.all.mean, is: "<=", than: local, factor: 3, offset: 10ns}
//     - {deadlock: true}
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "config/document.hpp"
#include "system/expect/result_path.hpp"

namespace fs {

enum class Comparison { equal, not_equal, less, less_or_equal, greater, greater_or_equal, within };

/// How far off is still met: an amount in the result's own unit, or a share of the expected value.
struct Tolerance {
  double amount = 0;      ///< >= 0
  bool relative = false;  ///< written with a percent sign
};

struct Expectation {
  SourcePosition position;       ///< of the entry in the scenario
  std::optional<bool> deadlock;  ///< a `{deadlock: ...}` entry, which has nothing else
  ResultPath path;
  std::string save_as;                        ///< a name for path's value, for later `than`s
  std::optional<Comparison> is;               ///< nothing: the entry only saves
  std::vector<nlohmann::ordered_json> value;  ///< one; two limits for `within` a range; none with `than`
  std::string written;                        ///< a single value as it was written, for results that are text
  std::optional<ResultPath> than;             ///< the earlier result compared with, instead of a value
  double factor = 1;                          ///< the expected value is factor * than + offset
  double offset = 0;
  std::optional<Tolerance> tolerance;

  /// How it reads: "packets.dropped == 0".
  std::string text() const;
};

/// Reads the `expect:` list that `node` is. Values may carry a unit: a time becomes ns, a rate GB/s, a percentage a
/// share. Throws ConfigError.
std::vector<Expectation> read_expectations(const Node& node);

struct ExpectationOutcome {
  std::string text;
  bool ok = false;
  nlohmann::ordered_json value;  ///< what the result holds; null when it is not there
  std::string limit;             ///< the numbers that would have been met: "<= 927", "in [669.3, 710.7]"
  std::string why;               ///< of a failure: the entry that failed, what is missing
  SourcePosition position;
};

/// Holds each expectation against `result`. Entries that only save a value come out when that value is missing.
std::vector<ExpectationOutcome> evaluate(const std::vector<Expectation>& expectations,
                                         const nlohmann::ordered_json& result);

/// The result's `expectations`: [{text, ok, value, limit, why, where}], limit and why where there is one.
nlohmann::ordered_json expectations_json(const std::vector<ExpectationOutcome>& outcomes);

/// Whether the run, or any point of a sweep, came to a stop.
bool deadlocked(const nlohmann::ordered_json& result);

}  // namespace fs
