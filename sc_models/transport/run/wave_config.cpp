// SPDX-License-Identifier: Apache-2.0
#include "transport/run/wave_config.hpp"

#include <algorithm>
#include <cstdio>

namespace fs {
namespace {

std::string short_text(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.4g", value);
  return text;
}

double in_km(Micrometres length) { return static_cast<double>(length.value()) * 1e-9; }

/// A cable and what lights it.
struct LineChoice {
  Line line;
  std::vector<Wave> waves;
  Micrometres length{0};
};

const AmplifierType& read_amplifier(const Reader& reader, const OpticsCatalogue& catalogue) {
  return reader.has("amplifier") ? catalogue.amplifier(reader.node("amplifier"))
                                 : catalogue.amplifier(reader.text_or("amplifier", "textbook"));
}

const FibreType& read_fibre(const Reader& reader, const OpticsCatalogue& catalogue) {
  return reader.has("fibre") ? catalogue.fibre(reader.node("fibre")) : catalogue.fibre(reader.text_or("fibre", "smf"));
}

/// A line piece by piece: `{span: 75km, fibre: smf, amplifier: textbook}`, `{node: {output: -20dBm, osnr: 38dB}}`, an
/// amplifier behind each that brings the wave back to its launch power.
Line read_pieces(const Reader& reader, const OpticsCatalogue& catalogue) {
  Line line;
  for (const auto& item : reader.list("line")) {
    const Reader piece = item.reader();
    if (const auto node = piece.optional_section("node")) {
      AddDrop add_drop;
      add_drop.output_dbm = node->measure_or("output", "dBm", add_drop.output_dbm, -40, 20);
      if (node->has("osnr")) add_drop.osnr_db = node->measure("osnr", "dB", 10, 100);
      line.elements.emplace_back(add_drop);
      line.elements.emplace_back(Amplifier{read_amplifier(piece, catalogue), std::nullopt});
      continue;
    }
    FibreSpan span;
    span.fibre = read_fibre(piece, catalogue);
    span.length = piece.length("span", Micrometres(1'000'000), Micrometres(300'000'000'000));
    line.elements.emplace_back(span);
    line.elements.emplace_back(Amplifier{read_amplifier(piece, catalogue), std::nullopt});
  }
  return line;
}

Line read_equal_spans(const Reader& reader, const OpticsCatalogue& catalogue, const FibreType& fibre,
                      Micrometres length) {
  const AmplifierType& amplifier = read_amplifier(reader, catalogue);
  const Micrometres span =
      reader.length_or("span", Micrometres(80'000'000'000), Micrometres(1'000'000'000), Micrometres(300'000'000'000));
  return equal_spans(fibre, length, span, amplifier);
}

LineChoice read_line(const Reader& reader, const OpticsCatalogue& catalogue, const TransponderMode& mode) {
  LineChoice choice;
  const bool pieces = reader.has("line");
  if (pieces && reader.has("length")) throw reader.error("line", "give length or line, not both");
  if (pieces && mode.detection == Detection::direct) {
    throw reader.error("line", mode.name + " takes plain fibre without amplifiers: give `length` and `fibre`");
  }
  if (pieces) {
    choice.line = read_pieces(reader, catalogue);
    choice.length = line_totals(choice.line).length;
    if (choice.length == Micrometres(0)) throw reader.error("line", "give at least one span");
  } else {
    choice.length = reader.length("length", Micrometres(1), Micrometres(40'000'000'000'000));
    const FibreType& fibre = read_fibre(reader, catalogue);
    if (mode.detection == Detection::direct) {
      choice.line.elements.emplace_back(FibreSpan{fibre, choice.length, 0, 0});
      choice.waves = {Wave{}};
      return choice;
    }
    choice.line = read_equal_spans(reader, catalogue, fibre, choice.length);
  }
  Wave wave;
  wave.baud_hz = mode.baud_hz;
  wave.launch_dbm = reader.measure_or("launch", "dBm", mode.launch_dbm, -30, 20);
  // Waves stand as close as their own width allows, on a grid of 12.5 GHz.
  const double closest = 12.5 * static_cast<double>(static_cast<int>(mode.baud_hz * 1.1 / 12.5e9) + 1);
  const double spacing = reader.measure_or("spacing", "GHz", closest, mode.baud_hz * 1e-9, 10'000);
  const int waves = reader.integer_or("neighbours", 40, 1, 400);
  choice.waves = comb(waves, spacing * 1e9, wave);
  return choice;
}

/// The same line seen from its far end: nodes and spans in reverse, an amplifier behind each span in either direction.
LineChoice reversed(LineChoice choice) {
  std::vector<LineElement> elements;
  auto& given = choice.line.elements;
  for (std::size_t end = given.size(); end > 0;) {
    std::size_t begin = end - 1;
    if (std::holds_alternative<Amplifier>(given[begin]) && begin > 0) --begin;  // and the span before it
    elements.insert(elements.end(), given.begin() + static_cast<std::ptrdiff_t>(begin),
                    given.begin() + static_cast<std::ptrdiff_t>(end));
    end = begin;
  }
  given = std::move(elements);
  return choice;
}

std::vector<LightEvent> mirrored(std::vector<LightEvent> events, Micrometres length) {
  for (auto& event : events) event.place = length - event.place;
  return events;
}

std::string modes_that_work(const OpticsCatalogue& catalogue, const LineChoice& choice) {
  std::string names;
  for (const auto& mode : catalogue.modes) {
    std::vector<Wave> waves = choice.waves;
    for (auto& wave : waves) {
      wave.baud_hz = mode.baud_hz;
      wave.launch_dbm = mode.launch_dbm;
    }
    if (mode.detection == Detection::coherent && waves.size() > 1) {
      waves = comb(static_cast<int>(waves.size()), mode.baud_hz * 1.2, waves[0]);
    }
    if (!performance_on(mode, choice.line, waves, {}).works()) continue;
    names += (names.empty() ? "" : ", ") + mode.name;
  }
  return names.empty() ? "none of the catalogue's" : names;
}

void check_design(const Reader& reader, const OpticsCatalogue& catalogue, const LineChoice& choice,
                  const LightCourse& course) {
  const Performance& design = course.design();
  if (design.works() || reader.boolean_or("insist", false)) return;
  const std::string why = design.obstacle != Obstacle::none
                              ? std::string(to_string(design.obstacle)) + " is beyond what it takes"
                              : "its margin is " + short_text(design.margin_db) + " dB";
  throw reader.error("transponder", course.mode().name + " does not work over " + short_text(in_km(choice.length)) +
                                        " km: " + why + "; over this line would work: " +
                                        modes_that_work(catalogue, choice) + " (or say `insist: true`)");
}

struct Cable {
  std::shared_ptr<const LightCourse> there, back;
};

Cable read_cable(const Reader& reader, const OpticsCatalogue& catalogue, const TransponderMode& mode,
                 const std::string& name, std::uint64_t seed) {
  const LineChoice choice = read_line(reader, catalogue, mode);
  LightCourse::Spec spec;
  spec.name = name;
  spec.mode = mode;
  spec.line = choice.line;
  spec.waves = choice.waves;
  spec.ageing_db = reader.measure_or("ageing", "dB", 0, 0, 30);
  spec.events = read_light_events(reader, "events", choice.length);
  spec.seed = seed;
  Cable cable;
  cable.there = std::make_shared<const LightCourse>(spec);
  check_design(reader, catalogue, choice, *cable.there);
  spec.line = reversed(choice).line;
  spec.events = mirrored(spec.events, choice.length);
  cable.back = std::make_shared<const LightCourse>(spec);
  return cable;
}

FlowSpec read_flow(const Reader& reader) {
  FlowSpec flow;
  flow.name = reader.text("name");
  flow.transport = read_transport(reader.section("transport"));
  flow.bytes = reader.bytes_or("message", Bytes(flow.bytes), Bytes(1), Bytes(1'000'000'000'000)).value();
  if (reader.has("messages")) flow.messages = reader.integer<std::int64_t>("messages", 1, 1'000'000'000);
  flow.outstanding = reader.integer_or<std::int64_t>("outstanding", flow.outstanding, 1, 1'000'000);
  flow.start = reader.time_or("start", flow.start, Femtoseconds(0), one_second() * 8000);
  flow.gap = reader.time_or("gap", flow.gap, Femtoseconds(0), one_second() * 8000);
  return flow;
}

/// Refuses what a hop's retry cannot span; else sizes its window by the round trip.
void check_hop_retry(const Reader& reader, const FlowPath& path, const LightCourse& line, FlowSpec& flow) {
  if (!flow.transport.hop_retry) return;
  const auto problem = hop_retry_problem(flow.transport, path, 2 * line.delay(), line.totals().length);
  if (!problem.empty()) throw reader.error("transport", problem);
  flow.transport.window = 0;
}

}  // namespace

std::string hop_retry_problem(const TransportSpec& retry, const FlowPath& path, Femtoseconds glass,
                              Micrometres length) {
  const std::int64_t needed = bandwidth_delay_packets(retry, path);
  const bool timer = path.round_trip <= retry.timeout;
  if (timer && needed <= retry.window) return {};
  const double round_trip = to_nanoseconds(path.round_trip);
  const double by_window = round_trip * static_cast<double>(retry.window) / static_cast<double>(needed);
  const double spanned = std::min(to_nanoseconds(retry.timeout), by_window);
  const double in_transponders = round_trip - to_nanoseconds(glass);
  const double km = (spanned - in_transponders) / to_nanoseconds(glass) * static_cast<double>(length.value()) * 1e-9;
  std::string text = "retry from hop to hop cannot span a round trip of " + short_text(round_trip * 1e-3) + " us";
  if (in_transponders > 0) text += " (" + short_text(in_transponders * 1e-3) + " of them in transponders)";
  text += timer ? ": its window is " + std::to_string(retry.window) + " frames"
                : ": its timer ends after " + short_text(to_nanoseconds(retry.timeout) * 1e-3) + " us";
  return text + ", which reaches " +
         (km > 0 ? short_text(km) + " km of this fibre" : std::string("over no fibre at all")) +
         "; would work: a transport from end to end (selective_repeat or erasure) with a window of " +
         std::to_string(needed) + " packets";
}

WaveSpec read_wave_path(const Reader& reader, const OpticsCatalogue& catalogue, std::uint64_t seed) {
  WaveSpec wave;
  wave.name = reader.text("name");
  wave.mode = catalogue.mode(reader.node("transponder"));
  wave.forward.name = wave.name + ".there";
  wave.back.name = wave.name + ".back";
  const Cable working = read_cable(reader, catalogue, wave.mode, wave.name, seed);
  wave.forward.line = working.there;
  wave.back.line = working.back;
  if (const auto spare = reader.optional_section("spare")) {
    const Cable second = read_cable(*spare, catalogue, wave.mode, wave.name + ".spare", seed);
    wave.forward.spare = second.there;
    wave.back.spare = second.back;
    wave.forward.recovery = wave.back.recovery = read_line_recovery(reader.section("recovery"));
  }
  for (auto* channel : {&wave.forward, &wave.back}) {
    channel->rate = wave.mode.rate;
    channel->latency = wave.mode.latency;
    channel->seed = seed;
  }
  wave.forward.drop = reader.ratio_or("drop", 0);
  wave.back.drop = reader.ratio_or("drop_back", 0);
  return wave;
}

WaveSpec read_wave(const Reader& reader, const OpticsCatalogue& catalogue, std::uint64_t seed) {
  WaveSpec wave = read_wave_path(reader, catalogue, seed);
  const Femtoseconds fibre = wave.forward.line->delay() + wave.back.line->delay();
  const FlowPath path{fibre + 2 * wave.mode.latency, wave.mode.rate};
  for (const auto& item : reader.list("flows")) {
    wave.flows.push_back(read_flow(item.reader()));
    check_hop_retry(item.reader(), path, *wave.forward.line, wave.flows.back());
    if (wave.flows.back().transport.hop_retry) wave.forward.deliver_damaged = true;
  }
  return wave;
}

}  // namespace fs
