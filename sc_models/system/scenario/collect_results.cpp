// SPDX-License-Identifier: Apache-2.0
#include "system/scenario/collect_results.hpp"

#include <algorithm>
#include <string>

#include "system/energy/energy_json.hpp"
#include "system/energy/fabric_energy.hpp"
#include "system/fabric/memory_system.hpp"
#include "system/faults/describe_faults.hpp"
#include "system/report/result_json.hpp"
#include "system/sites/site_json.hpp"
#include "tlm/carrier_module.hpp"

namespace fs {
namespace {

ClassList packet_classes(const RunningFabric& fabric) {
  ClassList classes;
  for (const auto& c : fabric.recorder().classes()) classes.push_back(&c);
  return classes;
}

Json count_packets(const RunningFabric& fabric, const RunEnd& end) {
  const Recorder& recorder = fabric.recorder();
  return {{"created", end.created},        {"delivered", recorder.delivered()},
          {"dropped", recorder.dropped()}, {"poisoned", recorder.poisoned()},
          {"wrong", recorder.wrong()},     {"inside", end.created - recorder.ended()}};
}

/// Share of the run in which the output VCs of a channel's sender lacked credit: the mean over its VCs.
double stalled_share(const RunningFabric& fabric, ChannelId id, Femtoseconds span) {
  const LinkEnd source = fabric.plan().topology.graph.source(id);
  const auto* chip = fabric.switch_at(source.chip);
  if (chip == nullptr || span <= Femtoseconds(0)) return 0;
  const int vcs = fabric.plan().routes.plan().vcs();
  std::int64_t cycles = 0;
  for (int vc = 0; vc < vcs; ++vc) cycles += chip->stalled(source.port, static_cast<VcId>(vc)).value();
  const double stalled = to_nanoseconds(chip->config().clock.period() * cycles) / vcs;
  return std::min(1.0, stalled / to_nanoseconds(span));
}

/// What a link that can fail says of itself.
void describe_layer(const RunningFabric& fabric, ChannelId id, Femtoseconds span, LinkFacts& facts) {
  const Channel& channel = fabric.channel(id);
  const Cycles end(span / channel.config().tx_clock.period());
  const LinkCounters counters = channel.layer()->counters(end);
  facts.retries = counters.retries;
  facts.errors = counters.frames_lost + counters.controls_lost;
  facts.replay_high_water = counters.replay_high_water;
  const LiveLink* link = fabric.live_link(link_of(id));
  if (link != nullptr) facts.state = link_state_name(link->state());
  facts.layer = {{"codewords_lost", counters.codewords_lost}, {"frames_lost", counters.frames_lost},
                 {"controls_lost", counters.controls_lost},   {"frames_replayed", counters.frames_replayed},
                 {"bytes_replayed", counters.bytes_replayed}, {"timeouts", counters.timeouts},
                 {"restarts", counters.reinitialisations},    {"undetected", counters.undetected},
                 {"flits_dropped", counters.flits_dropped}};
  if (link != nullptr) {
    facts.layer["lanes"] = link->lanes_in_use();
    facts.layer["slower_by"] = link->slower_by();
  }
  const double held = span > Femtoseconds(0) ? to_nanoseconds(counters.retrying) / to_nanoseconds(span) : 0.0;
  facts.stalled.emplace_back("retry", std::min(1.0, held));
}

Json describe_links(const RunningFabric& fabric, Femtoseconds span) {
  Json links = Json::array();
  for (std::size_t i = 0; i < fabric.channel_count(); ++i) {
    const auto id = static_cast<ChannelId>(i);
    const Channel& channel = fabric.channel(id);
    LinkFacts facts;
    facts.name = channel.config().name;
    facts.flits = channel.flits();
    if (span > Femtoseconds(0)) {
      facts.utilisation = std::min(1.0, to_nanoseconds(channel.busy_time()) / to_nanoseconds(span));
    }
    facts.stalled.emplace_back("credit_stall", stalled_share(fabric, id, span));
    if (channel.layer() != nullptr) describe_layer(fabric, id, span, facts);
    links.push_back(link_json(facts));
  }
  return links;
}

/// Receive buffers of switches that held anything.
Json describe_buffers(const RunningFabric& fabric) {
  Json buffers = Json::array();
  const int vcs = fabric.plan().routes.plan().vcs();
  for (const auto& chip : fabric.switches()) {
    for (int port = 0; port < chip->config().core.ports; ++port) {
      for (int v = 0; v < vcs; ++v) {
        const auto p = static_cast<PortId>(port);
        const auto vc = static_cast<VcId>(v);
        if (chip->high_water(p, vc) == 0) continue;
        buffers.push_back({{"name", chip->config().name + "." + std::to_string(port) + " vc" + std::to_string(v)},
                           {"depth", chip->depth(vc)},
                           {"high_water", chip->high_water(p, vc)},
                           {"p99", chip->fill_percentile(p, vc, 0.99)}});
      }
    }
  }
  return buffers;
}

Json describe_allocator(const RunningFabric& fabric) {
  std::uint64_t requests = 0;
  std::uint64_t grants = 0;
  for (const auto& chip : fabric.switches()) {
    requests += chip->core().counts().requests;
    grants += chip->core().counts().grants;
  }
  return {{"requests", requests}, {"grants", grants}};
}

/// What each iteration took, and how much of that its computing did not hide.
Json describe_iterations(const ScheduleReport& report, Femtoseconds compute) {
  Json iterations = Json::array();
  for (const auto& iteration : report.iterations) {
    if (iteration.begin == Femtoseconds::max()) continue;
    const Femtoseconds time = iteration.end - iteration.begin;
    iterations.push_back({{"begin_ns", to_nanoseconds(iteration.begin)},
                          {"end_ns", to_nanoseconds(iteration.end)},
                          {"time_ns", to_nanoseconds(time)},
                          {"exposed_ns", to_nanoseconds(time - compute)}});
  }
  return iterations;
}

Json describe_schedule(const ScheduleRun& run) {
  const ScheduleReport report = run.report();
  Json steps = Json::array();
  for (const auto& step : report.steps) {
    if (step.messages == 0 || step.start == Femtoseconds::max()) continue;
    steps.push_back({{"name", step.name},
                     {"start_ns", to_nanoseconds(step.start)},
                     {"end_ns", to_nanoseconds(step.end)},
                     {"messages", step.messages},
                     {"delivered", step.delivered}});
  }
  const bool begun = report.start != Femtoseconds::max();
  return {{"complete", report.complete},
          {"start_ns", begun ? to_nanoseconds(report.start) : 0.0},
          {"end_ns", to_nanoseconds(report.end)},
          {"time_ns", begun ? to_nanoseconds(report.end - report.start) : 0.0},
          {"algorithm_gbytes_per_s", report.algorithm_gbytes_per_s},
          {"bus_gbytes_per_s", report.bus_gbytes_per_s},
          {"carried_messages", report.carried},
          {"carried_bytes", report.carried_bytes},
          {"compute_ns", to_nanoseconds(run.schedule().spec.compute)},
          {"iterations", describe_iterations(report, run.schedule().spec.compute)},
          {"steps", steps}};
}

void describe_transactions(const MemorySystem& memory, const RunningFabric& fabric, const RunEnd& end, Json& result,
                           std::vector<std::string>& warnings) {
  const RunObserver& observer = memory.observer();
  ClassList streams;
  for (const auto& stream : observer.streams()) {
    if (stream.name() != "other" || stream.latency().count() > 0) streams.push_back(&stream);
  }
  result["transactions"] = {{"issued", observer.issued()},          {"ok", observer.ok()},
                            {"error", observer.errors()},           {"wrong", observer.wrong()},
                            {"accesses", memory.accesses_issued()}, {"accesses_failed", memory.accesses_failed()}};
  if (!observer.first_wrong().empty()) result["first_wrong"] = observer.first_wrong();
  if (streams.empty()) return;
  put_latencies(result, "transaction", streams);
  const auto endpoints = static_cast<std::int64_t>(fabric.gpus().size());
  result["transaction_throughput"] =
      throughput_json(streams, endpoints, fabric.plan().profile.core_clock, end.sim_time);
  if (memory.schedule() != nullptr) result["schedule"] = describe_schedule(*memory.schedule());
  for (auto& warning : steadiness_warnings("transaction", streams)) warnings.push_back(std::move(warning));
}

std::string wrong_data_warning(const RunningFabric& fabric) {
  std::string text = std::to_string(fabric.recorder().wrong()) +
                     " packets were delivered with wrong data, which neither FEC nor CRC noticed";
  const MemorySystem* memory = fabric.memory();
  if (memory == nullptr || memory->observer().first_wrong().empty()) return text;
  text += "; " + std::to_string(memory->observer().wrong()) + " transactions ended well with it, first of them ";
  return text + memory->observer().first_wrong().front();
}

void describe_energy(const ScenarioSpec& spec, const RunningFabric& fabric, const RunEnd& end, Json& result) {
  EnergyAccount account;
  add_fabric(account, *spec.energy, fabric);
  double bytes = delivered_bytes(fabric);
  const MemorySystem* memory = fabric.memory();
  if (memory != nullptr && memory->sites() != nullptr) {
    add_sites(account, *spec.energy->sites, *spec.fabric.sites, *memory->sites());
    bytes += static_cast<double>(memory->carrier()->delivered_bytes());
  }
  put_energy(result, account, spec.energy->terms, to_seconds(end.sim_time), bytes);
}

}  // namespace

nlohmann::ordered_json collect_results(const ScenarioSpec& spec, const RunningFabric& fabric, const RunEnd& end) {
  RunFacts facts;
  facts.scenario = spec.name;
  facts.seed = spec.fabric.seed;
  facts.digest = fabric.recorder().digest();
  const MemorySystem* memory = fabric.memory();
  if (memory != nullptr && memory->carrier() != nullptr) facts.digest += memory->carrier()->digest();
  facts.sim_time = end.sim_time;
  facts.wall_s = end.wall_s;
  facts.flit_hops = fabric.flit_hops();
  Json result = run_json(facts);
  result["packets"] = count_packets(fabric, end);
  const ClassList packets = packet_classes(fabric);
  put_latencies(result, "packet", packets);
  std::vector<std::string> warnings = steadiness_warnings("packet", packets);
  if (fabric.memory() != nullptr) describe_transactions(*fabric.memory(), fabric, end, result, warnings);
  const auto endpoints = static_cast<std::int64_t>(fabric.gpus().size());
  result["throughput"] = throughput_json(packets, endpoints, spec.fabric.profile.core_clock, end.sim_time);
  result["links"] = describe_links(fabric, end.sim_time);
  result["buffers"] = describe_buffers(fabric);
  result["allocator"] = describe_allocator(fabric);
  result["events"] = describe_events(fabric);
  if (fabric.faults() != nullptr) describe_faults(fabric, end.sim_time, result);
  if (spec.energy) describe_energy(spec, fabric, end, result);
  if (memory != nullptr && memory->sites() != nullptr) {
    put_sites(result, *spec.fabric.sites, *memory->sites(), end.sim_time);
  }
  if (fabric.recorder().wrong() > 0) warnings.push_back(wrong_data_warning(fabric));
  if (!end.drained) warnings.push_back("not everything created inside the window was delivered before the run ended");
  result["warnings"] = warnings;
  result["peak_rss_bytes"] = peak_resident_bytes();  // with what it took to tell all this
  if (end.stopped_moving) result["deadlock"] = end.deadlock;
  return result;
}

}  // namespace fs
