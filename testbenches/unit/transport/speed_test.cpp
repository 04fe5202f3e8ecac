// SPDX-License-Identifier: Apache-2.0
// 64 waves of 800 Gb/s over 1000 km: loaded for 50 ms, and idle for a minute.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cstdio>

#include "paths.hpp"
#include "transport/run/flow_run.hpp"

using namespace fs;
using namespace fs::testing;

namespace {

double processor_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

/// Of this process so far, at its largest.
long peak_kib() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return usage.ru_maxrss;
}

std::vector<FlowRun> waves(std::int64_t outstanding) {
  const auto course = line("l", 1000, {}, "800g_long_haul");
  std::vector<FlowRun> runs;
  for (int i = 0; i < 64; ++i) {
    auto there = plain("there" + std::to_string(i), Femtoseconds(0), 0, 800);
    auto back = plain("back" + std::to_string(i), Femtoseconds(0), 0, 800);
    there.line = back.line = course;
    FlowSpec flow;
    flow.transport.kind = TransportSpec::Kind::selective_repeat;
    flow.bytes = 16 << 20;
    flow.outstanding = outstanding;
    flow.messages = outstanding == 0 ? 1 : 0;
    runs.emplace_back(there, back, std::vector<FlowSpec>{flow});
  }
  return runs;
}

}  // namespace

// Times are printed, not asserted: they say as much of the machine as of the code.
TEST(LongHaulSpeed, SixtyFourLoadedWavesForFiftyMilliseconds) {
  const long before = peak_kib();
  auto runs = waves(100);
  const double begin = processor_seconds();
  // All of them together, a millisecond each: that is how they stand in memory.
  for (int step = 1; step <= 50; ++step) {
    for (auto& run : runs) run.run(microseconds(1000) * step);
  }
  const double seconds = processor_seconds() - begin;
  std::uint64_t packets = 0;
  std::uint64_t lost = 0;
  for (auto& run : runs) {
    packets += run.forward().counts().sent;
    lost += run.forward().counts().lost();
  }
  const long grown = peak_kib() - before;
  std::printf("%.1f s of processor time, %.1f million packets, %ld MB\n", seconds, static_cast<double>(packets) * 1e-6,
              grown / 1024);
  // 50 ms of 800 Gb/s are 1.202 million packets of 4160 bytes a wave.
  EXPECT_GT(packets, 64U * 1'200'000U);
  EXPECT_LT(packets, 64U * 1'203'000U);
  EXPECT_EQ(lost, 0U);
  EXPECT_LT(grown, 1'000'000);
}

TEST(LongHaulSpeed, IdleWavesCostNothing) {
  auto runs = waves(0);
  const long before = peak_kib();
  const double begin = processor_seconds();
  for (auto& run : runs) run.run(one_second() * 60);
  std::printf("%.3f s of processor time\n", processor_seconds() - begin);
  std::uint64_t events = 0;
  for (auto& run : runs) events += run.events();
  EXPECT_EQ(events, 0U);
  EXPECT_LT(peak_kib() - before, 1'000);
}
