// SPDX-License-Identifier: Apache-2.0
// What takes messages from one endpoint to another where no link of flits leads: a network of NICs and switches, a
// gateway, a wave. And who hears of their arrival.
#pragma once

#include <cstdint>

#include "common/ids.hpp"
#include "common/quantity.hpp"

namespace fs {

struct CarriedMessage {
  std::uint64_t id = 0;  ///< the poster's own; no two of one carrier are alike
  NodeId source{};       ///< endpoints: GPUs by their number, and behind them what the carrier adds (gateways)
  NodeId target{};
  Bytes bytes{0};  ///< >= 1
};

class MessageSink {
 public:
  virtual ~MessageSink() = default;
  /// All of the message is (or will be) at its target at `time`. Each message once, ever. Told during advance(), at
  /// `time` or ahead of it: never later than the carrier's advance to `time` - notice(). The sink may post at once, but
  /// not before the time to which the carrier is being advanced.
  virtual void delivered(std::uint64_t id, Femtoseconds time) = 0;
};

/// Plain C++, event by event, no kernel. Whoever drives it calls, with times that never fall:
///
///     carrier.advance(now);            // every event up to and including now has happened
///     carrier.post(message, now);      // as many as there are, in an order of the caller's that is always the same
///     wake me at carrier.next_event()  // then advance() again; an earlier post is allowed any time
///
/// Deterministic: what happens depends on the posts, their times and their order, and on how far it is advanced not at
/// all: advance(a), advance(b) is advance(b).
class MessageCarrier {
 public:
  virtual ~MessageCarrier() = default;

  /// Who is told. Before the first post; outlives the carrier.
  virtual void report_to(MessageSink& sink) = 0;
  /// `now` is the last advance's time.
  virtual void post(const CarriedMessage& message, Femtoseconds now) = 0;
  /// When something happens next if nobody posts. max(): nothing ever.
  virtual Femtoseconds next_event() const = 0;
  /// Lets happen all that happens up to and including `until`.
  virtual void advance(Femtoseconds until) = 0;
  /// How long before its time a delivery is told at the latest: so much later than next_event() it is enough to look.
  virtual Femtoseconds notice() const { return Femtoseconds(0); }
  /// Messages posted whose delivery has not been told.
  virtual std::uint64_t under_way() const = 0;
};

}  // namespace fs
