// SPDX-License-Identifier: Apache-2.0
// Link damping, and how often fibre is there at all.
#pragma once

#include "common/quantity.hpp"

namespace fs {

/// Keeps a link that flaps out of use. Each time it goes down adds a penalty, which halves every half-life:
/// P(t) = P0 2^(-t / half). Above `suppress` the link stays down, until the penalty is below `reuse`; the penalty never
/// exceeds reuse 2^(max / half), so that no link stays out longer than `longest`. Defaults: SONiC, link event damping.
class LinkDamping {
 public:
  struct Spec {
    double penalty = 1000;
    double suppress = 1600;
    double reuse = 1200;
    Femtoseconds half_life = one_second() * 15;
    Femtoseconds longest = one_second() * 30;
  };
  LinkDamping() : LinkDamping(Spec{}) {}
  explicit LinkDamping(const Spec& spec);

  /// The link goes down at `now`; times never fall.
  void flap(Femtoseconds now);
  double penalty(Femtoseconds now) const;
  bool suppressed(Femtoseconds now) const;
  /// When a suppressed link may be used again; `now` itself if it is not suppressed.
  Femtoseconds usable_from(Femtoseconds now) const;
  double ceiling() const;

 private:
  Spec spec_;
  double at_last_ = 0;
  Femtoseconds last_{0};
  bool suppressing_ = false;
};

/// Share of time in which a fibre is cut: cuts per 1000 km and year x length x hours to repair / 8760.
double unavailability(double cuts_per_1000_km_year, double kilometres, double repair_hours);

}  // namespace fs
