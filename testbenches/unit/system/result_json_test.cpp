// SPDX-License-Identifier: Apache-2.0
// Measurements as result fields.
#include "system/report/result_json.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/check.hpp"

using fs::Cause;
using fs::ClassStats;
using fs::Femtoseconds;

namespace {

/// `count` packets, one every 10 ns from 0, each 256 bytes in 5 flits, of `latency` ns: a quarter queueing, the rest
/// wire.
ClassStats traffic(const std::string& name, int count, std::int64_t latency,
                   Femtoseconds window = fs::microseconds(10)) {
  ClassStats stats(name, Femtoseconds(0), window);
  for (int i = 0; i < count; ++i) {
    const auto created = fs::nanoseconds(10 * i);
    fs::Ledger ledger;
    ledger.add(Cause::source_queue, fs::nanoseconds(latency) / 4);
    ledger.add(Cause::propagation, fs::nanoseconds(latency) - fs::nanoseconds(latency) / 4);
    stats.created(created, 5, 256);
    stats.delivered(created, created + fs::nanoseconds(latency), ledger, 5, 256);
  }
  return stats;
}

std::vector<std::string> keys(const fs::Json& json) {
  std::vector<std::string> names;
  for (const auto& item : json.items()) names.push_back(item.key());
  return names;
}

}  // namespace

TEST(ResultJson, RunBeginsWithItsFactsInOrder) {
  fs::RunFacts facts;
  facts.scenario = "x";
  facts.wall_s = 2;
  facts.flit_hops = 10;
  facts.sim_time = fs::microseconds(3);
  const auto json = fs::run_json(facts);
  EXPECT_THAT(keys(json), testing::ElementsAre("scenario", "seed", "version", "digest", "sim_time_ns", "wall_s",
                                               "flit_hops", "flit_hops_per_s", "peak_rss_bytes"));
  EXPECT_EQ(json["flit_hops_per_s"], 5.0);
  EXPECT_EQ(json["sim_time_ns"], 3000.0);
  EXPECT_GT(json["peak_rss_bytes"], 1'000'000);
}

TEST(ResultJson, LatenciesAreInNanosecondsForAllAndEachClass) {
  const auto requests = traffic("request", 100, 200);
  const auto responses = traffic("response", 300, 600);
  fs::Json json;
  fs::put_latencies(json, "packet", {&requests, &responses});
  EXPECT_THAT(keys(json["packet_latency_ns"]), testing::ElementsAre("all", "request", "response"));
  EXPECT_THAT(keys(json["packet_latency_ns"]["all"]),
              testing::ElementsAre("count", "mean", "min", "p50", "p90", "p99", "p999", "max", "ci95"));
  EXPECT_EQ(json["packet_latency_ns"]["all"]["mean"], 500.0);
  EXPECT_EQ(json["packet_latency_ns"]["request"]["p50"], 200.0);
  EXPECT_EQ(json["packet_latency_ns"]["request"]["ci95"], 0.0);
}

TEST(ResultJson, LedgerSumsToTheMean) {
  const auto requests = traffic("request", 100, 200);
  const auto responses = traffic("response", 300, 600);
  fs::Json json;
  fs::put_latencies(json, "packet", {&requests, &responses});
  for (const auto& [name, causes] : json["packet_ledger_ns"].items()) {
    double sum = 0;
    for (const auto& [cause, mean] : causes.items()) sum += mean.get<double>();
    EXPECT_NEAR(sum, json["packet_latency_ns"][name]["mean"], 1e-9) << name;
  }
  EXPECT_EQ(json["packet_ledger_ns"]["request"]["source_queue"], 50.0);
}

TEST(ResultJson, ALedgerThatDoesNotSumStopsTheReport) {
  ClassStats stats("request", Femtoseconds(0), fs::microseconds(1));
  fs::Ledger ledger;
  ledger.add(Cause::retry, Femtoseconds(1));
  stats.delivered(Femtoseconds(0), Femtoseconds(2), ledger, 1, 1);
  fs::Json json;
  EXPECT_THROW(fs::put_latencies(json, "packet", {&stats}), fs::InvariantError);
}

TEST(ResultJson, ThroughputIsPerEndpoint) {
  // 1000 packets of 256 B in 10 us are 25.6 GB/s; from four GPUs, 6.4 each.
  const auto stats = traffic("request", 1000, 0);
  const auto json = fs::throughput_json({&stats}, 4, fs::Clock(fs::nanoseconds(1)), fs::microseconds(12));
  EXPECT_DOUBLE_EQ(json["offered"], 6.4);
  EXPECT_DOUBLE_EQ(json["accepted"], 6.4);
  EXPECT_DOUBLE_EQ(json["classes"]["request"]["accepted_flits"], 5000.0 / 10'000 / 4);
}

TEST(ResultJson, ThroughputOfAWindowWithoutEndIsOverTheRun) {
  const auto stats = traffic("request", 1000, 0, Femtoseconds::max());
  const auto json = fs::throughput_json({&stats}, 1, fs::Clock(fs::nanoseconds(1)), fs::microseconds(20));
  EXPECT_DOUBLE_EQ(json["accepted"], 12.8);
}

TEST(ResultJson, WarnsOfSaturation) {
  ClassStats stats = traffic("request", 1000, 0);
  EXPECT_TRUE(fs::steadiness_warnings("packet", {&stats}).empty());
  for (int i = 0; i < 1000; ++i) stats.created(Femtoseconds(5), 5, 256);
  const auto warnings = fs::steadiness_warnings("packet", {&stats});
  ASSERT_EQ(warnings.size(), 1U);
  EXPECT_THAT(warnings[0], testing::HasSubstr("packets: the load is above saturation: 50.0 %"));
}

TEST(ResultJson, LinksAndBuffersHaveTheirFields) {
  fs::LinkFacts link;
  link.name = "a>b";
  link.stalled = {{"credit_stall", 0.25}};
  EXPECT_EQ(fs::link_json(link).dump(),
            R"({"name":"a>b","utilisation":0.0,"flits":0,"retries":0,"errors":0,"state":"up",)"
            R"("stalled":{"credit_stall":0.25},"replay_high_water":0})");
  fs::Occupancy occupancy(8);
  occupancy.set(0, 3);
  EXPECT_EQ(fs::buffer_json("b", occupancy, 10).dump(), R"({"name":"b","depth":8,"high_water":3,"p99":3})");
}
