// SPDX-License-Identifier: Apache-2.0
// Both ends of a link, each as model and as RTL on the same inputs, every pin compared after every edge; between them a
// wire that flips bits, drops, repeats and is cut. What comes out has to be what went in, once and in order.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "link/cycle/link_end.hpp"
#include "link_pins.hpp"

namespace fs::lockstep {

using cycle::LinkEnd;
using cycle::LinkEndConfig;

/// Chances in a thousand, each frame or each cycle.
struct LinkTraffic {
  int offered = 700;     ///< the core has something to send
  int wire_ready = 900;  ///< the wire has room
  int flipped = 30;      ///< of a frame: bits are wrong
  int dropped = 20;
  int repeated = 20;  ///< comes twice, at once or some frames later
  int cut = 1;        ///< a cycle: nothing arrives for a while
  int restarted = 1;  ///< a cycle, in ten thousand: the link starts anew, with or without what was under way
  int reset = 1;      ///< a cycle, in ten thousand: both ends are reset
  int freed = 250;    ///< a cycle and VC: a slot is freed
  int latency = 5;    ///< cycles from pin to pin
};

/// What campaigns over many seeds put links through, by turns.
namespace link_traffic {
inline LinkTraffic ordinary() { return {}; }
/// So many errors that the link starts anew.
inline LinkTraffic wild() {
  LinkTraffic t;
  t.flipped = 500;
  t.cut = 5;
  return t;
}
/// An idle link, which says little.
inline LinkTraffic idle() {
  LinkTraffic t;
  t.offered = 20;
  t.freed = 10;
  t.cut = 5;
  return t;
}
/// A wire with little room, on a link that often starts anew with something left to say.
inline LinkTraffic cramped() {
  LinkTraffic t;
  t.wire_ready = 300;
  t.restarted = 200;
  return t;
}
}  // namespace link_traffic

struct LinkTrial {
  std::uint64_t seed = 1;
  std::int64_t cycles = 20000;
  std::int64_t quiet_after = 0;  ///< from here on the wire makes no more errors; 0: it always does
  LinkTraffic traffic;
  std::string reproduce;
  std::string folder = "link_waves";
  int mutant = 0;        ///< of RTL that has some; 0: the design as it is
  std::string coverage;  ///< a file for what the RTL went through, where it counts that
  /// Changes pins of the RTL of end 0 before they are compared (to test the comparison).
  std::function<void(std::int64_t cycle, std::vector<PinValue>& pins)> spoil;
  std::function<void(LinkEndConfig& model)> reconfigure;
};

struct LinkOutcome {
  bool agree = true;
  bool whole = true;  ///< in order, once, and no credit lost or made
  std::int64_t cycles = 0;
  std::string pin;
  std::string report;
  std::string waves;
  // What happened, both directions together.
  std::uint64_t delivered = 0, replays = 0, timeouts_or_requests = 0, wraps = 0, bad = 0, restarts = 0, exhausted = 0,
                resets = 0, credits = 0, repeated = 0, dropped = 0, left = 0;
};

LinkOutcome run_link(const LinkTrial& trial);

}  // namespace fs::lockstep
