// SPDX-License-Identifier: Apache-2.0
// The scenario's `topology:` and `routing:` blocks (docs/fabric.md has every key).
#pragma once

#include <vector>

#include "config/reader.hpp"
#include "fabric/routes.hpp"
#include "fabric/topology.hpp"

namespace fs {

/// Reads a `topology:` block and builds it, so that whatever is impossible is a ConfigError at its key.
struct ReadTopology {
  TopologySpec spec;
  Topology topology;
};
ReadTopology read_topology(const Reader& reader);
/// Builds a spec read from `reader` (and perhaps added to since); its errors are placed there.
Topology build_read_topology(const Reader& reader, const TopologySpec& spec);

/// Reads a `routing:` block. `classes`: the profile's, for modes by class name.
RoutingSpec read_routing(const Reader& reader, const std::vector<TrafficClass>& classes);

/// compute_routes, with its errors placed: dimension order at `routing`, unreachable pairs at `topology`.
Routes read_routes(const Reader& topology_reader, const Reader& routing_reader, const ReadTopology& fabric,
                   const std::vector<TrafficClass>& classes);

}  // namespace fs
