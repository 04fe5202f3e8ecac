// SPDX-License-Identifier: Apache-2.0
#include "gpu/gpu_config.hpp"

#include "config/reader.hpp"

namespace fs {

namespace {

constexpr Femtoseconds longest_latency = microseconds(1000);

L2Config read_l2(const Reader& reader) {
  L2Config l2;
  l2.size = reader.bytes_or("size", l2.size, Bytes(0), Bytes(std::int64_t{1} << 34));
  l2.ways = reader.integer_or("ways", l2.ways, 1, 64);
  l2.line = reader.bytes_or("line", l2.line, Bytes(16), Bytes(4096));
  l2.latency = reader.time_or("latency", l2.latency, Femtoseconds(0), longest_latency);
  if (l2.size > Bytes(0) && l2.size < l2.line * l2.ways) {
    throw reader.error("size",
                       "an L2 of this size holds not one set of " + std::to_string(l2.ways) + " lines; 0B for none");
  }
  return l2;
}

}  // namespace

HbmConfig read_hbm(const Reader& reader) {
  HbmConfig hbm;
  hbm.size = reader.bytes_or("size", hbm.size, Bytes(4096), Bytes(std::int64_t{1} << 44));
  if (hbm.size % Bytes(256) != Bytes(0)) throw reader.error("size", "must be a multiple of 256 bytes");
  hbm.channels = reader.integer_or("channels", hbm.channels, 1, 4096);
  hbm.bandwidth =
      reader.rate_or("bandwidth", hbm.bandwidth, BitsPerSecond(1'000'000), BitsPerSecond(1'000'000'000'000'000));
  hbm.interleave = reader.bytes_or("interleave", hbm.interleave, Bytes(16), Bytes(1 << 20));
  hbm.latency = reader.time_or("latency", hbm.latency, Femtoseconds(0), longest_latency);
  hbm.burst = reader.bytes_or("burst", hbm.burst, Bytes(1), Bytes(4096));
  hbm.queue = reader.integer_or("queue", hbm.queue, 1, 65536);
  hbm.l2 = read_l2(reader.section_or_empty("l2"));
  const Bytes grain = hbm.l2.size > Bytes(0) ? hbm.l2.line : hbm.burst;
  if (hbm.interleave % grain != Bytes(0)) {
    throw reader.error("interleave", "must be a multiple of the L2 line, or of `burst` without an L2");
  }
  return hbm;
}

GpuConfig read_gpu(const Reader& reader) {
  GpuConfig gpu;
  gpu.window = reader.integer_or("window", gpu.window, 1, 1 << 20);
  gpu.requests_per_cycle = reader.integer_or("requests_per_cycle", gpu.requests_per_cycle, 0, 1024);
  gpu.source_queue = reader.integer_or("source_queue", gpu.source_queue, 1, 1 << 20);
  gpu.submit_depth = reader.integer_or("submit_depth", gpu.submit_depth, 1, 1 << 20);
  gpu.response_queue = reader.integer_or("response_queue", gpu.response_queue, 1, 1 << 20);
  gpu.request_latency = reader.time_or("request_latency", gpu.request_latency, Femtoseconds(0), longest_latency);
  gpu.target_latency = reader.time_or("target_latency", gpu.target_latency, Femtoseconds(0), longest_latency);
  gpu.response_latency = reader.time_or("response_latency", gpu.response_latency, Femtoseconds(0), longest_latency);
  gpu.local_latency = reader.time_or("local_latency", gpu.local_latency, Femtoseconds(0), longest_latency);
  gpu.striping = reader.choice_or<Striping>("striping", gpu.striping,
                                            {{"region", Striping::region},
                                             {"destination", Striping::destination},
                                             {"round_robin", Striping::round_robin},
                                             {"random", Striping::random}});
  gpu.hbm = read_hbm(reader.section_or_empty("hbm"));
  return gpu;
}

}  // namespace fs
