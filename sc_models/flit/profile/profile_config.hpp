// SPDX-License-Identifier: Apache-2.0
// Protocol profiles as files: scenarios/protocols/*.yaml. docs/protocols.md explains every key.
#pragma once

#include "config/reader.hpp"
#include "flit/profile/profile.hpp"

namespace fs {

/// Reads a profile and checks that its parts fit together: units divide, buffers hold the longest packet of every VC.
/// endpoints: GPUs of the fabric, for classes with `vcs: per_destination`; 0: such classes are refused.
/// Throws ConfigError.
Profile read_profile(const Reader& reader, std::int64_t endpoints = 0);

/// A core that moves one flit a cycle must keep up with its link: clock x flit bytes at least the payload rate, unless
/// the scenario says `core_limited: true`. Throws ConfigError at `clock_node`, the profile's `core_clock`.
void check_core_rate(const Profile& profile, bool core_limited, const Node& clock_node);

}  // namespace fs
