// SPDX-License-Identifier: Apache-2.0
#include "system/waves/wave_results.hpp"

#include <nlohmann/json.hpp>
#include <system_error>

#include "observe/probes/event_board.hpp"

namespace fs {

void put_waves(nlohmann::ordered_json& result, const nlohmann::ordered_json& waves) {
  if (waves.contains("absent")) {
    result["warnings"].push_back(waves["absent"]);
  } else {
    result["waves"] = waves;
  }
}

void settle_waves(nlohmann::ordered_json& result, bool failed, const std::filesystem::path& folder) {
  if (!result.contains("waves") || !result["waves"].contains("only_if_failed")) return;
  auto& waves = result["waves"];
  if (failed) {
    waves.erase("only_if_failed");
    waves["event"] = event_names::expectation;
    waves["event_ns"] = waves["to_ns"];
    return;
  }
  std::error_code ignored;
  std::filesystem::remove(folder / "waves.fst", ignored);
  std::filesystem::remove(folder / "waves.gtkw", ignored);
  result.erase("waves");
}

}  // namespace fs
