// SPDX-License-Identifier: Apache-2.0
// What --waves and --waves-scope ask for.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/quantity.hpp"
#include "observe/probes/event_board.hpp"

namespace fs {

struct WaveOptions {
  enum class Kind {
    whole,   ///< --waves: the whole run
    window,  ///< --waves=10us..12us
    around,  ///< --waves=around:EVENT±200ns
  };
  Kind kind = Kind::whole;
  Femtoseconds from{0};                   ///< window: its first instant, >= 0
  Femtoseconds to = Femtoseconds::max();  ///< window: its last, > from
  std::string event;                      ///< around: the event's name; docs/waveforms.md lists them
  Femtoseconds margin{0};                 ///< around: so much before the event and after it, > 0
  std::vector<std::string> scopes;        ///< names of chips and links, with * and ?; empty: everything
};

/// Reads the value of --waves; empty for the option alone. Throws std::invalid_argument saying what is allowed.
WaveOptions parse_waves(std::string_view text);

/// The value that parse_waves reads back: `10us..12us`; empty for the whole run.
std::string format(const WaveOptions& options);

/// `event` is one that the option asks for: the same name, or any failure where it says `failure`.
bool asks_for(const WaveOptions& options, std::string_view event);

}  // namespace fs
