// SPDX-License-Identifier: Apache-2.0
#include "system/waves/wave_options.hpp"

#include <array>
#include <stdexcept>

#include "config/units.hpp"

namespace fs {
namespace {

constexpr std::string_view around_word = "around:";

[[noreturn]] void refuse(std::string_view text, const std::string& why) {
  throw std::invalid_argument("'" + std::string(text) + "': " + why +
                              "; allowed are nothing (the whole run), FROM..TO (10us..12us) and around:EVENT±TIME "
                              "(around:error±200ns, or +-)");
}

Femtoseconds time_of(std::string_view text, std::string_view part) {
  try {
    return parse_time(part);
  } catch (const std::invalid_argument& error) {
    refuse(text, error.what());
  }
}

WaveOptions parse_around(std::string_view text) {
  WaveOptions options;
  options.kind = WaveOptions::Kind::around;
  const std::string_view rest = text.substr(around_word.size());
  for (const std::string_view sign : {std::string_view("±"), std::string_view("+-"), std::string_view("+/-")}) {
    const auto place = rest.rfind(sign);
    if (place == std::string_view::npos) continue;
    options.event = rest.substr(0, place);
    options.margin = time_of(text, rest.substr(place + sign.size()));
    if (options.event.empty()) refuse(text, "which event?");
    if (options.margin <= Femtoseconds(0)) refuse(text, "a margin is above 0");
    return options;
  }
  refuse(text, "how much time around the event?");
}

}  // namespace

WaveOptions parse_waves(std::string_view text) {
  if (text.empty()) return {};
  if (text.substr(0, around_word.size()) == around_word) return parse_around(text);
  const auto dots = text.find("..");
  if (dots == std::string_view::npos) refuse(text, "neither a window nor an event");
  WaveOptions options;
  options.kind = WaveOptions::Kind::window;
  options.from = time_of(text, text.substr(0, dots));
  options.to = time_of(text, text.substr(dots + 2));
  if (options.from < Femtoseconds(0) || options.to <= options.from) refuse(text, "a window ends after it begins");
  return options;
}

std::string format(const WaveOptions& options) {
  switch (options.kind) {
    case WaveOptions::Kind::whole:
      return {};
    case WaveOptions::Kind::window:
      return format(options.from) + ".." + format(options.to);
    case WaveOptions::Kind::around:
      return std::string(around_word) + options.event + "+-" + format(options.margin);
  }
  return {};
}

bool asks_for(const WaveOptions& options, std::string_view event) {
  if (options.kind != WaveOptions::Kind::around) return false;
  if (options.event == event) return true;
  if (options.event != event_names::failure) return false;
  constexpr std::array failures{event_names::error, event_names::deadlock, event_names::livelock,
                                event_names::invariant, event_names::expectation};
  for (const std::string_view failure : failures) {
    if (failure == event) return true;
  }
  return false;
}

}  // namespace fs
