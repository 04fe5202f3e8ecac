// SPDX-License-Identifier: Apache-2.0
// A small fabric of planes, and how tests read faults of it.
#pragma once

#include <string>
#include <vector>

#include "config/document.hpp"
#include "fault/fabric_manager.hpp"
#include "fault/read_faults.hpp"

namespace fs::test {

constexpr Clock gigahertz(nanoseconds(1));

inline Topology planes(std::int64_t gpus = 4, std::int64_t switches = 3) {
  TopologySpec spec;
  Planes shape;
  shape.gpus = gpus;
  shape.switches = switches;
  spec.shape = shape;
  return build_topology(spec);
}

inline Profile two_classes() {
  Profile profile;
  profile.lanes.count = 4;
  profile.classes = {{"request", 1, 8}, {"response", 1, 8}};
  return profile;
}

inline RoutePlan route_plan(const Topology& topology) {
  const Routes routes = compute_routes(topology, VcPlan({1, 1}), {});
  return RoutePlan(topology, {}, routes, {"request", "response"}, {{ClassId{0}, ClassId{1}}}, true);
}

/// Reads a list of faults; `text` is that list.
inline std::vector<FaultSpec> faults_of(const std::string& text, const Topology& topology,
                                        const LinkSpeeds& speeds = {}) {
  auto document = Document::from_text("faults:\n" + text, "t.yaml");
  auto faults = read_faults(document.root().list("faults"), topology, two_classes(), speeds);
  document.root().finish();
  return faults;
}

}  // namespace fs::test
