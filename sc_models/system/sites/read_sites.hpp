// SPDX-License-Identifier: Apache-2.0
// `sites:`, the waves between them, and what goes by messages from domain to domain.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "config/document.hpp"
#include "fabric/topology.hpp"
#include "fabric/topology_config.hpp"
#include "transport/run/wave_config.hpp"
#include "transport/sites/site_spec.hpp"
#include "workload/streams/stream_spec.hpp"

namespace fs {

struct ScaleOutSpec;

struct SitesPlan {
  SiteNetworkSpec network;
  std::vector<WaveSpec> waves;                              ///< by wave of the network: what it is made of
  std::vector<std::shared_ptr<const ScaleOutSpec>> inside;  ///< by site; empty: NICs and a latency
  bool direct = false;  ///< one network for all domains, no gateway: `scale_out` without `sites`
};

/// Keys, units, ranges and defaults: docs/sites.md. Null where the scenario has neither `sites:` nor `scale_out:`. Its
/// catalogue must have been resolved (resolve_catalogue). Throws ConfigError.
std::shared_ptr<const SitesPlan> read_sites(const Reader& root, const Topology& topology, std::uint64_t seed);

/// Joins domains by flit links as long as the way between them, for streams that say `insist: true` and whose loads or
/// stores go from one to another; builds the fabric anew if there are any.
void join_for_insisted_loads(const Reader& root, const Reader& topology_reader, const SitesPlan* sites,
                             ReadTopology& fabric);

/// What a load from one GPU to another, in another domain, would cost with this stream's window: for the error message
/// that refuses it.
std::string cost_of_load(const Topology& topology, const SitesPlan* sites, const StreamSpec& stream, NodeId from,
                         NodeId to);

}  // namespace fs
