// SPDX-License-Identifier: Apache-2.0
// The scenario's `faults:` and `fabric_manager:` (docs/faults.md has every key).
#pragma once

#include <vector>

#include "config/reader.hpp"
#include "fabric/topology.hpp"
#include "fault/fault_spec.hpp"
#include "flit/profile/link_speeds.hpp"
#include "flit/profile/profile.hpp"

namespace fs {

/// Reads the entries of `faults:`. Throws ConfigError at the value that is wrong: a name that is none of the fabric's,
/// a VC, lane or class that does not exist, a time that ends before it begins.
std::vector<FaultSpec> read_faults(const std::vector<Node>& entries, const Topology& topology, const Profile& profile,
                                   const LinkSpeeds& speeds = {});

/// Throws ConfigError.
ManagerSpec read_manager(const Reader& reader);

}  // namespace fs
