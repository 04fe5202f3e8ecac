// SPDX-License-Identifier: Apache-2.0
// What a packet costs on the wire, and the share of it that is payload: the formulas behind docs/protocols.md.
#pragma once

#include "common/quantity.hpp"
#include "flit/profile/profile.hpp"

namespace fs {

/// Wire bytes of a packet of `bytes` (header and payload, >= 1): its last flit rounded up to the wire unit, and the
/// frame's overhead where frames are flits or packets. Fixed frames add their share through frame_share().
Bytes wire_bytes(const Profile& profile, Bytes bytes);

/// Share of the link's payload rate that fixed frames leave, in (0, 1]; 1 for other frames.
double frame_share(const Profile& profile);

/// One access of `payload` bytes (>= 1), split at the profile's maximum.
struct AccessCost {
  Bytes forward{0};  ///< wire bytes in the direction the payload goes: write requests, or read responses
  Bytes reverse{0};  ///< in the other: write acknowledgements, or read requests
};
AccessCost write_cost(const Profile& profile, Bytes payload);
AccessCost read_cost(const Profile& profile, Bytes payload);

/// Payload's share of the payload rate of one direction: payload / forward, when only one side transfers ...
double one_way_efficiency(const Profile& profile, Bytes payload, const AccessCost& cost);
/// ... and when both sides do the same at once, so that each direction carries the other's reverse packets as well:
/// payload / (forward + reverse).
double two_way_efficiency(const Profile& profile, Bytes payload, const AccessCost& cost);

/// Flits of the longest packet a class carries, from the packet formats; by the class's name, `request` or `response`
/// (any other name: the longer of both). Raw packets of a workload are not known here.
std::int64_t longest_packet(const Profile& profile, const TrafficClass& cls);

}  // namespace fs
