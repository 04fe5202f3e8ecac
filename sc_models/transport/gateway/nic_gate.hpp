// SPDX-License-Identifier: Apache-2.0
// How the NICs of a site come to the send buffer of its gateway: by credits, between pauses, or as they like.
#pragma once

#include <cstdint>

#include "common/ring.hpp"
#include "transport/gateway/gateway.hpp"

namespace fs {

/// Units are what the gateway handles: chunks of messages, or packets. The gate decides; when its word reaches a NIC,
/// and what moves on when there is room, is its owner's affair.
class NicGate {
 public:
  /// What a NIC knows of its gate.
  struct Ticket {
    std::int64_t grants = 0;  ///< units that it may send
    bool waiting = false;     ///< for a grant
  };

  /// `unit`: the largest; `headroom` bytes are kept for what comes after a pause.
  NicGate(const GatewaySpec& spec, std::int64_t unit, std::int64_t headroom);

  GatewayBuffer& buffer() { return buffer_; }
  const GatewayBuffer& buffer() const { return buffer_; }

  /// Whether `nic` may send a unit now. Where credits are asked for and there is no room it gets a grant in its turn.
  bool admits(Ticket& nic, std::uint32_t number);
  /// It had been admitted, and has nothing to send after all: what was set aside stays so.
  void keep(Ticket& nic) const { nic.grants += credits() ? 1 : 0; }
  /// Something comes from a NIC, a unit that had been admitted or (not `admitted`) what flow control does not hold.
  /// False: there is no room for it.
  bool take(std::int64_t bytes, bool admitted = true);
  /// The next NIC that gets a grant, now that there may be room for one: call until it says no.
  bool grants(std::uint32_t& number);
  /// The word of a grant has come to its NIC.
  static void granted(Ticket& nic) {
    ++nic.grants;
    nic.waiting = false;
  }
  /// True once each time the buffer has filled so far that NICs must be told to pause, or emptied so far (half of that)
  /// that they are told to go on.
  bool must_pause();
  bool may_resume();
  /// Such a word has come to the site's NICs.
  void told(bool pause) { paused_ = pause; }
  /// Bytes of the buffer that units on their way, or not yet sent, may take.
  std::int64_t set_aside() const { return set_aside_; }

 private:
  bool credits() const { return flow_control_ == FlowControl::credits; }
  void set_unit_aside() {
    buffer_.take(unit_);
    set_aside_ += unit_;
  }

  GatewayBuffer buffer_;
  FlowControl flow_control_;
  std::int64_t unit_;
  std::int64_t xoff_;
  std::int64_t set_aside_ = 0;
  Ring<std::uint32_t> waiting_;  ///< NICs that want a grant
  bool pausing_ = false;
  bool paused_ = false;  ///< what the NICs know
};

}  // namespace fs
