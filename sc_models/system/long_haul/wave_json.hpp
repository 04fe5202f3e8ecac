// SPDX-License-Identifier: Apache-2.0
// What waves and flows did, as parts of the result document.
#pragma once

#include <string>
#include <vector>

#include "system/report/result_json.hpp"
#include "transport/run/flow_run.hpp"
#include "transport/run/wave_config.hpp"

namespace fs {

/// One entry of `wavelengths`; `span` is how long the run took.
Json wave_json(const WaveSpec& wave, const FlowRun& run, Femtoseconds span);
/// One entry of `flows`.
Json flow_json(const WaveSpec& wave, const FlowRun& run, std::size_t flow, Femtoseconds span);
/// Entries of `events` up to `end`: signal lost and back at the receiver of the wave's channel there, and switching.
std::vector<Json> wave_events(const std::string& name, const LongHaulChannel& forward, Femtoseconds end);
/// {count, mean, min, p50, p99, max}; {count: 0} where there is nothing.
Json histogram_json(const LatencyHistogram& histogram);
/// Packets that a channel lost, by cause.
Json lost_json(const LongHaulChannel::Counts& counts);

}  // namespace fs
