// SPDX-License-Identifier: Apache-2.0
#include "gpu/gpu_config.hpp"

#include <gtest/gtest.h>

#include <string>

#include "config/document.hpp"

namespace fs {
namespace {

GpuConfig read(const std::string& text) {
  Document document = Document::from_text(text, "t");
  const GpuConfig config = read_gpu(document.root());
  document.root().finish();
  return config;
}

std::string error(const std::string& text) {
  try {
    read(text);
  } catch (const ConfigError& e) {
    return e.what();
  }
  return "nothing wrong";
}

TEST(GpuConfig, AnEmptySectionGivesTheDefaults) {
  const GpuConfig config = read("{}");
  EXPECT_EQ(config.window, GpuConfig().window);
  EXPECT_EQ(config.hbm.bandwidth, BitsPerSecond(64'000'000'000'000));
  EXPECT_EQ(config.hbm.l2.latency, nanoseconds(150));
  EXPECT_NO_THROW(Hbm{config.hbm});
}

TEST(GpuConfig, ReadsEveryKeyWithItsUnit) {
  const GpuConfig config = read(R"(
window: 7
requests_per_cycle: 2
source_queue: 3
submit_depth: 4
response_queue: 5
request_latency: 1ns
target_latency: 2ns
response_latency: 3ns
local_latency: 4ns
striping: random
hbm: {size: 1MiB, channels: 8, bandwidth: 1TB/s, interleave: 512B, latency: 300ns, burst: 64B, queue: 9,
      l2: {size: 64KiB, ways: 8, line: 64B, latency: 100ns}}
)");
  EXPECT_EQ(config.window, 7);
  EXPECT_EQ(config.requests_per_cycle, 2);
  EXPECT_EQ(config.source_queue, 3);
  EXPECT_EQ(config.submit_depth, 4);
  EXPECT_EQ(config.response_queue, 5);
  EXPECT_EQ(config.request_latency, nanoseconds(1));
  EXPECT_EQ(config.target_latency, nanoseconds(2));
  EXPECT_EQ(config.response_latency, nanoseconds(3));
  EXPECT_EQ(config.local_latency, nanoseconds(4));
  EXPECT_EQ(config.striping, Striping::random);
  EXPECT_EQ(config.hbm.size, Bytes(1 << 20));
  EXPECT_EQ(config.hbm.channels, 8);
  EXPECT_EQ(config.hbm.bandwidth, BitsPerSecond(8'000'000'000'000));
  EXPECT_EQ(config.hbm.interleave, Bytes(512));
  EXPECT_EQ(config.hbm.latency, nanoseconds(300));
  EXPECT_EQ(config.hbm.burst, Bytes(64));
  EXPECT_EQ(config.hbm.queue, 9);
  EXPECT_EQ(config.hbm.l2.size, Bytes(65536));
  EXPECT_EQ(config.hbm.l2.ways, 8);
  EXPECT_EQ(config.hbm.l2.line, Bytes(64));
  EXPECT_EQ(config.hbm.l2.latency, nanoseconds(100));
}

TEST(GpuConfig, ErrorsNameTheirPlace) {
  EXPECT_EQ(error("window: 0").rfind("t:1:9: ", 0), 0U) << error("window: 0");
  EXPECT_EQ(error("hbm: {latency: 3}").rfind("t:1:16: ", 0), 0U) << error("hbm: {latency: 3}");
  EXPECT_EQ(error("windw: 1").rfind("t:1:1: ", 0), 0U) << error("windw: 1");
  EXPECT_NE(error("striping: any").find("region"), std::string::npos);
  EXPECT_NE(error("hbm: {size: 1000B}").find("between 4KiB"), std::string::npos) << error("hbm: {size: 1000B}");
  EXPECT_NE(error("hbm: {size: 4100B}").find("multiple of 256"), std::string::npos);
  EXPECT_NE(error("hbm: {interleave: 200B}").find("multiple of the L2 line"), std::string::npos);
  EXPECT_NE(error("hbm: {l2: {size: 1KiB}}").find("not one set"), std::string::npos);
}

}  // namespace
}  // namespace fs
