// SPDX-License-Identifier: Apache-2.0
// Properties of every fabric, on small ones drawn at random. A run checks itself as well: flits and credits are found
// again, ledgers sum to their latencies, and what a protocol keeps in order arrives in order, or it throws.
#include <gtest/gtest.h>
#include <rapidcheck.h>
#include <rapidcheck/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "random_scenario.hpp"
#include "system/scenario.hpp"
#include "system/sweep/processes.hpp"

namespace fs {
namespace {

using Json = nlohmann::ordered_json;

/// One run in a process of its own: the result, with the effective configuration beside it.
Work run_of(const std::string& text, bool sleep) {
  return [text, sleep] {
    auto document = Document::from_text(text, "random.yaml");
    RunOptions options;
    options.sleep = sleep;
    Json result = run_scenario(document, options);
    result["effective"] = document.effective_yaml();
    return result.dump();
  };
}

Json run_alone(const std::string& text, bool sleep) {
  return Json::parse(run_in_processes({run_of(text, sleep)}, {}, 1, [](std::size_t) {})[0]);
}

/// The run, and the run of its effective configuration without sleeping, which must be the same: the first one's
/// result.
Json run_both_ways(const std::string& text) {
  Json result = run_alone(text, true);
  const Json awake = run_alone(result["effective"], false);
  for (const char* key : {"digest", "sim_time_ns", "flit_hops", "packets", "packet_ledger_ns"}) {
    RC_ASSERT(result.contains(key) == awake.contains(key));
    if (result.contains(key)) RC_ASSERT(result[key].dump() == awake[key].dump());
  }
  return result;
}

void assert_ledgers_sum(const Json& result, const std::string& what) {
  if (!result.contains(what + "_ledger_ns")) return;
  for (const auto& [name, ledger] : result[what + "_ledger_ns"].items()) {
    double sum = 0;
    for (const auto& [cause, part] : ledger.items()) {
      RC_ASSERT(part.get<double>() >= 0.0);
      sum += part.get<double>();
    }
    const auto& latency = result[what + "_latency_ns"][name];
    if (latency["count"] == 0) continue;
    const double mean = latency["mean"];
    RC_ASSERT(std::abs(sum - mean) <= 1e-6 * mean + 1e-6);
  }
}

/// `all_arrive`: nothing may be left inside when the run ends.
void assert_came_to_an_end(const Json& result, bool all_arrive) {
  // The dependency graph was shown free of cycles, or the scenario would have been refused.
  if (result.contains("deadlock")) RC_FAIL(result["deadlock"].get<std::string>());
  assert_ledgers_sum(result, "packet");
  assert_ledgers_sum(result, "transaction");
  for (const auto& warning : result["warnings"]) {
    RC_ASSERT(!all_arrive || warning.get<std::string>().find("not everything") == std::string::npos);
  }
}

RC_GTEST_PROP(RandomFabrics, DeliverOpenLoopTrafficTheSameWaySleepingOrNot, ()) {
  const std::string drawn = test::draw_open_loop_scenario();
  RC_LOG(drawn);
  const Json result = run_both_ways(drawn);
  assert_came_to_an_end(result, true);
}

RC_GTEST_PROP(RandomFabrics, FinishMemoryTrafficTheSameWaySleepingOrNot, ()) {
  const std::string drawn = test::draw_memory_scenario();
  RC_LOG(drawn);
  const Json result = run_both_ways(drawn);
  const bool posted = drawn.find("posted_writes: true") != std::string::npos;  // done at their source once sent
  assert_came_to_an_end(result, !posted);
  const auto& transactions = result["transactions"];
  RC_ASSERT(transactions["error"] == 0);
  RC_ASSERT(transactions["ok"] == transactions["issued"]);
  if (result.contains("schedule")) RC_ASSERT(result["schedule"]["complete"] == true);
  if (!posted) RC_ASSERT(result["packets"]["inside"] == 0);
}

}  // namespace
}  // namespace fs
