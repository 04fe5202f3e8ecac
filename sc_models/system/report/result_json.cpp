// SPDX-License-Identifier: Apache-2.0
// The fields of the result document.
#include "system/report/result_json.hpp"

#include <sys/resource.h>

#include "common/check.hpp"

namespace fs {

namespace {

constexpr double femtoseconds_per_nanosecond = 1e6;

/// Bytes in a femtosecond are PB/s; a GB/s is a millionth of one.
double gigabytes_per_second(std::uint64_t bytes, Femtoseconds span) {
  return 1e6 * static_cast<double>(bytes) / static_cast<double>(span.value());
}

double flits_per_cycle(std::uint64_t flits, Femtoseconds span, Clock clock) {
  return static_cast<double>(flits) * static_cast<double>(clock.period().value()) / static_cast<double>(span.value());
}

Json volume_json(const ClassStats& stats, double endpoints, Clock clock, Femtoseconds run_end) {
  const auto span = stats.measured_span(run_end);
  Json json;
  json["offered"] = gigabytes_per_second(stats.offered().bytes, span) / endpoints;
  json["accepted"] = gigabytes_per_second(stats.accepted().bytes, span) / endpoints;
  json["offered_flits"] = flits_per_cycle(stats.offered().flits, span, clock) / endpoints;
  json["accepted_flits"] = flits_per_cycle(stats.accepted().flits, span, clock) / endpoints;
  return json;
}

}  // namespace

const char* version() { return FARSPAN_VERSION; }

std::int64_t peak_resident_bytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  constexpr std::int64_t kibibyte = 1024;
  return usage.ru_maxrss * kibibyte;
}

Json run_json(const RunFacts& facts) {
  Json json;
  json["scenario"] = facts.scenario;
  json["seed"] = facts.seed;
  json["version"] = version();
  json["digest"] = facts.digest.hex();
  json["sim_time_ns"] = to_nanoseconds(facts.sim_time);
  json["wall_s"] = facts.wall_s;
  json["flit_hops"] = facts.flit_hops;
  json["flit_hops_per_s"] = facts.wall_s > 0 ? static_cast<double>(facts.flit_hops) / facts.wall_s : 0.0;
  json["peak_rss_bytes"] = peak_resident_bytes();
  return json;
}

Json latency_json(const LatencyHistogram& latency, const BatchMeans& batches) {
  Json json;
  json["count"] = latency.count();
  if (latency.count() == 0) {  // nulls: a mean of 0 would meet every "at most"
    for (const char* key : {"mean", "min", "p50", "p90", "p99", "p999", "max", "ci95"}) json[key] = Json();
    return json;
  }
  json["mean"] = latency.mean() / femtoseconds_per_nanosecond;
  json["min"] = to_nanoseconds(latency.min());
  json["p50"] = to_nanoseconds(latency.percentile(0.5));
  json["p90"] = to_nanoseconds(latency.percentile(0.9));
  json["p99"] = to_nanoseconds(latency.percentile(0.99));
  json["p999"] = to_nanoseconds(latency.percentile(0.999));
  json["max"] = to_nanoseconds(latency.max());
  const auto interval = batches.interval();
  json["ci95"] = interval ? Json(interval->half_width / femtoseconds_per_nanosecond) : Json();
  return json;
}

Json ledger_json(const LedgerSum& ledger) {
  Json json;
  for (std::size_t i = 0; i < cause_count; ++i) {
    const auto cause = static_cast<Cause>(i);
    json[cause_name(cause)] = ledger.mean(cause) / femtoseconds_per_nanosecond;
  }
  return json;
}

ClassStats merged(const ClassList& classes) {
  FS_CHECK(!classes.empty(), "there is no class to report");
  ClassStats all = classes.front()->empty_copy("all");
  for (const auto* stats : classes) all.merge(*stats);
  return all;
}

void put_latencies(Json& result, const std::string& what, const ClassList& classes) {
  Json latencies;
  Json ledgers;
  const auto put = [&](const ClassStats& stats) {
    stats.ledger().check_against(stats.latency(), what + " class " + stats.name());
    latencies[stats.name()] = latency_json(stats.latency(), stats.batches());
    ledgers[stats.name()] = ledger_json(stats.ledger());
  };
  put(merged(classes));
  for (const auto* stats : classes) put(*stats);
  result[what + "_latency_ns"] = std::move(latencies);
  result[what + "_ledger_ns"] = std::move(ledgers);
}

Json throughput_json(const ClassList& classes, std::int64_t endpoints, Clock clock, Femtoseconds run_end) {
  FS_CHECK(endpoints > 0, "throughput is per endpoint, and there is none");
  const auto share = static_cast<double>(endpoints);
  Json json = volume_json(merged(classes), share, clock, run_end);
  for (const auto* stats : classes) json["classes"][stats->name()] = volume_json(*stats, share, clock, run_end);
  return json;
}

std::vector<std::string> steadiness_warnings(const std::string& what, const ClassList& classes) {
  std::vector<std::string> warnings;
  const auto all = merged(classes);
  if (const auto text = saturation_warning(all.offered().count, all.accepted().count)) {
    warnings.push_back(what + "s: " + *text);
  }
  for (const auto* stats : classes) {
    if (const auto text = stats->batches().drift_warning()) {
      warnings.push_back(what + " class " + stats->name() + ": " + *text);
    }
  }
  return warnings;
}

Json link_json(const LinkFacts& link) {
  Json json = Json::object();
  json.get_ptr<Json::object_t*>()->reserve(9);  // there are thousands of them: no room to spare in each
  json["name"] = link.name;
  json["utilisation"] = link.utilisation;
  json["flits"] = link.flits;
  json["retries"] = link.retries;
  json["errors"] = link.errors;
  json["state"] = link.state;
  json["stalled"] = Json::object();
  for (const auto& [cause, share] : link.stalled) json["stalled"][cause] = share;
  json["replay_high_water"] = link.replay_high_water;
  if (!link.layer.is_null()) json["link_layer"] = link.layer;
  return json;
}

Json buffer_json(const std::string& name, const Occupancy& occupancy, std::int64_t now) {
  Json json;
  json["name"] = name;
  json["depth"] = occupancy.depth();
  json["high_water"] = occupancy.high_water();
  json["p99"] = occupancy.percentile(0.99, now);
  return json;
}

}  // namespace fs
