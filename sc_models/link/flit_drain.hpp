// SPDX-License-Identifier: Apache-2.0
// A receiver that takes flits off the moment they arrive and does nothing else with them.
#pragma once

#include "common/quantity.hpp"
#include "flit/packet.hpp"
#include "flit/port_flit.hpp"

namespace fs {

/// Where a flit's arrival is certain when it is sent, and all that follows from it is a credit on its way back and an
/// entry in sums whose order leaves no trace, the channel hands it over when it is sent: while the packet is still in
/// the cache, and without a place in the inbox. But not beyond the horizon, up to which nobody looks at what has come.
class FlitDrain {
 public:
  virtual ~FlitDrain() = default;
  /// A flit that reaches the pins at `at`; `packet` is its packet when it is the tail, else null.
  virtual void drain(const PortFlit& flit, const Packet* packet, Cycles at) = 0;
  /// The last cycle that is certain to be simulated before anybody looks; -1: none is.
  Cycles horizon() const { return horizon_; }
  void look_ahead(Cycles horizon) { horizon_ = horizon; }

 private:
  Cycles horizon_{-1};
};

}  // namespace fs
