// SPDX-License-Identifier: Apache-2.0
// Who looks on while flits move: waveforms, timelines. Changes are pushed as they happen; where nobody looks, the
// pointer is null and costs one predictable branch. A probe never changes what it sees.
#pragma once

#include <cstddef>

#include "common/ids.hpp"
#include "common/quantity.hpp"
#include "flit/port_flit.hpp"

namespace fs {

/// Told by a channel, in the order of simulated time.
class ChannelProbe {
 public:
  virtual ~ChannelProbe() = default;
  /// A flit left the transmitting core at its edge `now`; the wire is busy with it until `wire_end` (after `now`).
  virtual void flit_sent(const Flit& flit, VcId vc, Cycles now, Femtoseconds wire_end) = 0;
  /// The chip that sends by this channel freed a receive slot of `vc`, which the opposite channel's flits fill, at its
  /// edge `now`; the credit now travels here.
  virtual void slot_freed(VcId vc, Cycles now) = 0;
};

/// Told by a chip's inbox.
class ArrivalProbe {
 public:
  virtual ~ArrivalProbe() = default;
  /// These reach the chip's pins at its edge `now`: flits, and credits for the channels that leave it.
  virtual void arrived(const PortFlit* flits, std::size_t flit_count, const CreditPulse* credits,
                       std::size_t credit_count, Cycles now) = 0;
};

}  // namespace fs
