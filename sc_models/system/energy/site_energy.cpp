// SPDX-License-Identifier: Apache-2.0
#include "system/energy/site_energy.hpp"

#include <algorithm>

namespace fs {
namespace {

double number(std::int64_t value) { return static_cast<double>(value); }

/// Adapters of sites whose network inside is a latency, each on one link of unknown length.
void add_plain_nics(EnergyAccount& account, const SiteParts& parts, const SiteView& network) {
  const SiteNetworkSpec& spec = network.spec();
  for (std::size_t gpu = 0; gpu < spec.site_of.size(); ++gpu) {
    const double rate = number(spec.sites[spec.site_of[gpu]].nic.rate.value());
    const auto bytes = network.nic_bytes(gpu);
    account.add_chip(parts.nic, Scale::scale_out, rate, 8 * number(std::max(bytes.sent, bytes.received)));
    account.add_link(parts.nic_link, Scale::scale_out, rate, Micrometres(0), 8 * number(bytes.sent + bytes.received),
                     true);
  }
}

void add_gateway(EnergyAccount& account, const SiteParts& parts, const SiteView& network, std::size_t site) {
  const SiteNetworkSpec& spec = network.spec();
  const GatewaySpec& gateway = spec.sites[site].gateway;
  const GatewayFacts facts = network.gateway(site);
  double rate = number(gateway.port.value());
  double bits = 8 * number(facts.bytes_out);
  for (std::size_t w = 0; w < spec.waves.size(); ++w) {
    if (spec.waves[w].a != site && spec.waves[w].b != site) continue;
    const LongHaulChannel& channel = network.channel(w, spec.waves[w].a == site ? 0 : 1);
    rate += number(channel.spec().rate.value());
    bits += 8 * static_cast<double>(channel.bytes_sent());
  }
  account.add_chip(parts.gateway, Scale::scale_across, rate, bits);
  const double memory = number(gateway.memory.value());
  account.add_chip(parts.gateway_memory, Scale::scale_across, memory, to_seconds(facts.memory_busy) * memory);
}

}  // namespace

SiteParts read_site_parts(const EnergyBlock& block, const SitesPlan& plan) {
  SiteParts parts;
  if (!plan.inside.empty()) {
    parts.network = read_network_parts(block);
  } else {
    parts.nic = choose_part(block, "nic", PartKind::nic, "nic");
    parts.nic_link = choose_part(block, "nic_link", PartKind::link, "copper");
  }
  if (plan.waves.empty()) return parts;
  parts.gateway = choose_part(block, "gateway", PartKind::switch_chip, "gateway_switch");
  parts.gateway_memory = choose_part(block, "gateway_memory", PartKind::memory, "hbm3e");
  parts.waves = read_wave_parts(block);
  return parts;
}

void add_sites(EnergyAccount& account, const SiteParts& parts, const SitesPlan& plan, const SiteCarrier& carrier) {
  for (std::size_t s = 0; s < carrier.networks.size(); ++s) add_network(account, *parts.network, *carrier.networks[s]);
  if (carrier.sites == nullptr) return;
  const SiteView& network = *carrier.sites;
  if (carrier.networks.empty()) add_plain_nics(account, parts, network);
  const auto& waves = plan.network.waves;
  for (std::size_t s = 0; s < plan.network.sites.size(); ++s) {
    const bool joined = std::any_of(waves.begin(), waves.end(), [&](const auto& w) { return w.a == s || w.b == s; });
    if (joined) add_gateway(account, parts, network, s);
  }
  for (std::size_t w = 0; w < plan.waves.size(); ++w) {
    const auto sent = network.channel(w, 0).bytes_sent() + network.channel(w, 1).bytes_sent();
    add_wave(account, *parts.waves, plan.waves[w], 8 * static_cast<double>(sent));
  }
}

}  // namespace fs
