// SPDX-License-Identifier: Apache-2.0
// Throughput of go back n and of selective repeat against their closed forms. The window of the formulas is the loop
// that the configuration gives; nothing is fitted.
#include <cmath>

#include <gtest/gtest.h>

#include "link_rig.hpp"

using namespace fs;

namespace {

/// A frame is a flit of 64 bytes and takes one cycle of 1 ns; acknowledgements take time and no bits.
ChannelConfig arq_ideal(RetryMode mode, std::int64_t loop_frames) {
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

double measured(RetryMode mode, double p, std::int64_t loop, std::int64_t losses) {
  LinkRig rig(arq_ideal(mode, loop));
  rig.ab.layer()->set_errors({1.0 - std::pow(1.0 - p, 1.0 / 512)}, {}, Cycles(0));
  rig.a.offer(1, 64, 64);
  const double good = mode == RetryMode::go_back_n ? (1 - p) / (1 - p + p * static_cast<double>(loop)) : 1 - p;
  rig.run(Cycles(1000 + 20 * loop));
  const auto before = rig.b.received_flits;
  const auto cycles = static_cast<std::int64_t>(static_cast<double>(losses) / p / good);
  rig.run(Cycles(cycles));
  return static_cast<double>(rig.b.received_flits - before) / static_cast<double>(cycles);
}

}  // namespace

TEST(ArqTheory, GoBackN) {
  for (const std::int64_t loop : {4, 16, 64, 256}) {
    for (const double p : {1e-3, 1e-2, 1e-1}) {
      const double theory = (1 - p) / (1 - p + p * static_cast<double>(loop));
      const double found = measured(RetryMode::go_back_n, p, loop, 2000);
      printf("gbn W %ld p %g theory %.5f found %.5f\n", loop, p, theory, found);
      EXPECT_NEAR(found / theory, 1.0, 0.03) << "W " << loop << " p " << p;
    }
  }
}

TEST(ArqTheory, SelectiveRepeat) {
  for (const std::int64_t loop : {4, 64}) {
    for (const double p : {1e-3, 1e-2, 1e-1}) {
      const double found = measured(RetryMode::selective_repeat, p, loop, 2000);
      printf("sr W %ld p %g theory %.5f found %.5f\n", loop, p, 1 - p, found);
      EXPECT_NEAR(found / (1 - p), 1.0, 0.03) << "W " << loop << " p " << p;
    }
  }
}
