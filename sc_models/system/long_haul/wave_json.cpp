// SPDX-License-Identifier: Apache-2.0
#include "system/long_haul/wave_json.hpp"

#include <algorithm>

namespace fs {
namespace {

std::uint64_t delivered_bytes(const FlowRun& run) {
  std::uint64_t bytes = 0;
  for (std::size_t i = 0; i < run.flows(); ++i) bytes += run.result(i).completed_bytes;
  return bytes;
}

void add_failures(std::vector<Json>& events, const LightCourse& course, const std::string& where, Femtoseconds end) {
  const auto add = [&](Femtoseconds sent, const char* what) {
    if (sent == Femtoseconds::max() || sent + course.delay() > end) return;
    events.push_back({{"time_ns", to_nanoseconds(sent + course.delay())}, {"what", what}, {"where", where}});
  };
  for (const auto& failure : course.failures()) {
    add(failure.from, "signal lost");
    add(failure.to, "signal back");
  }
}

}  // namespace

Json histogram_json(const LatencyHistogram& histogram) {
  if (histogram.empty()) return {{"count", 0}};
  return {{"count", histogram.count()},
          {"mean", histogram.mean() * 1e-6},
          {"min", to_nanoseconds(histogram.min())},
          {"p50", to_nanoseconds(histogram.percentile(0.5))},
          {"p99", to_nanoseconds(histogram.percentile(0.99))},
          {"max", to_nanoseconds(histogram.max())}};
}

Json lost_json(const LongHaulChannel::Counts& counts) {
  return {{"dark", counts.dark},       {"untracked", counts.untracked},   {"errors", counts.errors},
          {"dropped", counts.dropped}, {"unselected", counts.unselected}, {"all", counts.lost()}};
}

Json wave_json(const WaveSpec& wave, const FlowRun& run, Femtoseconds span) {
  const LightCourse& line = *wave.forward.line;
  const auto& counts = run.forward().counts();
  const double bits = static_cast<double>(delivered_bytes(run)) * 8;
  const double watts = 2 * wave.mode.watts;  // a module at each end
  return {{"name", wave.name},
          {"transponder", wave.mode.name},
          {"length_km", static_cast<double>(line.totals().length.value()) * 1e-9},
          {"one_way_ns", to_nanoseconds(run.forward().flight())},
          {"gsnr_db", line.design().gsnr_db},
          {"margin_db", line.design().margin_db},
          {"reach_km", line.reach_km()},
          {"bit_error_ratio", line.design().bit_error_ratio},
          {"codeword_failure", line.design().codeword_failure},
          {"rate_gbytes_per_s", static_cast<double>(wave.mode.rate.value()) / 8e9},
          {"used", span > Femtoseconds(0) ? static_cast<double>(run.forward().bytes_sent()) * 8 /
                                                (static_cast<double>(wave.mode.rate.value()) * to_seconds(span))
                                          : 0.0},
          {"sent", counts.sent},
          {"received", counts.received},
          {"in_flight", run.forward().in_flight()},
          {"lost", lost_json(counts)},
          {"lost_back", lost_json(run.back().counts())},
          {"twice", counts.twice},
          {"watts", watts},
          {"pj_per_delivered_bit", bits > 0 ? watts * to_seconds(span) / bits * 1e12 : 0.0},
          {"price", 2 * wave.mode.price}};
}

Json flow_json(const WaveSpec& wave, const FlowRun& run, std::size_t flow, Femtoseconds span) {
  const FlowResult result = run.result(flow);
  const TransportSpec& transport = wave.flows[flow].transport;
  // From the first arrival on: the way there is no loss of efficiency.
  const double active = to_seconds(std::max(span, result.last_arrival) - result.first_arrival);
  const double wire = static_cast<double>(result.completed_bytes) * static_cast<double>(transport.packet_bytes()) /
                      static_cast<double>(transport.payload);
  return {{"name", result.name},
          {"wave", wave.name},
          {"messages",
           {{"submitted", result.submitted}, {"completed", result.completed}, {"out_of_order", result.out_of_order}}},
          {"packets",
           {{"sent", result.sender.sent},
            {"repeated", result.sender.repeated},
            {"parity", result.sender.parity},
            {"arrived", result.data_arrived},
            {"duplicates", result.duplicates},
            {"timeouts", result.sender.timeouts},
            {"rounds", result.sender.rounds}}},
          {"buffer",
           {{"high_water_bytes", result.buffer_high_water},
            {"headroom_used_bytes", std::max<std::int64_t>(0, result.buffer_high_water - transport.xoff)},
            {"overflowed", result.overflowed}}},
          {"goodput_gbytes_per_s", active > 0 ? static_cast<double>(result.completed_bytes) / active * 1e-9 : 0.0},
          {"efficiency", active > 0 ? wire * 8 / (static_cast<double>(wave.mode.rate.value()) * active) : 0.0},
          {"completion_ns", histogram_json(result.at_receiver)},
          {"known_ns", histogram_json(result.at_sender)},
          {"longest_silence_ns", to_nanoseconds(result.longest_silence)},
          {"silence_end_ns", to_nanoseconds(result.silence_end)}};
}

std::vector<Json> wave_events(const std::string& name, const LongHaulChannel& forward, Femtoseconds end) {
  std::vector<Json> events;
  add_failures(events, *forward.spec().line, name, end);
  if (forward.spec().spare != nullptr) add_failures(events, *forward.spec().spare, name + ".spare", end);
  if (const Selection* selection = forward.selection()) {
    for (const auto& change : selection->changes()) {
      if (change.time == Femtoseconds(0) || change.time > end) continue;
      events.push_back({{"time_ns", to_nanoseconds(change.time)},
                        {"what", change.line == 0 ? "back on the working line" : "switched to the spare line"},
                        {"where", name}});
    }
  }
  std::stable_sort(events.begin(), events.end(), [](const Json& a, const Json& b) {
    return a["time_ns"].get<double>() < b["time_ns"].get<double>();
  });
  return events;
}

}  // namespace fs
