// SPDX-License-Identifier: Apache-2.0
// Generators: from a few numbers to a graph of chips and links.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "fabric/graph.hpp"

namespace fs {

/// One switch `sw0`. Link j of GPU g sits at switch port g * links_per_gpu + j.
struct SingleSwitch {
  std::int64_t gpus = 8;           ///< 1 .. 4096
  std::int64_t links_per_gpu = 1;  ///< >= 1
};

/// Switches side by side, each reached by every GPU: HGX boards, NVL72 (72 GPUs, 18 switches, 1 link each).
/// A GPU's ports are numbered switch by switch: first its links to sw0, then those to sw1, ... At a switch with k
/// links a GPU, link j of GPU g sits at port g * k + j.
struct Planes {
  std::int64_t gpus = 72;
  std::int64_t switches = 18;
  std::int64_t links_per_switch = 1;  ///< from each GPU to each switch
  std::vector<std::int64_t> split;    ///< instead: one number a switch (an 8-GPU H100 board: 5, 4, 4, 5)
};

/// Two boards of switches and GPUs, joined by trunks between switches of equal place (DGX-2). GPUs and switches of
/// board 0 come first. On its board a GPU is linked as in Planes; trunk j of a switch sits behind its GPU ports.
struct TwoBoards {
  std::int64_t gpus_per_board = 8;
  std::int64_t switches_per_board = 6;
  std::int64_t links_per_switch = 1;
  std::int64_t trunks_per_switch = 8;  ///< from each switch to its peer on the other board
};

/// Racks of planes (NVL72: 72 GPUs, 18 switches) behind a second level: the switches of equal place in all racks are
/// joined by the spines of their plane. GPUs and switches of rack 0 come first; in its rack a GPU is linked as in
/// Planes. At a rack's switch the uplinks follow the ports of its GPUs, spine by spine; at a spine rack by rack.
struct Racks {
  std::int64_t racks = 2;
  std::int64_t gpus_per_rack = 72;
  std::int64_t switches_per_rack = 18;
  std::int64_t links_per_switch = 1;  ///< from each GPU to each switch of its rack
  std::int64_t spines_per_plane = 1;
  std::int64_t links_per_spine = 36;  ///< from each switch of a rack to each spine of its plane
};

/// k-ary n-dimensional mesh, one GPU a router. Router and GPU n = x + dims[0] * (y + dims[1] * z) ... At a router, port
/// 2d leads up in dimension d, port 2d + 1 down, the last port to its GPU; at the border a port has no link.
struct Mesh {
  std::vector<std::int64_t> dims{8, 8};  ///< 1 to 8 dimensions, each 1 or more
};

/// Two levels, every leaf linked to every spine. At a leaf: the ports of its GPUs, then spine by spine. At a spine:
/// leaf by leaf.
struct LeafSpine {
  std::int64_t leafs = 4;
  std::int64_t spines = 4;
  std::int64_t gpus_per_leaf = 8;
  std::int64_t links_per_gpu = 1;   ///< from a GPU to its leaf
  std::int64_t links_per_pair = 1;  ///< from a leaf to a spine
};

/// Chips and links as listed. GPUs are numbered in the order of the list. Two GPUs may be linked directly.
struct ExplicitTopology {
  struct NamedChip {
    std::string name;
    std::int64_t ports = 1;
  };
  struct NamedLink {
    std::string a;  ///< `gpu0.1`: chip and port
    std::string b;
    Cable cable;
  };
  std::vector<NamedChip> gpus;
  std::vector<NamedChip> switches;
  std::vector<NamedLink> links;
};

struct TopologySpec;

/// Scale-up domains that no link joins, all alike: loads and stores stay inside, messages between them go elsewhere.
/// GPUs are numbered on from domain to domain (`gpu8` is the first of the second domain of eight), switches named after
/// their domain (`d1_sw0`).
struct Domains {
  std::int64_t count = 2;
  std::shared_ptr<const TopologySpec> domain;  ///< no domains in domains
  /// Links after all, of a length that makes no domain: between switches of equal place, `links` each. For those who
  /// insist on loads and stores from one domain to another; single_switch and planes only.
  struct Bridge {
    std::int64_t a = 0, b = 1;
    std::int64_t links = 1;
    Cable cable;
  };
  std::vector<Bridge> bridges;
};

struct TopologySpec {
  std::variant<SingleSwitch, Planes, TwoBoards, Racks, Mesh, LeafSpine, ExplicitTopology, Domains> shape;
  Cable gpu_link;        ///< between a GPU and a switch; explicit links bring their own
  Cable trunk;           ///< between switches
  bool partial = false;  ///< true: GPUs that cannot reach each other are no error (explicit topologies)
};

/// A topology error, and the key of the topology block it belongs to (`gpus`, `links[3].b`; empty: the whole block).
class TopologyKeyError : public TopologyError {
 public:
  TopologyKeyError(std::string key_path, const std::string& what) : TopologyError(what), key(std::move(key_path)) {}
  std::string key;
};

struct Topology {
  Graph graph;
  std::vector<std::int64_t> mesh_dims;  ///< empty unless a mesh: what dimension-order routing needs
  std::int64_t domain_gpus = 0;         ///< GPUs of each of several domains; 0: there is one
  std::int64_t domains() const {
    return domain_gpus == 0 ? 1 : static_cast<std::int64_t>(graph.gpu_count()) / domain_gpus;
  }
  std::int64_t domain_of(NodeId node) const {
    return domain_gpus == 0 ? 0 : static_cast<std::int64_t>(index(node)) / domain_gpus;
  }
};

/// Throws TopologyKeyError when the numbers make no fabric.
Topology build_topology(const TopologySpec& spec);

/// `gpu0.1` as a place in the graph. Throws TopologyError: no such chip, no port number.
LinkEnd parse_link_end(const Graph& graph, const std::string& text);

}  // namespace fs
