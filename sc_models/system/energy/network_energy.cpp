// SPDX-License-Identifier: Apache-2.0
#include "system/energy/network_energy.hpp"

#include <algorithm>

#include "link/medium.hpp"

namespace fs {
namespace {

/// Whatever it is made of: a metre of fibre is 4.9 ns.
Micrometres length_of(const NetLinkSpec& link) {
  const double metre = to_nanoseconds(propagation_delay("fibre", Micrometres(1'000'000)));
  return Micrometres(static_cast<std::int64_t>(to_nanoseconds(link.flight) / metre * 1e6));
}

double bits_by(const ScaleOutNetwork& network, NetPortId port) {
  return 8 * static_cast<double>(network.wires().counts[port].bytes);
}

void add_links(EnergyAccount& account, const NetworkParts& parts, const ScaleOutNetwork& network) {
  const NetGraph& graph = network.graph();
  for (std::uint32_t i = 0; i < graph.links.size(); ++i) {
    const NetGraph::Link& link = graph.links[i];
    const Micrometres length = length_of(link.spec);
    const bool inner = graph.node(link.first).is_switch && graph.node(link.second).is_switch;
    const PartPtr part = parts.link(inner, length);
    const double bits =
        bits_by(network, static_cast<NetPortId>(2 * i)) + bits_by(network, static_cast<NetPortId>(2 * i + 1));
    account.add_link(part, Scale::scale_out, static_cast<double>(link.spec.rate.value()), length, bits, true);
  }
}

}  // namespace

PartPtr NetworkParts::link(bool between_switches, Micrometres length) const {
  const PartPtr& named = between_switches ? leaf_link : nic_link;
  if (named) return named;
  return length <= copper->reach ? copper : optics;
}

NetworkParts read_network_parts(const EnergyBlock& block) {
  NetworkParts parts;
  parts.nic = choose_part(block, "nic", PartKind::nic, "nic");
  parts.ethernet = choose_part(block, "ethernet", PartKind::switch_chip, "ethernet_switch");
  parts.copper = choose_part(block, "short_link", PartKind::link, "copper");
  parts.optics = choose_part(block, "long_link", PartKind::link, "dsp_optics");
  if (const auto named = named_part(block.reader, block.catalogue, "nic_link", PartKind::link)) {
    parts.nic_link = named->part;
  }
  if (const auto named = named_part(block.reader, block.catalogue, "leaf_link", PartKind::link)) {
    parts.leaf_link = named->part;
  }
  return parts;
}

void add_network(EnergyAccount& account, const NetworkParts& parts, const ScaleOutNetwork& network) {
  add_links(account, parts, network);
  const NetGraph& graph = network.graph();
  const auto ports = graph.ports_by_node();
  const auto nics = static_cast<std::size_t>(network.spec().topology.nics);
  for (std::size_t node = 0; node < graph.nodes.size(); ++node) {
    if (node >= nics && !graph.nodes[node].is_switch) continue;  // a gateway is a thing of its own
    double rate = 0, out = 0, in = 0;
    for (const NetPortId port : ports[node]) {
      rate += static_cast<double>(graph.link_of(port).rate.value());
      out += bits_by(network, port);
      in += bits_by(network, NetGraph::opposite(port));
    }
    const bool is_switch = graph.nodes[node].is_switch;
    account.add_chip(is_switch ? parts.ethernet : parts.nic, Scale::scale_out, rate,
                     is_switch ? in : std::max(in, out));
  }
}

}  // namespace fs
