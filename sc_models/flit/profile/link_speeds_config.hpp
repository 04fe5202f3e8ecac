// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "config/reader.hpp"
#include "flit/profile/link_speeds.hpp"

namespace fs {

/// Reads the speeds of `link_layer.training` in a protocol. Throws ConfigError.
LinkSpeeds read_link_speeds(const Reader& training);

}  // namespace fs
