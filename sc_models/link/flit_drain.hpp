// SPDX-License-Identifier: Apache-2.0
// A receiver that takes flits off the moment they arrive and does nothing else with them.
#pragma once

#include <array>
#include <cstddef>

#include "common/quantity.hpp"
#include "flit/flit.hpp"
#include "flit/packet.hpp"

namespace fs {

/// Where a flit's arrival is certain when it is sent, and all that follows from it is a credit on its way back and an
/// entry in sums whose order leaves no trace, the channel hands it over when it is sent: while the packet is still in
/// the cache, and without a place in the inbox. But not beyond the horizon, up to which nobody looks at what has come.
/// Who sends settles before its step ends: what one step of a switch sends is settled in one go.
class FlitDrain {
 public:
  virtual ~FlitDrain() = default;
  /// A flit that reaches the pins of `port` at `at`; `packet` is its packet when it is the tail, else null.
  void put(PacketHandle handle, Packet* packet, PortId port, VcId vc, Cycles at) {
    if (__builtin_expect(count_ == batch_.size(), 0)) settle();
    batch_[count_++] = {packet, at, handle, port, vc};
  }
  /// Takes off what has been put since the last time.
  virtual void settle() = 0;
  /// The last cycle that is certain to be simulated before anybody looks; -1: none is.
  Cycles horizon() const { return horizon_; }
  void look_ahead(Cycles horizon) { horizon_ = horizon; }

 protected:
  struct Drained {
    Packet* packet;
    Cycles at;
    PacketHandle handle;
    PortId port;
    VcId vc;
  };
  std::array<Drained, 128> batch_;
  std::size_t count_ = 0;

 private:
  Cycles horizon_{-1};
};

}  // namespace fs
