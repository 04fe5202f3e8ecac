// SPDX-License-Identifier: Apache-2.0
// Several scale-up domains in one graph.
#pragma once

#include "fabric/topology.hpp"

namespace fs {

/// Throws TopologyKeyError: `count`, `bridges[i]`, and what a domain itself complains of, below `domain.`.
Topology build_domains(const Domains& shape);

}  // namespace fs
