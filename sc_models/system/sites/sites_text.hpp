// SPDX-License-Identifier: Apache-2.0
// What joins the domains of a scenario, as `farspan check` tells it.
#pragma once

#include <string>

#include "system/sites/read_sites.hpp"

namespace fs {

/// A line for each site and each wave.
std::string sites_text(const SitesPlan& plan);

}  // namespace fs
