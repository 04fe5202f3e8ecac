// SPDX-License-Identifier: Apache-2.0
#include "flit/profile/wire_cost.hpp"

#include <algorithm>

namespace fs {
namespace {

Bytes longer(Bytes a, Bytes b) { return a < b ? b : a; }

/// Adds up packets of `header` and at most max_payload bytes that carry `payload`, and one `answer` for each.
AccessCost cost_of(const Profile& profile, Bytes payload, Bytes header, Bytes answer) {
  AccessCost cost;
  for (Bytes left = payload; left > Bytes(0);) {
    const auto part = std::min(left.value(), profile.packets.max_payload.value());
    cost.forward += wire_bytes(profile, header + Bytes(part));
    if (answer > Bytes(0)) cost.reverse += wire_bytes(profile, answer);
    left -= Bytes(part);
  }
  return cost;
}

}  // namespace

Bytes wire_bytes(const Profile& profile, Bytes bytes) {
  const auto unit = profile.wire_unit.value();
  const Bytes rounded((bytes.value() + unit - 1) / unit * unit);
  if (profile.frame.kind == FrameKind::flit) return rounded + profile.frame.overhead * profile.flits_for(bytes);
  if (profile.frame.kind == FrameKind::packet) return rounded + profile.frame.overhead;
  return rounded;
}

double frame_share(const Profile& profile) {
  if (profile.frame.kind != FrameKind::fixed) return 1;
  const auto payload = static_cast<double>(profile.frame.payload.value());
  return payload / (payload + static_cast<double>(profile.frame.overhead.value()));
}

AccessCost write_cost(const Profile& profile, Bytes payload) {
  const auto& formats = profile.packets;
  return cost_of(profile, payload, formats.write_request, formats.posted_writes ? Bytes(0) : formats.write_response);
}

AccessCost read_cost(const Profile& profile, Bytes payload) {
  return cost_of(profile, payload, profile.packets.read_response, profile.packets.read_request);
}

double one_way_efficiency(const Profile& profile, Bytes payload, const AccessCost& cost) {
  return frame_share(profile) * static_cast<double>(payload.value()) / static_cast<double>(cost.forward.value());
}

double two_way_efficiency(const Profile& profile, Bytes payload, const AccessCost& cost) {
  return frame_share(profile) * static_cast<double>(payload.value()) /
         static_cast<double>((cost.forward + cost.reverse).value());
}

std::int64_t longest_packet(const Profile& profile, const TrafficClass& cls) {
  const auto& formats = profile.packets;
  const Bytes request = longer(longer(formats.read_request, formats.atomic_request + formats.byte_enable),
                               formats.write_request + formats.byte_enable + formats.max_payload);
  const Bytes response =
      longer(longer(formats.write_response, formats.atomic_response), formats.read_response + formats.max_payload);
  if (cls.name == "request") return profile.flits_for(request);
  if (cls.name == "response") return profile.flits_for(response);
  return profile.flits_for(longer(request, response));
}

}  // namespace fs
