// SPDX-License-Identifier: Apache-2.0
// A whole scale-out network.
#pragma once

#include <vector>

#include "optics/time/recovery.hpp"
#include "scale_out/fabric/ethernet_spec.hpp"
#include "scale_out/nic/nic_spec.hpp"
#include "scale_out/topology/net_graph.hpp"
#include "scale_out/topology/net_topology.hpp"

namespace fs {

/// A cable is cut, both ways, and mended perhaps.
struct NetFailure {
  std::size_t link = 0;  ///< of the graph that the topology makes
  LightInterval dark;
};

/// A switch stops, and comes back empty perhaps: its cables are dark, and what it holds is lost.
struct NetSwitchFailure {
  NetNodeId node{};  ///< of the graph that the topology makes
  LightInterval dead;
};

struct ScaleOutSpec {
  NetTopologySpec topology;
  EthernetSpec ethernet;
  NicSpec nic;
  std::vector<NetFailure> failures;
  std::vector<NetSwitchFailure> switch_failures;
  LineRecovery rerouting;  ///< how long switches take to leave out a cable that is cut; kind none: for ever
  std::uint64_t seed = 1;
};

}  // namespace fs
