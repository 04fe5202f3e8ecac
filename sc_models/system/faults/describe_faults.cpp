// SPDX-License-Identifier: Apache-2.0
#include "system/faults/describe_faults.hpp"

#include <string>

#include "system/faults/fault_desk.hpp"

namespace fs {

namespace {

using Json = nlohmann::ordered_json;

Json time_or_null(Femtoseconds time) { return time == not_yet ? Json() : Json(to_nanoseconds(time)); }

Json span_or_null(Femtoseconds from, Femtoseconds to) {
  return from == not_yet || to == not_yet ? Json() : Json(to_nanoseconds(to - from));
}

Json gpu_names(const RunningFabric& fabric, const DynamicBits& gpus) {
  const Graph& graph = fabric.plan().topology.graph;
  Json names = Json::array();
  for (std::size_t n = 0; n < graph.gpu_count(); ++n) {
    if (gpus.test(static_cast<int>(n))) names.push_back(graph.chip(graph.gpu(static_cast<NodeId>(n))).name);
  }
  return names;
}

Json fault_json(const RunningFabric& fabric, FaultKind kind, const FaultRecord& record) {
  const Json gpus = gpu_names(fabric, record.gpus);
  const Graph& graph = fabric.plan().topology.graph;
  Json touched = Json::array();
  for (const auto& [source, number] : record.first_touched) {
    touched.push_back(graph.chip(graph.gpu(source)).name + '#' + std::to_string(number));
  }
  return {{"kind", record.kind},
          {"where", record.where},
          {"noticed_by", fault_detection(kind)},
          {"began_ns", time_or_null(record.began)},
          {"ended_ns", time_or_null(record.ended)},
          {"detected_ns", time_or_null(record.detected)},
          {"reacted_ns", time_or_null(record.reacted)},
          {"recovered_ns", time_or_null(record.recovered)},
          {"time_to_detect_ns", span_or_null(record.began, record.detected)},
          {"time_to_react_ns", span_or_null(record.detected, record.reacted)},
          {"time_to_recover_ns", span_or_null(record.began, record.recovered)},
          {"reaction", record.reaction.empty() ? Json("none") : Json(record.reaction)},
          {"packets_lost", record.packets_lost},
          {"transactions_touched", record.transactions_touched},
          {"transactions_failed", record.transactions_failed},
          {"transactions_wrong", record.transactions_wrong},
          {"transactions_open", record.transactions_open},
          {"gpus_touched", gpus.size()},
          {"gpus", gpus},
          {"first_touched", touched}};
}

Json phase_json(const PhaseStats& stats, std::size_t gpus) {
  const double ns = to_nanoseconds(stats.span);
  const auto latency = [&](double q) {
    return stats.latency.empty() ? Json() : Json(to_nanoseconds(stats.latency.percentile(q)));
  };
  return {{"span_ns", ns},
          {"ok", stats.ok},
          {"failed", stats.failed},
          // Bytes a nanosecond are gigabytes a second.
          {"gbytes_per_s", ns > 0 ? static_cast<double>(stats.bytes) / ns / static_cast<double>(gpus) : 0.0},
          {"latency_ns",
           {{"mean", stats.latency.empty() ? Json() : Json(stats.latency.mean() * 1e-6)},
            {"p50", latency(0.5)},
            {"p99", latency(0.99)},
            {"p999", latency(0.999)},
            {"max", stats.latency.empty() ? Json() : Json(to_nanoseconds(stats.latency.max()))}}}};
}

Json counts_json(const std::vector<std::pair<std::string, std::uint64_t>>& counts) {
  Json object = Json::object();
  for (const auto& [name, count] : counts) object[name] = count;
  return object;
}

Json timeline_json(const FaultLog& log, std::size_t gpus) {
  Json bins = Json::array();
  const double width = to_nanoseconds(log.bin_width());
  for (std::size_t i = 0; i < log.bins().size(); ++i) {
    const TimelineBin& bin = log.bins()[i];
    const auto ok = static_cast<double>(bin.ok);
    bins.push_back({{"time_ns", width * static_cast<double>(i)},
                    {"gbytes_per_s", static_cast<double>(bin.bytes) / width / static_cast<double>(gpus)},
                    {"ok", bin.ok},
                    {"failed", bin.failed},
                    {"mean_ns", bin.ok == 0 ? Json() : Json(static_cast<double>(bin.latency_sum) * 1e-6 / ok)},
                    {"max_ns", bin.ok == 0 ? Json() : Json(static_cast<double>(bin.latency_max) * 1e-6)}});
  }
  return {{"bin_ns", width}, {"bins", bins}};
}

/// Sum over all channels of what `counter` picks.
std::uint64_t over_links(const RunningFabric& fabric, Femtoseconds end, std::uint64_t LinkCounters::*counter) {
  const Cycles now(end / fabric.plan().profile.core_clock.period());
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < fabric.plan().topology.graph.link_count(); ++i) {
    const LiveLink* link = fabric.live_link(static_cast<LinkId>(i));
    for (int direction = 0; direction < 2; ++direction) sum += link->counters(direction, now).*counter;
  }
  return sum;
}

}  // namespace

void describe_faults(const RunningFabric& fabric, Femtoseconds end, Json& result) {
  const FaultLog& log = fabric.faults()->log();
  const std::size_t gpus = fabric.gpus().size();
  Json faults = Json::array();
  std::uint64_t touched = 0, failed = 0, wrong = 0, open = 0;
  for (std::size_t i = 0; i < log.records().size(); ++i) {
    const FaultRecord& record = log.records()[i];
    faults.push_back(fault_json(fabric, fabric.faults()->schedule().faults()[i].kind, record));
    touched += record.transactions_touched;
    failed += record.transactions_failed;
    wrong += record.transactions_wrong;
    open += record.recovered == not_yet && record.began != not_yet ? 1U : 0U;
  }
  result["faults"] = faults;
  result["windows"] = {{"before", phase_json(log.phase(Phase::before), gpus)},
                       {"during", phase_json(log.phase(Phase::during), gpus)},
                       {"after", phase_json(log.phase(Phase::after), gpus)}};
  const Json touched_gpus = gpu_names(fabric, log.touched_gpus());
  const Json slowed_gpus = gpu_names(fabric, log.slowed_gpus());
  result["blast"] = {{"gpus_touched", touched_gpus.size()},
                     {"gpus_slowed", slowed_gpus.size()},
                     {"touched", touched_gpus},
                     {"slowed", slowed_gpus},
                     {"transactions_touched", touched},
                     {"transactions_failed", failed},
                     {"transactions_wrong", wrong},
                     {"transactions_slowed", log.slowed()},
                     {"faults_open", open},
                     {"domain_ended", fabric.faults()->domain_ended()}};
  result["losses"] = {{"packets", counts_json(log.losses())},
                      {"errors", counts_json(log.errors())},
                      {"resends", log.resends()},
                      {"bytes_resent", log.bytes_resent()},
                      {"bytes_replayed", over_links(fabric, end, &LinkCounters::bytes_replayed)},
                      {"frames_wrong", over_links(fabric, end, &LinkCounters::undetected)},
                      {"ghosts", log.ghosts},
                      {"ghosts_mistakable", log.ghosts_mistakable}};
  result["timeline"] = timeline_json(log, gpus);
}

Json describe_events(const RunningFabric& fabric) {
  Json events = Json::array();
  for (const EventMark& mark : fabric.events().marks()) {
    events.push_back({{"time_ns", to_nanoseconds(mark.time)}, {"what", mark.name}, {"where", mark.where}});
  }
  return events;
}

}  // namespace fs
