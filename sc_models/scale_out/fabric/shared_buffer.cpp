// SPDX-License-Identifier: Apache-2.0
#include "scale_out/fabric/shared_buffer.hpp"

#include <algorithm>
#include <numeric>
#include <stdexcept>
#include <string>

namespace fs {

SharedBuffer::SharedBuffer(const EthernetSpec& spec, std::vector<std::int64_t> headroom)
    : spec_(spec),
      headroom_(std::move(headroom)),
      places_(headroom_.size() * static_cast<std::size_t>(spec.priorities)),
      pool_(spec.buffer) {
  const auto ports = static_cast<std::int64_t>(headroom_.size());
  const std::int64_t data = spec.priorities - 1;
  if (spec.flow_control == EthernetSpec::FlowControl::pfc) {
    const std::int64_t aside = data * std::accumulate(headroom_.begin(), headroom_.end(), std::int64_t{0});
    pool_ -= aside;
    if (pool_ < ports * spec.mtu) {
      throw std::invalid_argument("headroom takes " + std::to_string(aside) + " bytes of a buffer of " +
                                  std::to_string(spec.buffer) + ": allowed is what leaves a frame a port");
    }
  } else if (spec.flow_control == EthernetSpec::FlowControl::credits) {
    pool_ = spec.buffer / 16;  // for control, which takes no credit
    credit_ = (spec.buffer - pool_) / (ports * data);
    if (credit_ < spec.mtu + spec.credit_every) {
      throw std::invalid_argument("a share of " + std::to_string(credit_) + " bytes a port is less than a frame and " +
                                  std::to_string(spec.credit_every) + " bytes told together");
    }
  }
}

SharedBuffer::Answer SharedBuffer::admit_lossless(Place& place, std::size_t port, std::int64_t free,
                                                  std::int64_t bytes) {
  if (place.headroom == 0 && bytes <= free && place.bytes + bytes <= threshold(free)) {
    place.bytes += bytes;
    used_ += bytes;
    high_water_ = std::max(high_water_, used_);
    return Answer::taken;
  }
  if (place.headroom + bytes > headroom_[port]) return Answer::over_headroom;
  place.headroom += bytes;
  return Answer::taken;
}

void SharedBuffer::release(std::size_t port, int priority, std::int64_t bytes) {
  Place& place = at(port, priority);
  if (spec_.flow_control == EthernetSpec::FlowControl::credits && spec_.lossless(priority)) {
    place.bytes -= bytes;
    place.owed += bytes;
    return;
  }
  const std::int64_t from_headroom = std::min(place.headroom, bytes);
  place.headroom -= from_headroom;
  place.bytes -= bytes - from_headroom;
  used_ -= bytes - from_headroom;
}

std::int64_t SharedBuffer::inside() const {
  std::int64_t sum = 0;
  for (const auto& place : places_) sum += place.bytes + place.headroom;
  return sum;
}

}  // namespace fs
