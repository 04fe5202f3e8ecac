// SPDX-License-Identifier: Apache-2.0
#include "system/sites/sites_text.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "system/long_haul/wave_text.hpp"

namespace fs {
namespace {

const char* text_of(FlowControl flow) {
  if (flow == FlowControl::credits) return "credits";
  return flow == FlowControl::pfc ? "pfc" : "lossy";
}

}  // namespace

std::string sites_text(const SitesPlan& plan) {
  const SiteNetworkSpec& network = plan.network;
  std::string text;
  for (std::size_t s = 0; s < network.sites.size(); ++s) {
    const SiteSpec& site = network.sites[s];
    const auto gpus = std::count(network.site_of.begin(), network.site_of.end(), s);
    text += fmt::format("  site {}: {} GPUs, NICs of {:.4g} GB/s, {:.4g} us", site.name, gpus,
                        static_cast<double>(site.nic.rate.value()) / 8e9, to_nanoseconds(site.nic.latency) * 1e-3);
    if (!plan.direct) {
      text += fmt::format(" to a gateway of {:.4g} MB by {}", static_cast<double>(site.gateway.buffer) * 1e-6,
                          text_of(site.gateway.flow_control));
    }
    text += '\n';
  }
  if (network.transport) text += "  transports run from NIC to NIC; gateways forward packets\n";
  for (std::size_t w = 0; w < plan.waves.size(); ++w) {
    text += fmt::format("  {} to {} by {}\n", network.sites[network.waves[w].a].name,
                        network.sites[network.waves[w].b].name, wave_text(plan.waves[w]));
  }
  return text;
}

}  // namespace fs
