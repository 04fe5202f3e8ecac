// SPDX-License-Identifier: Apache-2.0
// From the plan of sites to what carries messages between domains.
#pragma once

#include <memory>
#include <vector>

#include "scale_out/network/scale_out_network.hpp"
#include "system/sites/read_sites.hpp"
#include "transport/sites/site_view.hpp"

namespace fs {

struct SiteCarrier {
  std::unique_ptr<MessageCarrier> carrier;
  const SiteView* sites = nullptr;               ///< null: one scale-out network by itself
  std::vector<const ScaleOutNetwork*> networks;  ///< by site; empty: sites have plain NICs
};

SiteCarrier make_site_carrier(const SitesPlan& plan);

}  // namespace fs
