// SPDX-License-Identifier: Apache-2.0
#include "link/errors/error_process.hpp"

#include <algorithm>

namespace fs {
namespace {

/// -ln(1 - p), p in [0, 1], with full relative precision for small p.
double hazard_of(double p) {
  if (p <= 0.0) return 0.0;
  constexpr double certain = 700.0;  // e^-700: no budget lasts
  if (p >= 1.0) return certain;
  if (p > 1e-3) return -portable_log(1.0 - p);
  double sum = 0.0;
  double term = 1.0;
  for (int k = 1; k <= 8; ++k) {
    term *= p;
    sum += term / k;
  }
  return sum;
}

double draw_budget(RandomStream& stream) {
  const double u = static_cast<double>((stream.next() >> 11) + 1) * 0x1.0p-53;  // (0, 1]
  return -portable_log(u);
}

}  // namespace

void ErrorProcess::change(const GroupChain& chain, std::int64_t group) {
  if (budget_ >= 0.0 && group > from_) {
    budget_ = std::max(0.0, budget_ - hazard() * static_cast<double>(group - from_));
  }
  from_ = std::max(from_, group);
  chain_ = chain;
  if (chain_.states == 1) state_ = 0;
  for (std::size_t s = 0; s < 2; ++s) hazard_[s] = hazard_of(chain_.from[s].leave);
  if (budget_ < 0.0) draw();
  aim();
}

void ErrorProcess::aim() {
  const double h = hazard();
  constexpr double far = 4e18;
  const double groups = h > 0.0 ? budget_ / h : far;
  if (groups >= far || groups + static_cast<double>(from_) >= far) {
    next_ = never;
    return;
  }
  next_ = from_ + static_cast<std::int64_t>(groups);
  const GroupChain::From& from = chain_.from[static_cast<std::size_t>(state_)];
  const double place = outcome_ * from.leave;
  next_fails_ = place >= from.ok_other;
  after_ = !next_fails_ ? 1 - state_ : (place < from.ok_other + from.fail[0] ? 0 : 1);
}

void ErrorProcess::draw() {
  budget_ = draw_budget(stream_);
  outcome_ = stream_.unit();
}

void ErrorProcess::pass() {
  from_ = next_ + 1;
  state_ = after_;
  draw();
  aim();
}

}  // namespace fs
