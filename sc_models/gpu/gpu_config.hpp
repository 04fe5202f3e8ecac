// SPDX-License-Identifier: Apache-2.0
// What a scenario says of its GPUs: `gpu:` and, inside it, `hbm:`.
#pragma once

#include <cstdint>

#include "common/quantity.hpp"
#include "gpu/memory/hbm.hpp"
#include "gpu/request/striping.hpp"

namespace fs {

class Reader;

/// Latencies become whole cycles of the GPU's clock, rounded up. Where no source is named, a default is an assumption,
/// and the calibrated scenarios set their own.
struct GpuConfig {
  std::int64_t window = 4096;           ///< remote requests under way, each with room for its response; 1 .. 1048576
  std::int64_t requests_per_cycle = 0;  ///< packets the tracker makes a cycle; 0: one a link
  std::int64_t source_queue = 16;       ///< packets of a class that wait at a link before the tracker waits; 1 ..
  std::int64_t submit_depth = 64;       ///< operations of a socket not yet all under way; full: back-pressure; 1 ..
  std::int64_t response_queue = 256;    ///< responses of a link in memory or waiting to be sent; 1 ..
  Femtoseconds request_latency = nanoseconds(60);   ///< from the edge that takes the call to the packet
  Femtoseconds target_latency = nanoseconds(40);    ///< from a request's arrival to the memory
  Femtoseconds response_latency = nanoseconds(60);  ///< from a response's arrival to the end of the transaction
  Femtoseconds local_latency = nanoseconds(0);      ///< local accesses, on top of the memory's own
  Striping striping = Striping::region;
  HbmConfig hbm;
};

/// Reads the keys of `gpu:`. Throws ConfigError.
GpuConfig read_gpu(const Reader& reader);
HbmConfig read_hbm(const Reader& reader);

}  // namespace fs
