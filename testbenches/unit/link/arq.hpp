// SPDX-License-Identifier: Apache-2.0
// Throughput of go back n and of selective repeat as found and as their closed forms have it.
#pragma once

#include <algorithm>
#include <cmath>

#include "link_rig.hpp"

namespace fs::arq {

/// A frame is a flit of 64 bytes and takes one cycle of 1 ns; acknowledgements take time and no bits.
inline ChannelConfig arq_ideal(RetryMode mode, std::int64_t loop_frames) {
  Profile p;
  p.core_clock = Clock(nanoseconds(1));
  p.wire_unit = Bytes(64);
  p.lanes.line_rate = BitsPerSecond(512'000'000'000);
  p.lanes.phy_latency = Femtoseconds(0);
  p.frame.kind = FrameKind::flit;
  p.classes = {{"data", 1, 8}};
  p.retry.mode = mode;
  p.retry.request = ReplayRequest::every_loss;
  p.retry.window = mode == RetryMode::go_back_n ? 2 * loop_frames : 16 * loop_frames;
  p.retry.numbers = 2 * p.retry.window;
  // The loop: 1 ns on the wire, the medium both ways, and the frame of the cycle in which the request comes. The medium
  // takes what is left: (loop - 2) ns / 2 each way.
  return make_channel_config(p, picoseconds((loop_frames - 2) * 500), 0);
}

/// Throughput found over throughput expected, over enough cycles that the losses' own scatter is a third of 1 %.
inline double ratio(RetryMode mode, double p, std::int64_t loop) {
  const auto w = static_cast<double>(loop);
  const double theory = mode == RetryMode::go_back_n ? (1 - p) / (1 - p + p * w) : 1 - p;
  const double losses = std::max(20.0, std::pow((1 - theory) / 0.0033, 2));
  LinkRig rig(arq_ideal(mode, loop), 1 << 20, 3);
  rig.ab.layer()->set_errors({1.0 - std::pow(1.0 - p, 1.0 / 512)}, {}, Cycles(0));
  rig.a.offer(1, 64, 64);
  rig.run(Cycles(100 + 20 * loop));
  const auto before = rig.b.received_flits;
  const double per_loss = mode == RetryMode::go_back_n ? (1 - p) / p + w : 1 / p;
  // Selective repeat hands on in order, in bursts of up to a few loops: long enough that they do not show.
  const double least = mode == RetryMode::selective_repeat ? 1000 * w : 0;
  const auto cycles = static_cast<std::int64_t>(std::max(losses * per_loss, least));
  rig.run(Cycles(cycles));
  return static_cast<double>(rig.b.received_flits - before) / static_cast<double>(cycles) / theory;
}

}  // namespace fs::arq
