// SPDX-License-Identifier: Apache-2.0
// Throughput of go back n and of selective repeat against their closed forms. The window of the formulas is the loop
// that the configuration gives; nothing is fitted. The whole grid runs nightly.
#include <cmath>

#include <gtest/gtest.h>

#include "arq.hpp"

using namespace fs;
using arq::ratio;

namespace {

/// Go back n with one request per loss: a replay that fails waits for the timer. `wait`: frames from the begin of the
/// failed replay to the begin of the next.
double with_timer(double p, double loop, double wait) { return 1 / (1 + p * loop + p * p / (1 - p) * wait); }

}  // namespace

TEST(ArqTheory, GoBackN) {
  for (const std::int64_t loop : {4, 32}) {
    for (const double p : {1e-5, 1e-3, 1e-1}) {
      EXPECT_NEAR(ratio(RetryMode::go_back_n, p, loop), 1.0, 0.01) << "W " << loop << " p " << p;
    }
  }
  EXPECT_NEAR(ratio(RetryMode::go_back_n, 1e-4, 1024), 1.0, 0.01);
}

TEST(ArqTheory, SelectiveRepeat) {
  for (const std::int64_t loop : {4, 256}) {
    for (const double p : {1e-5, 1e-3, 1e-1}) {
      EXPECT_NEAR(ratio(RetryMode::selective_repeat, p, loop), 1.0, 0.01) << "W " << loop << " p " << p;
    }
  }
}

TEST(ArqTheory, OneRequestPerLossAndATimer) {
  const std::int64_t loop = 16;
  for (const double p : {1e-2, 5e-2}) {
    ChannelConfig config = arq::arq_ideal(RetryMode::go_back_n, loop);
    config.retry.request = ReplayRequest::once_per_gap;
    config.retry.replay_timer = nanoseconds(200);
    LinkRig rig(config, 1 << 20, 3);
    rig.ab.layer()->set_errors({1.0 - std::pow(1.0 - p, 1.0 / 512)}, {}, Cycles(0));
    rig.a.offer(1, 64, 64);
    rig.run(Cycles(1000));
    const auto before = rig.b.received_flits;
    const std::int64_t cycles = 4'000'000;
    rig.run(Cycles(cycles));
    const double found = static_cast<double>(rig.b.received_flits - before) / static_cast<double>(cycles);
    // The timer is set anew by every frame replayed, the last of them up to a loop after the one that fails, and by
    // acknowledgements that were on their way: 200 frames and up to a loop.
    EXPECT_LT(found, with_timer(p, loop, 200) * 1.01) << "p " << p;
    EXPECT_GT(found, with_timer(p, loop, 200 + loop) * 0.99) << "p " << p;
  }
}
