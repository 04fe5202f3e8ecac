// SPDX-License-Identifier: Apache-2.0
// What NICs, Ethernet-class switches and the links between them draw and cost.
#pragma once

#include "energy/account.hpp"
#include "scale_out/network/scale_out_network.hpp"
#include "system/energy/choose_part.hpp"

namespace fs {

struct NetworkParts {
  PartPtr nic;
  PartPtr ethernet;
  PartPtr nic_link, leaf_link;  ///< null: by length
  PartPtr copper, optics;       ///< of links for which nothing is named: as short as copper reaches, or longer
  PartPtr link(bool between_switches, Micrometres length) const;
};
NetworkParts read_network_parts(const EnergyBlock& block);

/// Adds the network at the end of a run. A switch's bits are what came in, a NIC's those of its busier direction. A
/// link is as long as light in glass takes to cross it. What else hangs on it, a gateway, is not counted here.
void add_network(EnergyAccount& account, const NetworkParts& parts, const ScaleOutNetwork& network);

}  // namespace fs
