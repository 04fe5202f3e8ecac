// SPDX-License-Identifier: Apache-2.0
#include "system/long_haul/long_haul.hpp"

#include <fmt/format.h>

#include <chrono>
#include <limits>

#include "optics/catalogue.hpp"
#include "system/energy/energy_json.hpp"
#include "system/energy/wave_energy.hpp"
#include "system/long_haul/wave_json.hpp"
#include "system/long_haul/wave_text.hpp"
#include "system/report/progress.hpp"
#include "system/scenario/files/catalogue_file.hpp"
#include "transport/run/wave_config.hpp"

namespace fs {
namespace {

struct LongHaulSpec {
  std::string name;
  std::uint64_t seed = 1;
  Femtoseconds duration{0};
  std::vector<WaveSpec> waves;
  std::optional<CostTerms> energy;  ///< where the scenario asks what its waves draw and cost
  WaveParts parts;
};

LongHaulSpec read_long_haul(Document& document) {
  resolve_catalogue(document, "long_haul.catalogue", "optics", "catalogue");
  resolve_parts(document);
  const Reader root = document.root();
  LongHaulSpec spec;
  spec.name = root.text("scenario");
  root.text_or("description", "");
  spec.seed =
      static_cast<std::uint64_t>(root.integer_or<std::int64_t>("seed", 1, 0, std::numeric_limits<std::int64_t>::max()));
  const Reader section = root.section("long_haul");
  const OpticsCatalogue catalogue = read_optics_catalogue(section.section("catalogue"));
  spec.duration = section.time("duration", Femtoseconds(1), one_second() * 8000);
  for (const auto& item : section.list("wavelengths")) {
    const auto reader = item.reader();
    spec.waves.push_back(read_wave(reader, catalogue, spec.seed));
    for (std::size_t i = 0; i + 1 < spec.waves.size(); ++i) {
      if (spec.waves[i].name == spec.waves.back().name) throw reader.error("name", "two waves have this name");
    }
  }
  if (spec.waves.empty()) throw section.error("wavelengths", "give at least one");
  if (const auto block = read_energy_block(root)) {
    spec.energy = block->terms;
    spec.parts = read_wave_parts(*block);
  }
  root.finish();
  return spec;
}

}  // namespace

bool is_long_haul(const Document& document) { return document.find("long_haul") && !document.find("topology"); }

Json run_long_haul(Document& document, const RunOptions& options) {
  const LongHaulSpec spec = read_long_haul(document);
  const Femtoseconds end = options.until ? std::min(*options.until, spec.duration) : spec.duration;
  if (options.progress != nullptr) options.progress->begin(end * static_cast<std::int64_t>(spec.waves.size()));
  const auto began = std::chrono::steady_clock::now();
  RunFacts facts;
  facts.scenario = spec.name;
  facts.seed = spec.seed;
  Json waves = Json::array();
  Json flows = Json::array();
  Json events = Json::array();
  std::uint64_t steps = 0;
  EnergyAccount account;
  std::uint64_t delivered = 0;
  Femtoseconds done(0);
  for (const auto& wave : spec.waves) {
    FlowRun run(wave.forward, wave.back, wave.flows);
    const Femtoseconds stopped = run.run(end);
    facts.sim_time = std::max(facts.sim_time, stopped);
    facts.digest += run.digest();
    steps += run.events();
    waves.push_back(wave_json(wave, run, stopped));
    for (std::size_t i = 0; i < run.flows(); ++i) flows.push_back(flow_json(wave, run, i, stopped));
    for (auto& event : wave_events(wave.name, run.forward(), end)) events.push_back(std::move(event));
    if (spec.energy) {
      const std::uint64_t sent = run.forward().bytes_sent() + run.back().bytes_sent();
      add_wave(account, spec.parts, wave, 8 * static_cast<double>(sent));
      for (std::size_t i = 0; i < run.flows(); ++i) delivered += run.result(i).completed_bytes;
    }
    done += end;
    if (options.progress != nullptr) options.progress->update(done, steps);
  }
  facts.wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - began).count();
  Json result = run_json(facts);
  result["packet_events"] = steps;
  result["wavelengths"] = std::move(waves);
  result["flows"] = std::move(flows);
  result["events"] = std::move(events);
  if (spec.energy) {
    put_energy(result, account, *spec.energy, to_seconds(facts.sim_time), static_cast<double>(delivered));
  }
  result["warnings"] = Json::array();
  return result;
}

std::string check_long_haul(Document& document) {
  const LongHaulSpec spec = read_long_haul(document);
  std::string text = spec.name + '\n';
  for (const auto& wave : spec.waves) {
    text += fmt::format("  {}, {} flows\n", wave_text(wave), wave.flows.size());
  }
  return text;
}

}  // namespace fs
