// SPDX-License-Identifier: Apache-2.0
#include "scale_out/nic/dcqcn.hpp"

#include <algorithm>

namespace fs {

void Dcqcn::notified(Femtoseconds now) {
  target_ = current_;
  current_ = std::max(spec_->slowest, current_ * (1 - alpha_ / 2));
  alpha_ = (1 - spec_->g) * alpha_ + spec_->g;
  timer_steps_ = byte_steps_ = 0;
  bytes_ = 0;
  alpha_due_ = now + spec_->alpha_timer;
  increase_due_ = now + spec_->increase_timer;
}

void Dcqcn::timer(Femtoseconds now) {
  if (alpha_due_ <= now) {
    alpha_ *= 1 - spec_->g;
    alpha_due_ = alpha_due_ + spec_->alpha_timer;
  }
  if (increase_due_ <= now) {
    increase_due_ = increase_due_ + spec_->increase_timer;
    ++timer_steps_;
    increase();
  }
}

void Dcqcn::increase() {
  const int most = std::max(timer_steps_, byte_steps_);
  const int least = std::min(timer_steps_, byte_steps_);
  if (least > spec_->fast_steps) {
    target_ += spec_->hyper * (least - spec_->fast_steps);
  } else if (most > spec_->fast_steps) {
    target_ += spec_->additive;
  }
  target_ = std::min(target_, line_);
  current_ = (target_ + current_) / 2;
  if (current_ < 0.999 * line_) return;
  current_ = target_ = line_;
  alpha_ = 1;
  alpha_due_ = increase_due_ = Femtoseconds::max();
}

}  // namespace fs
