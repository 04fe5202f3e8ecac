// SPDX-License-Identifier: Apache-2.0
#include "system/sites/site_carrier.hpp"

#include "transport/carrier/group_carrier.hpp"
#include "transport/sites/site_network.hpp"
#include "transport/through/through_network.hpp"

namespace fs {

SiteCarrier make_site_carrier(const SitesPlan& plan) {
  SiteCarrier made;
  std::vector<std::unique_ptr<MessageCarrier>> inside;
  for (const auto& spec : plan.inside) {
    auto network = std::make_unique<ScaleOutNetwork>(*spec);
    made.networks.push_back(network.get());
    inside.push_back(std::move(network));
  }
  if (plan.direct) {
    made.carrier = std::move(inside.front());
    return made;
  }
  if (plan.network.transport) {
    auto through = std::make_unique<ThroughNetwork>(plan.network);
    made.sites = through.get();
    made.carrier = std::move(through);
    return made;
  }
  std::unique_ptr<MessageCarrier> group;
  if (!inside.empty()) {
    std::vector<std::size_t> group_of = plan.network.site_of;
    for (std::size_t s = 0; s < plan.network.sites.size(); ++s) group_of.push_back(s);
    group = std::make_unique<GroupCarrier>(group_of, std::move(inside));
  }
  auto sites = std::make_unique<SiteNetwork>(plan.network, std::move(group));
  made.sites = sites.get();
  made.carrier = std::move(sites);
  return made;
}

}  // namespace fs
