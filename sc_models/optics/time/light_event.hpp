// SPDX-License-Identifier: Apache-2.0
// What happens to the light of a line.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/quantity.hpp"
#include "config/reader.hpp"

namespace fs {

struct LightEvent {
  enum class Kind : std::uint8_t {
    cut,    ///< no light beyond the place, until repaired
    loss,   ///< light fades by `decibels` within `rise`, stays for `hold`, comes back within `fall`
    storm,  ///< polarisation turns in bursts; those faster than the receiver follows cost it the signal
  };
  Kind kind = Kind::cut;
  std::string name;  ///< for reports; "cut", "ramp", "transient" ... where the text gives none
  Femtoseconds start{0};
  Micrometres place{0};  ///< on the line, from its start
  // cut
  std::optional<Femtoseconds> repair;  ///< after the start; none: never
  // loss
  double decibels = 0;
  Femtoseconds rise{0};
  std::optional<Femtoseconds> hold;  ///< none: for ever
  Femtoseconds fall{0};
  // storm
  Femtoseconds duration{0};
  Femtoseconds burst{0};     ///< of one burst; published 1 to 100 ms
  Femtoseconds mean_gap{0};  ///< between bursts, geometrically distributed
  double peak_krad_s = 0;    ///< bursts turn at up to this, uniformly drawn
  Femtoseconds relock{0};    ///< the receiver needs this long after a burst
};

/// Reads a list `events:` of one line. Kinds and defaults:
///   cut {at, place, repair_after}; ramp {at, place, decibels, over (1 s), hold, recover};
///   transient {at, place, decibels, rate (2 dB/ms; amplifiers 1 to 3), hold (1 ms), recover (1 ms)};
///   polarisation_storm {at, duration, burst (10 ms), gap (100 ms), peak (5100 krad/s, lightning on ground wire),
///   relock (10 ms)}.
/// `length` bounds places. Throws ConfigError.
std::vector<LightEvent> read_light_events(const Reader& reader, const std::string& key, Micrometres length);

}  // namespace fs
