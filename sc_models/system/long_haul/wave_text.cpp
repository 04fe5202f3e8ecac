// SPDX-License-Identifier: Apache-2.0
#include "system/long_haul/wave_text.hpp"

#include <fmt/format.h>

namespace fs {

std::string wave_text(const WaveSpec& wave) {
  const LightCourse& line = *wave.forward.line;
  return fmt::format("{}: {} over {:.4g} km, {:.4g} us one way, margin {:.2f} dB, reach {:.4g} km", wave.name,
                     wave.mode.name, static_cast<double>(line.totals().length.value()) * 1e-9,
                     to_nanoseconds(line.delay() + wave.mode.latency) * 1e-3, line.design().margin_db, line.reach_km());
}

}  // namespace fs
