// SPDX-License-Identifier: Apache-2.0
// One document with a `sweep:` to many without:
//
//     sweep: {path: workload.load, values: [10%, 50%, 90%]}
//     sweep:                                   # several axes: every combination, the last axis fastest
//       - {path: workload.load, values: [10%, 50%]}
//       - name: memory                         # an axis whose cases each set several keys
//         cases:
//           local: {workload.targets: self, workload.window: 4}
//           remote: {workload.targets: others, workload.window: 16}
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "config/document.hpp"

namespace fs {

/// One point of a sweep.
struct SweepPoint {
  /// {path or axis name: value or case name}, as it stands in the result's `points[i].sweep`.
  nlohmann::ordered_json values;
  /// "workload.load = 10%, memory = local"
  std::string label;
  /// The whole document with these values set, and with neither `sweep` nor `expect`.
  Document document;
};

/// The points of `document`, in order; nothing when it has no `sweep`. A sweep of more than `most_points` is refused.
/// Throws ConfigError at the value that is wrong.
std::optional<std::vector<SweepPoint>> expand_sweep(Document& document);

constexpr std::size_t most_points = 10'000;

}  // namespace fs
