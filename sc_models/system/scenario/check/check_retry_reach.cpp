// SPDX-License-Identifier: Apache-2.0
#include "system/scenario/check/check_retry_reach.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <string>

#include "link/channel.hpp"
#include "link/medium.hpp"

namespace fs {
namespace {

constexpr std::int64_t most_frames = 1 << 20;  // of a window

/// Wire bytes of a full frame.
Bytes frame_bytes(const Profile& profile) {
  const FrameFormat& frame = profile.frame;
  switch (frame.kind) {
    case FrameKind::fixed:
      return frame.payload + frame.overhead;
    case FrameKind::packet:
      return profile.packets.max_payload + profile.packets.write_request + frame.overhead;
    default:
      return profile.flit + frame.overhead;
  }
}

/// What of a link's retry depends on its length.
struct Loop {
  Femtoseconds propagation{0};  ///< one way
  Femtoseconds time{0};         ///< from a frame's first byte to the arrival of its acknowledgement, at least
  Femtoseconds frame{0};
  Femtoseconds window{0};  ///< how long a full window keeps the wire
};

Loop loop_of(const Profile& profile, const Link& link) {
  Loop loop;
  loop.propagation = propagation_delay(link.cable.medium, link.cable.length);
  const ChannelConfig config = make_channel_config(profile, loop.propagation + link.cable.latency, 0);
  loop.frame = config.wire.end_of(frame_bytes(profile).value());
  loop.time = 2 * (config.propagation + config.phy_fec) + loop.frame;
  loop.window = loop.frame * profile.retry.window;
  if (profile.retry.window_bytes > Bytes(0)) {
    loop.window = std::min(loop.window, config.wire.end_of(profile.retry.window_bytes.value()));
  }
  return loop;
}

std::string microseconds_text(Femtoseconds time) { return fmt::format("{:.4g} us", to_nanoseconds(time) * 1e-3); }

/// How long the link may be for `span` to outlast its loop.
std::string reach_text(const Link& link, const Loop& loop, Femtoseconds span) {
  const double spare = to_nanoseconds(span - (loop.time - 2 * loop.propagation));
  if (spare <= 0 || loop.propagation == Femtoseconds(0)) return "no length at all";
  const double metres =
      static_cast<double>(link.cable.length.value()) * 1e-6 * spare / (2 * to_nanoseconds(loop.propagation));
  return metres < 1000 ? fmt::format("{:.3g} m", metres) : fmt::format("{:.3g} km", metres * 1e-3);
}

std::string what_would_work(const Profile& profile, const Loop& loop) {
  const std::int64_t frames = loop.time / loop.frame + 1 + profile.retry.ack_every;
  std::string text;
  if (frames <= most_frames) {
    text =
        fmt::format("`protocol.link_layer.retry` with window: {}frames, numbers: {} and a replay_timer above {}, or ",
                    frames, 2 * frames, microseconds_text(loop.time + loop.frame * profile.retry.ack_every));
  }
  return text + "`protocol.link_layer.retry.mode: none` and a transport from end to end (`long_haul:`)";
}

}  // namespace

void check_retry_reach(const Profile& profile, const Topology& topology, const Reader& topology_reader) {
  const bool insist = topology_reader.boolean_or("insist", false);
  if (profile.retry.mode == RetryMode::none || insist) return;
  for (std::size_t i = 0; i < topology.graph.link_count(); ++i) {
    const Link& link = topology.graph.link(static_cast<LinkId>(i));
    const Loop loop = loop_of(profile, link);
    const bool has_timer = profile.retry.replay_timer > Femtoseconds(0);
    const Femtoseconds timer = has_timer ? profile.retry.replay_timer : Femtoseconds::max();
    if (loop.time <= timer && loop.time <= loop.window) continue;
    throw topology_reader.error(fmt::format(
        "retry from hop to hop cannot span {} ({} of {}): a frame's acknowledgement takes {} or more; the window of {} "
        "frames is sent in {}{}, which reaches {}. Would work: {} (or say `insist: true` here)",
        link.name, format(link.cable.length), link.cable.medium, microseconds_text(loop.time), profile.retry.window,
        microseconds_text(loop.window),
        has_timer ? ", the replay timer ends after " + microseconds_text(timer) : std::string(),
        reach_text(link, loop, std::min(timer, loop.window)), what_would_work(profile, loop)));
  }
}

}  // namespace fs
