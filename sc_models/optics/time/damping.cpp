// SPDX-License-Identifier: Apache-2.0
#include "optics/time/damping.hpp"

#include <algorithm>

#include "common/portable_math.hpp"
#include "common/random.hpp"

namespace fs {
namespace {

constexpr double ln2 = 0.6931471805599453;

double half_lives(Femtoseconds time, Femtoseconds half_life) {
  return static_cast<double>(time.value()) / static_cast<double>(half_life.value());
}

}  // namespace

LinkDamping::LinkDamping(const Spec& spec) : spec_(spec) {}

double LinkDamping::ceiling() const {
  return spec_.reuse * portable_exp(ln2 * half_lives(spec_.longest, spec_.half_life));
}

double LinkDamping::penalty(Femtoseconds now) const {
  return at_last_ * portable_exp(-ln2 * half_lives(now - last_, spec_.half_life));
}

void LinkDamping::flap(Femtoseconds now) {
  suppressing_ = suppressed(now);
  at_last_ = std::min(penalty(now) + spec_.penalty, ceiling());
  last_ = now;
  suppressing_ = suppressing_ || at_last_ > spec_.suppress;
}

bool LinkDamping::suppressed(Femtoseconds now) const { return suppressing_ && penalty(now) > spec_.reuse; }

Femtoseconds LinkDamping::usable_from(Femtoseconds now) const {
  if (!suppressed(now)) return now;
  const double lives = portable_log(at_last_ / spec_.reuse) / ln2;
  const auto wait = static_cast<std::int64_t>(lives * static_cast<double>(spec_.half_life.value())) + 1;
  return std::max(now, last_ + Femtoseconds(wait));
}

double unavailability(double cuts_per_1000_km_year, double kilometres, double repair_hours) {
  return cuts_per_1000_km_year * kilometres / 1000.0 * repair_hours / 8760.0;
}

}  // namespace fs
