// SPDX-License-Identifier: Apache-2.0
// The section `scale_out` of a scenario; keys and defaults: docs/scale_out.md.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "config/reader.hpp"
#include "scale_out/network/scale_out_spec.hpp"
#include "scale_out/traffic/traffic_spec.hpp"

namespace fs {

/// Topology, switches, flow control, NICs. With `gpus`, that many NICs, one a GPU (and no key `nics`). `extra`
/// endpoints stand behind them. Throws ConfigError.
ScaleOutSpec read_scale_out(const Reader& section, std::uint64_t seed, std::optional<int> gpus = std::nullopt,
                            std::vector<ExtraEndpoint> extra = {});

/// Keys rate, length, phy.
NetLinkSpec read_net_link(const Reader& reader, const NetLinkSpec& defaults);

/// Keys duration, warmup and traffic, of a scenario without GPUs.
NetRunSpec read_net_run(const Reader& section, const ScaleOutSpec& network);

}  // namespace fs
