// SPDX-License-Identifier: Apache-2.0
#include "system/energy/wave_energy.hpp"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <variant>

namespace fs {
namespace {

PartPtr choose(const Reader& reader, const PartCatalogue& catalogue, const std::string& key, PartKind kind,
               const std::string& otherwise) {
  if (reader.has(key)) return catalogue.part(reader.node(key), kind);
  try {
    return catalogue.part(otherwise, kind);
  } catch (const std::invalid_argument& problem) {
    throw reader.error("give `" + key + "`: " + problem.what());
  }
}

/// Its laser and DSP run whether or not there are packets: a coherent wave never stops.
PartPtr module_of(const TransponderMode& mode) {
  auto part = std::make_shared<Part>();
  part->name = mode.name;
  part->kind = PartKind::transponder;
  part->rate = mode.rate;
  part->price = mode.price;
  part->draws = {{EnergyCause::dsp, mode.watts * mode.dsp_share, 1},
                 {EnergyCause::optics, mode.watts * (1 - mode.dsp_share), 1}};
  return part;
}

void add_cable(EnergyAccount& account, const WaveEnergyPlan& plan, const LightCourse& course) {
  const double share = 1.0 / static_cast<double>(course.waves());
  const auto& elements = course.line().elements;
  const auto amplifiers = std::count_if(elements.begin(), elements.end(), [](const LineElement& element) {
    return std::holds_alternative<Amplifier>(element);
  });
  if (amplifiers > 0) {
    account.add_pieces(plan.amplifier, Scale::scale_across, static_cast<double>(amplifiers), share, 0);
  }
  account.add_fibre(plan.fibre, Scale::scale_across, course.totals().length, share);
}

}  // namespace

std::optional<WaveEnergyPlan> read_wave_energy(const Reader& root) {
  const auto reader = root.optional_section("energy");
  if (!reader) return std::nullopt;
  WaveEnergyPlan plan;
  plan.terms = read_cost_terms(*reader);
  const PartCatalogue catalogue = PartCatalogue::read(reader->section("catalogue"));
  plan.amplifier = choose(*reader, catalogue, "amplifier", PartKind::amplifier, "line_amplifier");
  plan.fibre = choose(*reader, catalogue, "fibre", PartKind::fibre, "dark_fibre");
  return plan;
}

void add_wave(EnergyAccount& account, const WaveEnergyPlan& plan, const WaveSpec& wave, double bits) {
  account.add_pieces(module_of(wave.mode), Scale::scale_across, 2, 1, bits);
  add_cable(account, plan, *wave.forward.line);
  if (wave.forward.spare) add_cable(account, plan, *wave.forward.spare);
}

}  // namespace fs
