// SPDX-License-Identifier: Apache-2.0
// What waves and flows did, as parts of the result document.
#pragma once

#include <vector>

#include "system/report/result_json.hpp"
#include "transport/run/flow_run.hpp"
#include "transport/run/wave_config.hpp"

namespace fs {

/// One entry of `wavelengths`; `span` is how long the run took.
Json wave_json(const WaveSpec& wave, const FlowRun& run, Femtoseconds span);
/// One entry of `flows`.
Json flow_json(const WaveSpec& wave, const FlowRun& run, std::size_t flow, Femtoseconds span);
/// Entries of `events` up to `end`: signal lost and back at the receiver, and switching.
std::vector<Json> wave_events(const WaveSpec& wave, const FlowRun& run, Femtoseconds end);

}  // namespace fs
