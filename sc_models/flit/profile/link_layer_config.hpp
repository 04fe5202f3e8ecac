// SPDX-License-Identifier: Apache-2.0
// The `link_layer` section of a protocol file. docs/protocols.md explains every key.
#pragma once

#include "config/reader.hpp"
#include "flit/profile/profile.hpp"

namespace fs {

/// Reads `link_layer: {retry, training}` into `profile`, whose wire unit, frame and lanes are already there.
/// Throws ConfigError: retry without frames, too few sequence numbers, a message that is no whole number of wire units,
/// acknowledgements that can be lost without a timer.
void read_link_layer(const Reader& reader, Profile& profile);

}  // namespace fs
