// SPDX-License-Identifier: Apache-2.0
// Whether the protocol's retry spans the fabric's links.
#pragma once

#include "config/reader.hpp"
#include "fabric/topology.hpp"
#include "flit/profile/profile.hpp"

namespace fs {

/// A link layer that retries has to keep a loop of frames (`window`) and to wait for one (`replay_timer`). Refuses
/// links beyond either, at the topology, saying how far they reach and what would work; `insist: true` there runs them.
void check_retry_reach(const Profile& profile, const Topology& topology, const Reader& topology_reader);

}  // namespace fs
