// SPDX-License-Identifier: Apache-2.0
#include "optics/time/light_course.hpp"

#include <algorithm>
#include <cmath>
#include <stdexcept>

#include "common/random.hpp"
#include "optics/line/budget.hpp"

namespace fs {
namespace {

constexpr double step_db = 0.25;

const FibreType& first_fibre(const Line& line) {
  for (const auto& element : line.elements) {
    if (const auto* span = std::get_if<FibreSpan>(&element)) return span->fibre;
  }
  throw std::invalid_argument("a line has at least one span of fibre");
}

/// The element in which a place lies: the span.
std::size_t element_at(const Line& line, Micrometres place) {
  std::size_t last = 0;
  for (std::size_t i = 0; i < line.elements.size(); ++i) {
    const auto* span = std::get_if<FibreSpan>(&line.elements[i]);
    if (span == nullptr) continue;
    last = i;
    if (place < span->length) return i;
    place -= span->length;
  }
  return last;
}

/// How far through an interval, 0 .. 1.
double share(LightInterval interval, Femtoseconds time) {
  return static_cast<double>((time - interval.from).value()) /
         static_cast<double>((interval.to - interval.from).value());
}

bool any_holds(const std::vector<LightInterval>& intervals, Femtoseconds time) {
  return std::any_of(intervals.begin(), intervals.end(), [&](const LightInterval& i) { return i.holds(time); });
}

/// The first bound of an interval after `time`.
void earliest_bound(LightInterval interval, Femtoseconds time, Femtoseconds& bound) {
  if (interval.from > time) bound = std::min(bound, interval.from);
  if (interval.to > time) bound = std::min(bound, interval.to);
}

}  // namespace

std::vector<LightInterval> joined(std::vector<LightInterval> intervals) {
  std::sort(intervals.begin(), intervals.end(), [](LightInterval a, LightInterval b) { return a.from < b.from; });
  std::vector<LightInterval> result;
  for (const auto& interval : intervals) {
    if (interval.to <= interval.from) continue;
    if (!result.empty() && interval.from <= result.back().to) {
      result.back().to = std::max(result.back().to, interval.to);
    } else {
      result.push_back(interval);
    }
  }
  return result;
}

Performance performance_on(const TransponderMode& mode, const Line& line, const std::vector<Wave>& waves,
                           const std::vector<double>& extra_loss_db) {
  if (mode.detection == Detection::coherent) {
    BudgetOptions options;
    options.extra_loss_db = extra_loss_db;
    options.frozen_gain = true;
    const auto budgets = line_budget(line, waves, options);
    return coherent_performance(mode, budgets[budgets.size() / 2].gsnr_db, line_totals(line));
  }
  double extra = 0;
  for (const double decibels : extra_loss_db) extra += decibels;
  return direct_performance(mode, first_fibre(line), line_totals(line).length, extra);
}

LightCourse::LightCourse(const Spec& spec)
    : mode_(spec.mode),
      totals_(line_totals(spec.line)),
      design_(performance_on(spec.mode, spec.line, spec.waves, {})),
      curve_(spec.mode),
      line_(spec.line),
      waves_(spec.waves.size()),
      launch_dbm_(spec.waves.front().launch_dbm),
      ageing_db_(spec.ageing_db) {
  if (waves_ > 1) spacing_hz_ = std::abs(spec.waves[1].frequency_hz - spec.waves[0].frequency_hz);
  base_margin_db_ = design_.margin_db - spec.ageing_db;
  design_ = performance_at_margin(mode_, base_margin_db_);
  design_.gsnr_db = performance_on(spec.mode, spec.line, spec.waves, {}).gsnr_db - spec.ageing_db;
  design_.obstacle = performance_on(spec.mode, spec.line, spec.waves, {}).obstacle;
  for (const auto& event : spec.events) {
    if (event.kind == LightEvent::Kind::cut) add_cut(event);
    if (event.kind == LightEvent::Kind::loss) add_fade(event, spec);
    if (event.kind == LightEvent::Kind::storm) add_storm(event, spec);
  }
  dark_ = joined(std::move(dark_));
  untracked_ = joined(std::move(untracked_));
  find_failures();
}

double LightCourse::reach_km() const {
  if (mode_.detection == Detection::direct) return direct_reach_km(mode_, first_fibre(line_), ageing_db_);
  const FibreSpan* span = nullptr;
  const Amplifier* amplifier = nullptr;
  for (const auto& element : line_.elements) {
    if (span == nullptr) span = std::get_if<FibreSpan>(&element);
    if (amplifier == nullptr) amplifier = std::get_if<Amplifier>(&element);
  }
  if (span == nullptr || amplifier == nullptr) return 0;
  TransponderMode mode = mode_;
  mode.launch_dbm = launch_dbm_;
  return coherent_reach_km(mode, *span, amplifier->type, static_cast<int>(waves_), spacing_hz_, ageing_db_);
}

void LightCourse::add_cut(const LightEvent& event) {
  const Femtoseconds from = event.start - delay_to(line_, event.place);
  dark_.push_back({from, event.repair ? later(from, *event.repair) : Femtoseconds::max()});
}

void LightCourse::add_fade(const LightEvent& event, const Spec& spec) {
  Fade fade;
  fade.decibels = event.decibels;
  const Femtoseconds from = event.start - delay_to(line_, event.place);
  fade.rising = {from, later(from, event.rise)};
  fade.holding = {fade.rising.to, event.hold ? later(fade.rising.to, *event.hold) : Femtoseconds::max()};
  fade.falling = {fade.holding.to, later(fade.holding.to, event.fall)};
  const double whole = performance_on(mode_, line_, spec.waves, {}).margin_db;
  const auto element = element_at(line_, event.place);
  for (double lost = 0; lost < event.decibels + step_db; lost += step_db) {
    std::vector<double> extra(line_.elements.size(), 0.0);
    extra[element] = lost;
    fade.penalty_db.push_back(whole - performance_on(mode_, line_, spec.waves, extra).margin_db);
  }
  fades_.push_back(std::move(fade));
}

void LightCourse::add_storm(const LightEvent& event, const Spec& spec) {
  RandomStream draws(spec.seed, spec.name, "storm");
  const Femtoseconds from = event.start - delay_to(line_, event.place);
  const Femtoseconds end = from + event.duration;
  // Gaps are counted in microseconds.
  const GeometricGap gap(1.0 / static_cast<double>(event.mean_gap / microseconds(1)));
  for (Femtoseconds at = from + microseconds(1) * gap.draw(draws); at < end;
       at += event.burst + microseconds(1) * gap.draw(draws)) {
    const double speed = draws.unit() * event.peak_krad_s;
    if (speed > mode_.polarisation_limit_krad_s) untracked_.push_back({at, at + event.burst + event.relock});
  }
}

double LightCourse::fade_db(const Fade& fade, Femtoseconds sent) const {
  double lost = 0;
  if (fade.rising.holds(sent)) lost = fade.decibels * share(fade.rising, sent);
  if (fade.holding.holds(sent)) lost = fade.decibels;
  if (fade.falling.holds(sent)) lost = fade.decibels * (1.0 - share(fade.falling, sent));
  const double place = lost / step_db;
  const auto index = std::min(static_cast<std::size_t>(place), fade.penalty_db.size() - 2);
  const double rest = place - static_cast<double>(index);
  return fade.penalty_db[index] + rest * (fade.penalty_db[index + 1] - fade.penalty_db[index]);
}

double LightCourse::margin(Femtoseconds sent) const {
  double margin_db = base_margin_db_;
  for (const auto& fade : fades_) margin_db -= fade_db(fade, sent);
  return margin_db;
}

LightState LightCourse::at(Femtoseconds sent) const {
  LightState state;
  state.lit = !any_holds(dark_, sent);
  state.tracked = !any_holds(untracked_, sent);
  state.margin_db = margin(sent);
  const bool nothing = !state.lit || !state.tracked || design_.obstacle != Obstacle::none;
  state.codeword_failure = nothing ? 1.0 : curve_.codeword_failure(state.margin_db);
  return state;
}

Femtoseconds LightCourse::constant_until(Femtoseconds sent) const {
  Femtoseconds bound = Femtoseconds::max();
  for (const auto& interval : dark_) earliest_bound(interval, sent, bound);
  for (const auto& interval : untracked_) earliest_bound(interval, sent, bound);
  for (const auto& fade : fades_) {
    if (fade.rising.holds(sent) || fade.falling.holds(sent)) return sent + Femtoseconds(1);
    earliest_bound(fade.rising, sent, bound);
    earliest_bound(fade.holding, sent, bound);
    earliest_bound(fade.falling, sent, bound);
  }
  return bound;
}

Femtoseconds LightCourse::crossing(const Fade& fade, LightInterval part, double limit_db) const {
  // Within one part the loss is monotone: bisect between its ends.
  const bool falls = fade_db(fade, part.from) > fade_db(fade, part.to - Femtoseconds(1));
  while (part.to - part.from > Femtoseconds(1)) {
    const Femtoseconds middle = part.from + (part.to - part.from) / 2;
    const bool beyond = base_margin_db_ - fade_db(fade, middle) < limit_db;
    (beyond == falls ? part.from : part.to) = middle;
  }
  return part.to;
}

void LightCourse::find_failures() {
  auto failures = dark_;
  failures.insert(failures.end(), untracked_.begin(), untracked_.end());
  // The margin at which every codeword is lost.
  double limit_db = 0;
  while (limit_db > -4 && curve_.codeword_failure(limit_db) < 0.999) limit_db -= 1.0 / 64;
  // Each fade by itself: two that together go too far fail codeword by codeword, without a loss of signal.
  for (const auto& fade : fades_) {
    if (base_margin_db_ - fade_db(fade, fade.holding.from) >= limit_db) continue;
    LightInterval failure = fade.holding;
    if (fade.rising.to > fade.rising.from) failure.from = crossing(fade, fade.rising, limit_db);
    if (fade.falling.to > fade.falling.from) failure.to = crossing(fade, fade.falling, limit_db);
    failures.push_back(failure);
  }
  failures_ = joined(std::move(failures));
}

}  // namespace fs
