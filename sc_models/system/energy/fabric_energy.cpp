// SPDX-License-Identifier: Apache-2.0
#include "system/energy/fabric_energy.hpp"

#include <algorithm>

#include "system/fabric/memory_system.hpp"

namespace fs {
namespace {

/// Payload bits a second of a link, one direction.
double link_rate(const Profile& profile) {
  return static_cast<double>(profile.payload_rate_numerator()) /
         static_cast<double>(profile.payload_rate_denominator());
}

double bits_on(const Channel& channel, double rate) { return to_seconds(channel.busy_time()) * rate; }

double bits_on(const RunningFabric& fabric, LinkId link, double rate) {
  return bits_on(fabric.channel(forward_channel(link)), rate) + bits_on(fabric.channel(reverse_channel(link)), rate);
}

void add_switch(EnergyAccount& account, const PartPtr& part, const RunningFabric& fabric, ChipId id, double rate) {
  const Graph& graph = fabric.plan().topology.graph;
  const Chip& chip = graph.chip(id);
  double bits = 0;
  int ports = 0;
  for (int port = 0; port < chip.ports; ++port) {
    const auto& peer = graph.peer(id, static_cast<PortId>(port));
    if (!peer) continue;
    ++ports;
    bits += bits_on(fabric.channel(peer->in), rate);
  }
  account.add_chip(part, Scale::scale_up, rate * ports, bits);
}

}  // namespace

void add_fabric(EnergyAccount& account, const EnergyPlan& plan, const RunningFabric& fabric) {
  const FabricPlan& fabric_plan = fabric.plan();
  const Graph& graph = fabric_plan.topology.graph;
  const double rate = link_rate(fabric_plan.profile);
  const bool fec = fabric_plan.profile.fec.codeword_payload > Bytes(0);
  for (std::size_t i = 0; i < graph.link_count(); ++i) {
    const auto id = static_cast<LinkId>(i);
    account.add_link(plan.links[i], Scale::scale_up, rate, graph.link(id).cable.length, bits_on(fabric, id, rate), fec);
  }
  for (const ChipId id : graph.switches()) add_switch(account, plan.switches[index(id)], fabric, id, rate);
  if (fabric.memory() == nullptr) return;
  const double bits = 8 * static_cast<double>(fabric.memory()->memory_bytes());
  const auto memories = static_cast<int>(graph.gpu_count());
  const auto bandwidth = static_cast<double>(fabric_plan.memory->gpu.hbm.bandwidth.value());
  for (int i = 0; i < memories; ++i) account.add_chip(plan.memory, Scale::node, bandwidth, bits / memories);
}

double delivered_bytes(const RunningFabric& fabric) {
  double bytes = 0;
  for (const auto& stats : fabric.recorder().classes()) bytes += static_cast<double>(stats.delivered_bytes());
  return bytes;
}

}  // namespace fs
