// SPDX-License-Identifier: Apache-2.0
// 64 waves of 800 Gb/s over 1000 km: loaded for 50 ms, and idle for a minute.
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <cstdio>
#include <functional>

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

/// Of this process, which has one thread: what a clock on the wall shows where nobody else computes.
double seconds_of(const std::function<void()>& work) {
  const double begin = processor_seconds();
  work();
  return processor_seconds() - begin;
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

TEST(LongHaulSpeed, SixtyFourLoadedWavesForFiftyMilliseconds) {
  auto runs = waves(100);
  std::uint64_t packets = 0;
  const double seconds = seconds_of([&] {
    // All of them together, a millisecond each: that is how they stand in memory.
    for (int step = 1; step <= 50; ++step) {
      for (auto& run : runs) run.run(microseconds(1000) * step);
    }
  });
  for (auto& run : runs) packets += run.forward().counts().sent;
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  std::printf("%.1f s, %.1f million packets, %.0f MB\n", seconds, static_cast<double>(packets) * 1e-6,
              static_cast<double>(usage.ru_maxrss) / 1024);
  EXPECT_GT(packets, 64U * 1'150'000U);
  EXPECT_LT(seconds, 60);
  EXPECT_LT(usage.ru_maxrss, 1'000'000);
}

TEST(LongHaulSpeed, IdleWavesCostNothing) {
  auto runs = waves(0);
  EXPECT_LT(seconds_of([&] {
              for (auto& run : runs) run.run(one_second() * 60);
            }),
            1.0);
}
