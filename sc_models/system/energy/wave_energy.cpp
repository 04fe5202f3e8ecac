// SPDX-License-Identifier: Apache-2.0
#include "system/energy/wave_energy.hpp"

#include <algorithm>
#include <variant>

namespace fs {
namespace {

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

void add_cable(EnergyAccount& account, const WaveParts& parts, const LightCourse& course) {
  const double share = 1.0 / static_cast<double>(course.waves());
  const auto& elements = course.line().elements;
  const auto amplifiers = std::count_if(elements.begin(), elements.end(), [](const LineElement& element) {
    return std::holds_alternative<Amplifier>(element);
  });
  if (amplifiers > 0) {
    account.add_pieces(parts.amplifier, Scale::scale_across, static_cast<double>(amplifiers), share, 0);
  }
  account.add_fibre(parts.fibre, Scale::scale_across, course.totals().length, share);
}

}  // namespace

WaveParts read_wave_parts(const EnergyBlock& block) {
  return {choose_part(block, "amplifier", PartKind::amplifier, "line_amplifier"),
          choose_part(block, "fibre", PartKind::fibre, "dark_fibre")};
}

void add_wave(EnergyAccount& account, const WaveParts& parts, const WaveSpec& wave, double bits) {
  account.add_pieces(module_of(wave.mode), Scale::scale_across, 2, 1, bits);
  add_cable(account, parts, *wave.forward.line);
  if (wave.forward.spare) add_cable(account, parts, *wave.forward.spare);
}

}  // namespace fs
