// SPDX-License-Identifier: Apache-2.0
// What joins domains and sites draws and costs: adapters, networks inside sites, gateways and waves.
#pragma once

#include <optional>

#include "energy/account.hpp"
#include "system/energy/network_energy.hpp"
#include "system/energy/wave_energy.hpp"
#include "system/sites/read_sites.hpp"
#include "system/sites/site_carrier.hpp"

namespace fs {

struct SiteParts {
  PartPtr nic;                          ///< of sites whose network is not described
  PartPtr nic_link;                     ///< and what it hangs on
  std::optional<NetworkParts> network;  ///< of those whose is
  PartPtr gateway;
  PartPtr gateway_memory;
  std::optional<WaveParts> waves;
};
/// Only what the plan has is asked for, so that a catalogue need not hold the rest.
SiteParts read_site_parts(const EnergyBlock& block, const SitesPlan& plan);

/// Adds all of it at the end of a run. A gateway's bits are those that it sent on: by waves, with all that was
/// repeated, and to its site. A site without waves needs no gateway, and none is counted.
void add_sites(EnergyAccount& account, const SiteParts& parts, const SitesPlan& plan, const SiteCarrier& carrier);

}  // namespace fs
