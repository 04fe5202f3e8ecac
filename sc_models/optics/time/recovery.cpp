// SPDX-License-Identifier: Apache-2.0
#include "optics/time/recovery.hpp"

#include <algorithm>

namespace fs {
namespace {

/// Failures in the receiver's time.
std::vector<LightInterval> at_receiver(const LightCourse& course) {
  auto failures = course.failures();
  for (auto& failure : failures) {
    failure.from = later(failure.from, course.delay());
    failure.to = later(failure.to, course.delay());
  }
  return failures;
}

/// When the line has been without failure from, at or after `time`; max(): never.
Femtoseconds good_from(const std::vector<LightInterval>& failures, Femtoseconds time) {
  for (const auto& failure : failures) {
    if (failure.holds(time)) time = failure.to;
  }
  return time;
}

/// When a line that failed as given is used again, if it may be from `home` on: not while damping holds it down.
Femtoseconds damped(const LineRecovery& recovery, const std::vector<LightInterval>& failures, Femtoseconds home) {
  if (!recovery.damping || home == Femtoseconds::max()) return home;
  LinkDamping damping(*recovery.damping);
  for (const auto& failure : failures) {
    if (failure.to <= later(failure.from, recovery.detection)) continue;  // nobody noticed
    if (failure.from > damping.usable_from(home)) break;
    damping.flap(failure.from);
    if (failure.to == Femtoseconds::max()) return Femtoseconds::max();
    home = std::max(home, later(failure.to, recovery.wait_to_restore));
  }
  return damping.usable_from(home);
}

LinkDamping::Spec read_damping(const Reader& reader) {
  LinkDamping::Spec spec;
  spec.penalty = reader.number_or("penalty", spec.penalty, 0, 1e9);
  spec.suppress = reader.number_or("suppress", spec.suppress, 0, 1e9);
  spec.reuse = reader.number_or("reuse", spec.reuse, 1e-3, 1e9);
  spec.half_life = reader.time_or("half_life", spec.half_life, nanoseconds(1), one_second() * 8000);
  spec.longest = reader.time_or("longest", spec.longest, Femtoseconds(0), one_second() * 8000);
  if (spec.reuse > spec.suppress) throw reader.error("reuse", "is at most `suppress`");
  return spec;
}

}  // namespace

Femtoseconds LineRecovery::interruption(Femtoseconds signalling) const {
  if (kind == Kind::none) return Femtoseconds::max();
  return detection + switching + (sender_switches() ? signalling : Femtoseconds(0));
}

LineRecovery default_line_recovery(LineRecovery::Kind kind) {
  LineRecovery recovery;
  recovery.kind = kind;
  switch (kind) {
    case LineRecovery::Kind::none:
      break;
    case LineRecovery::Kind::one_plus_one:
    case LineRecovery::Kind::ring:
      recovery.detection = microseconds(10'000);
      recovery.switching = microseconds(50'000);
      recovery.wait_to_restore = one_second() * 300;
      break;
    case LineRecovery::Kind::restoration:
      recovery.detection = microseconds(10'000);
      recovery.switching = one_second() * 8;
      break;
    case LineRecovery::Kind::rerouting:
      recovery.detection = microseconds(900'000);
      recovery.switching = microseconds(100'000);
      break;
  }
  return recovery;
}

LineRecovery read_line_recovery(const Reader& reader) {
  using Kind = LineRecovery::Kind;
  LineRecovery recovery = default_line_recovery(reader.choice<Kind>("kind", {{"none", Kind::none},
                                                                             {"one_plus_one", Kind::one_plus_one},
                                                                             {"ring", Kind::ring},
                                                                             {"restoration", Kind::restoration},
                                                                             {"rerouting", Kind::rerouting}}));
  if (recovery.kind == Kind::none) return recovery;
  constexpr Femtoseconds longest = one_second() * 8000;
  recovery.detection = reader.time_or("detection", recovery.detection, Femtoseconds(0), longest);
  recovery.switching = reader.time_or("switching", recovery.switching, Femtoseconds(0), longest);
  recovery.wait_to_restore = reader.time_or("wait_to_restore", recovery.wait_to_restore, Femtoseconds(0), longest);
  if (const auto damping = reader.optional_section("damping")) recovery.damping = read_damping(*damping);
  return recovery;
}

std::vector<LightInterval> outages(const LineRecovery& recovery, const LightCourse& working,
                                   const LightCourse* protecting) {
  if (protecting == nullptr || recovery.kind == LineRecovery::Kind::none) return at_receiver(working);
  const LightCourse* lines[2] = {&working, protecting};
  const Selection selection(recovery, working, *protecting);
  const auto& changes = selection.changes();
  // What the sender selects is seen a flight later.
  const auto begins = [&](const Selection::Change& change) {
    return recovery.sender_switches() ? later(change.time, lines[change.line]->delay()) : change.time;
  };
  std::vector<LightInterval> result;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    const Femtoseconds from = i == 0 ? Femtoseconds(0) : begins(changes[i]);
    const Femtoseconds to = i + 1 < changes.size() ? begins(changes[i + 1]) : Femtoseconds::max();
    for (const auto& failure : at_receiver(*lines[changes[i].line])) {
      const LightInterval part{std::max(failure.from, from), std::min(failure.to, to)};
      if (part.from < part.to) result.push_back(part);
    }
  }
  return joined(std::move(result));
}

std::vector<LightInterval> left_out(const LineRecovery& rerouting, const std::vector<LightInterval>& outages,
                                    Femtoseconds signalling) {
  std::vector<LightInterval> result;
  for (const auto& outage : outages) {
    const Femtoseconds noticed = later(outage.from, rerouting.detection);
    if (outage.to <= noticed) continue;
    const Femtoseconds home = damped(rerouting, outages, later(outage.to, rerouting.wait_to_restore));
    const LightInterval out{later(noticed, rerouting.switching + signalling), later(home, signalling)};
    if (out.from < out.to) result.push_back(out);
  }
  return joined(std::move(result));
}

LightInterval next_alarm(const LightCourse& course, Femtoseconds from, Femtoseconds detection) {
  for (const auto& failure : at_receiver(course)) {
    if (failure.to > from && later(std::max(failure.from, from), detection) < failure.to) {
      return {std::max(failure.from, from), failure.to};
    }
  }
  return {Femtoseconds::max(), Femtoseconds::max()};
}

Selection::Selection(const LineRecovery& recovery, const LightCourse& working, const LightCourse& protecting) {
  if (recovery.kind == LineRecovery::Kind::none) return;
  const LightCourse* lines[2] = {&working, &protecting};
  const std::vector<LightInterval> failures[2] = {at_receiver(working), at_receiver(protecting)};
  int now_on = 0;
  Femtoseconds time(0);
  while (true) {
    const LightInterval alarm = next_alarm(*lines[now_on], time, recovery.detection);
    // The way home, once the working line has been back for long enough.
    Femtoseconds home = Femtoseconds::max();
    if (now_on == 1 && recovery.wait_to_restore > Femtoseconds(0)) {
      home = damped(recovery, failures[0], later(good_from(failures[0], time), recovery.wait_to_restore));
    }
    if (home == Femtoseconds::max() && alarm.from == Femtoseconds::max()) return;
    if (home <= later(alarm.from, recovery.detection)) {
      now_on = 0;
      time = home;
      changes_.push_back({time, now_on});
      continue;
    }
    // Word of it goes back over the other line.
    const Femtoseconds signalling = recovery.sender_switches() ? lines[1 - now_on]->delay() : Femtoseconds(0);
    const Femtoseconds ready = later(later(alarm.from, recovery.detection), recovery.switching + signalling);
    const Femtoseconds other_good = good_from(failures[1 - now_on], ready);
    if (other_good == Femtoseconds::max() && alarm.to == Femtoseconds::max()) return;
    if (alarm.to <= other_good && alarm.to > ready) {
      time = alarm.to;  // the line itself comes back first
      continue;
    }
    now_on = 1 - now_on;
    time = other_good;
    changes_.push_back({time, now_on});
  }
}

int Selection::at(Femtoseconds time) const {
  const auto next = std::upper_bound(changes_.begin(), changes_.end(), time,
                                     [](Femtoseconds t, const Change& change) { return t < change.time; });
  return next == changes_.begin() ? 0 : std::prev(next)->line;
}

}  // namespace fs
