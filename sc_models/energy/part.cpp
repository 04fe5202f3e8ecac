// SPDX-License-Identifier: Apache-2.0
#include "energy/part.hpp"

#include <array>

namespace fs {

const char* to_string(EnergyCause cause) {
  constexpr std::array<const char*, energy_cause_count> names{"serdes",    "fec",         "dsp", "optics",
                                                              "amplifier", "switch_core", "nic", "memory"};
  return names[static_cast<std::size_t>(cause)];
}

const char* to_string(Scale scale) {
  constexpr std::array<const char*, scale_count> names{"node", "scale_up", "scale_out", "scale_across"};
  return names[static_cast<std::size_t>(scale)];
}

const char* to_string(PartKind kind) {
  constexpr std::array<const char*, 8> names{"link",   "serdes",      "switch",    "nic",
                                             "memory", "transponder", "amplifier", "fibre"};
  return names[static_cast<std::size_t>(kind)];
}

}  // namespace fs
