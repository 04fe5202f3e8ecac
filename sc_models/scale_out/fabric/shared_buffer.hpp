// SPDX-License-Identifier: Apache-2.0
// The buffer of one switch: who may put how much into it, and when neighbours are to be stopped.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "scale_out/fabric/ethernet_spec.hpp"

namespace fs {

/// Room is counted by the port that a packet came in by. Lossy: a queue may grow to alpha x what is free (dynamic
/// thresholds: Choudhury and Hahne, IEEE/ACM ToN 6(2), 1998). PFC: an ingress that grows beyond alpha x what is free
/// goes on in its headroom, which is set aside, and stops its neighbour. Credits: every ingress has a share of its own.
class SharedBuffer {
 public:
  enum class Answer : std::uint8_t { taken, over_threshold, full, over_headroom };

  /// `headroom`: bytes by port, for each lossless priority.
  SharedBuffer(const EthernetSpec& spec, std::vector<std::int64_t> headroom);

  /// A packet that came in by `port` for a queue of `queued` bytes.
  Answer admit(std::size_t port, int priority, std::int64_t queued, std::int64_t bytes) {
    Place& place = at(port, priority);
    if (spec_.flow_control == EthernetSpec::FlowControl::credits && spec_.lossless(priority)) {
      place.bytes += bytes;  // the sender knows that there is room
      return Answer::taken;
    }
    const std::int64_t free = pool_ - used_;
    if (spec_.lossless(priority)) return admit_lossless(place, port, free, bytes);
    if (bytes > free) return Answer::full;
    if (queued + bytes > threshold(free)) return Answer::over_threshold;
    used_ += bytes;
    if (used_ > high_water_) high_water_ = used_;
    place.bytes += bytes;
    return Answer::taken;
  }
  /// It has left.
  void release(std::size_t port, int priority, std::int64_t bytes);

  /// PFC: whether the neighbour at `port` is to be told to stop, or to go on; true once each.
  bool stops(std::size_t port, int priority) {
    Place& place = at(port, priority);
    if (place.stopped || place.headroom == 0) return false;
    return place.stopped = true;
  }
  bool goes_on(std::size_t port, int priority) {
    Place& place = at(port, priority);
    if (!place.stopped || place.headroom > 0) return false;
    if (place.bytes > 0 && place.bytes + spec_.resume_below > threshold(pool_ - used_)) return false;
    place.stopped = false;
    return true;
  }
  /// Whether it has been told to stop, and not to go on.
  bool stopped(std::size_t port, int priority) const {
    return places_[port * static_cast<std::size_t>(spec_.priorities) + static_cast<std::size_t>(priority)].stopped;
  }
  /// Credits: bytes to be told free to the neighbour; 0: not yet enough to be worth a frame.
  std::int64_t take_credit(std::size_t port, int priority) {
    Place& place = at(port, priority);
    if (place.owed < spec_.credit_every && place.bytes > 0) return 0;
    return std::exchange(place.owed, 0);
  }
  /// Credits: all that an ingress has room for, to be told to a neighbour who knows nothing; nothing is owed any more.
  std::int64_t all_credit(std::size_t port, int priority) {
    Place& place = at(port, priority);
    place.owed = 0;
    return credit_ - place.bytes;
  }
  /// Whoever was told to stop does not know any more.
  void forget_stops() {
    for (Place& place : places_) place.stopped = false;
  }
  std::int64_t held(std::size_t port, int priority) const {
    return places_[port * static_cast<std::size_t>(spec_.priorities) + static_cast<std::size_t>(priority)].bytes;
  }
  std::int64_t owed(std::size_t port, int priority) const {
    return places_[port * static_cast<std::size_t>(spec_.priorities) + static_cast<std::size_t>(priority)].owed;
  }
  /// Credits: the share of an ingress.
  std::int64_t credit() const { return credit_; }

  std::int64_t headroom_used(std::size_t port, int priority) const {
    return places_[port * static_cast<std::size_t>(spec_.priorities) + static_cast<std::size_t>(priority)].headroom;
  }
  std::int64_t inside() const;
  std::int64_t high_water() const { return high_water_; }
  std::int64_t pool() const { return pool_; }

 private:
  struct Place {
    std::int64_t bytes = 0;     // in the pool
    std::int64_t headroom = 0;  // beyond it
    std::int64_t owed = 0;      // freed, not told
    bool stopped = false;
  };
  Place& at(std::size_t port, int priority) {
    return places_[port * static_cast<std::size_t>(spec_.priorities) + static_cast<std::size_t>(priority)];
  }
  std::int64_t threshold(std::int64_t free) const {
    return static_cast<std::int64_t>(spec_.alpha * static_cast<double>(free));
  }
  Answer admit_lossless(Place& place, std::size_t port, std::int64_t free, std::int64_t bytes);

  EthernetSpec spec_;
  std::vector<std::int64_t> headroom_;
  std::vector<Place> places_;
  std::int64_t pool_ = 0;
  std::int64_t used_ = 0;
  std::int64_t credit_ = 0;
  std::int64_t high_water_ = 0;
};

}  // namespace fs
