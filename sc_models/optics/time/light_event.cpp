// SPDX-License-Identifier: Apache-2.0
#include "optics/time/light_event.hpp"

#include <cmath>

namespace fs {
namespace {

constexpr Femtoseconds longest = one_second() * 8000;
constexpr Femtoseconds millisecond = microseconds(1000);

void read_ramp(const Reader& reader, LightEvent& event) {
  event.decibels = reader.measure("decibels", "dB", 0, 60);
  event.rise = reader.time_or("over", one_second(), Femtoseconds(0), longest);
  if (reader.has("hold")) event.hold = reader.time("hold", Femtoseconds(0), longest);
  event.fall = reader.time_or("recover", Femtoseconds(0), Femtoseconds(0), longest);
}

void read_transient(const Reader& reader, LightEvent& event) {
  event.decibels = reader.measure("decibels", "dB", 0, 60);
  const double rate = reader.measure_or("rate", "dB/ms", 2, 0.001, 1e6);
  event.rise = Femtoseconds(static_cast<std::int64_t>(event.decibels / rate * 1e12));
  event.hold = reader.time_or("hold", millisecond, Femtoseconds(0), longest);
  event.fall = reader.time_or("recover", millisecond, Femtoseconds(0), longest);
}

void read_storm(const Reader& reader, LightEvent& event) {
  event.duration = reader.time("duration", Femtoseconds(1), longest);
  event.burst = reader.time_or("burst", millisecond * 10, Femtoseconds(1), longest);
  event.mean_gap = reader.time_or("gap", millisecond * 100, microseconds(1), longest);
  event.peak_krad_s = reader.measure_or("peak", "krad/s", 5100, 0, 1e6);
  event.relock = reader.time_or("relock", millisecond * 10, Femtoseconds(0), longest);
}

LightEvent read_event(const Reader& reader, Micrometres length) {
  enum class Kind { cut, ramp, transient, storm };
  const auto kind = reader.choice<Kind>(
      "kind",
      {{"cut", Kind::cut}, {"ramp", Kind::ramp}, {"transient", Kind::transient}, {"polarisation_storm", Kind::storm}});
  LightEvent event;
  event.name = reader.text("kind");
  event.start = reader.time("at", Femtoseconds(0), longest);
  event.place = reader.length_or("place", Micrometres(0), Micrometres(0), length);
  event.kind = kind == Kind::cut     ? LightEvent::Kind::cut
               : kind == Kind::storm ? LightEvent::Kind::storm
                                     : LightEvent::Kind::loss;
  if (kind == Kind::cut && reader.has("repair_after")) {
    event.repair = reader.time("repair_after", Femtoseconds(1), longest);
  }
  if (kind == Kind::ramp) read_ramp(reader, event);
  if (kind == Kind::transient) read_transient(reader, event);
  if (kind == Kind::storm) read_storm(reader, event);
  return event;
}

}  // namespace

std::vector<LightEvent> read_light_events(const Reader& reader, const std::string& key, Micrometres length) {
  std::vector<LightEvent> events;
  for (const auto& item : reader.list_or_empty(key)) events.push_back(read_event(item.reader(), length));
  return events;
}

}  // namespace fs
