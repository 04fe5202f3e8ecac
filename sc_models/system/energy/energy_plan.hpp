// SPDX-License-Identifier: Apache-2.0
// The `energy:` block of a fabric: which part each link, switch and memory is.
#pragma once

#include <optional>
#include <vector>

#include "config/reader.hpp"
#include "energy/catalogue.hpp"
#include "fabric/graph.hpp"
#include "system/energy/site_energy.hpp"

namespace fs {

struct EnergyPlan {
  CostTerms terms;
  std::vector<PartPtr> links;     ///< by link
  std::vector<PartPtr> switches;  ///< by chip; null for GPUs
  PartPtr memory;
  std::optional<SiteParts> sites;  ///< where domains are joined
};

/// Reads the block; nothing where the scenario has none. `sites`: null where nothing joins domains. Throws ConfigError,
/// also for a link longer than its part reaches, with those that reach it.
std::optional<EnergyPlan> read_energy(const Reader& root, const Graph& graph, const SitesPlan* sites);

}  // namespace fs
