// SPDX-License-Identifier: Apache-2.0
// A whole scale-out network.
#pragma once

#include "scale_out/fabric/ethernet_spec.hpp"
#include "scale_out/nic/nic_spec.hpp"
#include "scale_out/topology/net_topology.hpp"

namespace fs {

struct ScaleOutSpec {
  NetTopologySpec topology;
  EthernetSpec ethernet;
  NicSpec nic;
  std::uint64_t seed = 1;
};

}  // namespace fs
