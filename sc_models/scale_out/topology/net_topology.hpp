// SPDX-License-Identifier: Apache-2.0
// Generators: one switch, leaves and spines, Clos networks of three levels.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "scale_out/topology/net_graph.hpp"

namespace fs {

/// An endpoint beyond the NICs of GPUs, such as a gateway's: behind them in number.
struct ExtraEndpoint {
  std::string name;
  NetLinkSpec link;
};

struct NetTopologySpec {
  enum class Kind : std::uint8_t { single_switch, leaf_spine, clos3 };
  enum class Placement : std::uint8_t {
    packed,  ///< neighbours in number share a leaf
    rails,   ///< GPUs of one number in their domains do
  };
  Kind kind = Kind::leaf_spine;
  Placement placement = Placement::packed;
  int nics = 64;
  int domain = 8;   ///< rails: GPUs of a scale-up domain
  int leaves = 4;   ///< clos3: of all pods
  int spines = 4;   ///< clos3: of a pod
  int pods = 2;     ///< clos3
  int cores = 4;    ///< clos3: of each plane; spine j of every pod is joined with plane j
  int uplinks = 1;  ///< links from a leaf to each of its spines
  NetLinkSpec nic_link;
  NetLinkSpec leaf_link;             ///< leaf to spine
  NetLinkSpec core_link;             ///< spine to core
  std::vector<ExtraEndpoint> extra;  ///< on a leaf of their own, joined with every spine (clos3: core)

  int endpoints() const { return nics + static_cast<int>(extra.size()); }
};

/// What is wrong with it, or an empty string.
std::string topology_problem(const NetTopologySpec& spec);
/// Of a spec without a problem.
NetGraph make_topology(const NetTopologySpec& spec);
/// The leaf of a NIC, counted from 0.
int leaf_of(const NetTopologySpec& spec, int nic);
/// Rate of a leaf's NICs over the leaf's rate up; 0 without spines.
double leaf_oversubscription(const NetTopologySpec& spec);
/// The same of what hangs below any level, where it is largest.
double oversubscription(const NetTopologySpec& spec);

}  // namespace fs
