// SPDX-License-Identifier: Apache-2.0
// The waveform in a run's result, and what becomes of one that is kept only if something failed.
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>

namespace fs {

/// Puts what WaveRecorder::finish() returned into a result document: as `waves`, or as a warning where there is none.
void put_waves(nlohmann::ordered_json& result, const nlohmann::ordered_json& waves);

/// Once the expectations have been judged: a waveform around the failure of one stays if one `failed`, else its files
/// in `folder` go and so does `waves`.
void settle_waves(nlohmann::ordered_json& result, bool failed, const std::filesystem::path& folder);

}  // namespace fs
