// SPDX-License-Identifier: Apache-2.0
#include "transport/gateway/nic_gate.hpp"

namespace fs {

NicGate::NicGate(const GatewaySpec& spec, std::int64_t unit, std::int64_t headroom)
    : buffer_(spec.buffer),
      flow_control_(spec.flow_control),
      unit_(unit),
      xoff_(spec.xoff > 0 ? spec.xoff : spec.buffer - headroom) {}

bool NicGate::admits(Ticket& nic, std::uint32_t number) {
  if (!credits()) return flow_control_ == FlowControl::lossy || !paused_;
  if (nic.grants > 0) {
    --nic.grants;
    return true;
  }
  if (nic.waiting) return false;
  if (waiting_.empty() && buffer_.has_room(unit_)) {
    set_unit_aside();
    return true;
  }
  nic.waiting = true;
  waiting_.push(number);
  return false;
}

bool NicGate::take(std::int64_t bytes, bool admitted) {
  if (credits() && admitted) {
    buffer_.give_back(unit_);
    set_aside_ -= unit_;
  }
  if (!buffer_.has_room(bytes)) return false;
  buffer_.take(bytes);
  return true;
}

bool NicGate::grants(std::uint32_t& number) {
  if (waiting_.empty() || !buffer_.has_room(unit_)) return false;
  set_unit_aside();
  number = waiting_.pop();
  return true;
}

bool NicGate::must_pause() {
  if (flow_control_ != FlowControl::pfc || pausing_ || buffer_.level() <= xoff_) return false;
  return pausing_ = true;
}

bool NicGate::may_resume() {
  if (!pausing_ || buffer_.level() > xoff_ / 2) return false;
  pausing_ = false;
  return true;
}

}  // namespace fs
