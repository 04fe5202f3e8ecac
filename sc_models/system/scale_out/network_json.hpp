// SPDX-License-Identifier: Apache-2.0
// What a scale-out network did, as parts of the result document.
#pragma once

#include "scale_out/traffic/scale_out_run.hpp"
#include "system/report/result_json.hpp"

namespace fs {

/// Over which time ports are looked at: from `begin`, when they had sent `before`, to `end`.
struct PortWindow {
  Femtoseconds begin{0};
  Femtoseconds end{0};
  const IdVector<NetPortId, std::uint64_t>* before = nullptr;  ///< null: from the beginning
};

/// `network`: packets, transports, flow control, marks.
Json network_json(const ScaleOutNetwork& network);
/// `events`: what happened to its cables, and what switches did about it.
Json cable_events(const ScaleOutNetwork& network, Femtoseconds end);
/// `ports`, one entry each.
Json ports_json(const ScaleOutNetwork& network, const PortWindow& window);
/// `port_groups`: ports of one kind, such as leaf->spine, together.
Json port_groups_json(const ScaleOutNetwork& network, const PortWindow& window);
/// One entry of `traffic`, of a run that ended at `end`.
Json traffic_json(const NetTraffic& traffic, const ScaleOutRun& run, Femtoseconds end);

}  // namespace fs
