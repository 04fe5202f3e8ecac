// SPDX-License-Identifier: Apache-2.0
// NICs, switches and the links between them.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/ids.hpp"
#include "common/quantity.hpp"
#include "scale_out/engine/net_packet.hpp"

namespace fs {

enum class NetNodeId : std::uint32_t {};  ///< a NIC (the first ones, by their endpoint's number) or a switch

/// Both directions of a cable with what stands at its ends.
struct NetLinkSpec {
  BitsPerSecond rate{400'000'000'000};  ///< of frames with preamble and gap
  Femtoseconds flight{0};               ///< propagation, one way
  Femtoseconds phy{0};                  ///< coding and error correction of both ends, one way
  Femtoseconds latency() const { return flight + phy; }
};

struct NetNode {
  std::string name;
  bool is_switch = false;
  int level = 0;  ///< switches: 1 next to NICs, 2 above, ...
};

/// Link l has two ports, 2 l at its first end and 2 l + 1 at its second: each is what one end sends by and the place
/// where the other's packets come in.
struct NetGraph {
  struct Link {
    NetNodeId first{}, second{};
    NetLinkSpec spec;
  };
  std::vector<NetNode> nodes;
  std::vector<Link> links;
  std::size_t endpoints = 0;  ///< the first nodes; each has one link

  NetNodeId add_endpoint(const std::string& name);  ///< before the first switch
  NetNodeId add_switch(const std::string& name, int level);
  void connect(NetNodeId first, NetNodeId second, const NetLinkSpec& spec);

  std::size_t ports() const { return links.size() * 2; }
  NetNodeId owner(NetPortId port) const {
    const Link& link = links[index(port) / 2];
    return index(port) % 2 == 0 ? link.first : link.second;
  }
  static NetPortId opposite(NetPortId port) { return static_cast<NetPortId>(index(port) ^ 1U); }
  const NetLinkSpec& link_of(NetPortId port) const { return links[index(port) / 2].spec; }
  const NetNode& node(NetNodeId id) const { return nodes[index(id)]; }
  /// Ports by node, in the order of connecting.
  std::vector<std::vector<NetPortId>> ports_by_node() const;
  /// "leaf3->spine1"; parallel links have "#1", "#2", ... behind the first.
  std::vector<std::string> port_names() const;
};

}  // namespace fs
