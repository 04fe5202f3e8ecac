// SPDX-License-Identifier: Apache-2.0
// What surrounds the core in lockstep: senders that keep to their credit and to the rules of packets, receivers with
// finite buffers, and somebody who rewrites routes. All of it is random, and changes its mood every few hundred cycles.
#pragma once

#include <cstdint>
#include <deque>
#include <vector>

#include "common/random.hpp"
#include "pins.hpp"
#include "shape.hpp"

namespace fs::lockstep {

/// How the neighbours behave for a while.
struct Mood {
  enum class Pattern { uniform, hot_spot, one_destination, own_destination };
  Pattern pattern = Pattern::uniform;
  int hot = 0;             ///< the destination of hot_spot and one_destination
  double load = 0.5;       ///< a free sender begins a packet in a cycle with this probability
  double gap = 0;          ///< a sender with a packet under way rests for a cycle
  double burst = 0;        ///< a sender keeps its destination for its next packet
  double cut = 0.05;       ///< a packet of several flits ends early with a poisoned tail
  bool single = false;     ///< packets of one flit only
  double not_ready = 0.1;  ///< an output is held back for a cycle ...
  double stuck = 0;        ///< ... or for the mood's whole duration
  double give_back = 1;    ///< a receiver frees a slot in a cycle
  double withheld = 0;     ///< an output returns no credit for the mood's whole duration
  double rewrite = 0;      ///< a route row is written in a cycle
  double reset = 0;        ///< rst_ni falls in a cycle, for one to three cycles
  int duration = 200;
};

class Neighbours {
 public:
  Neighbours(const Shape& shape, std::uint64_t seed);

  /// The inputs of the next edge.
  const InputPins& next();
  /// What the core did at that edge.
  void observe(const OutputPins& out);

  std::uint64_t sent() const { return sent_; }
  std::uint64_t received() const { return received_; }

 private:
  struct Packet {
    bool under_way = false;
    Flit flit;     ///< of its head; what its other flits carry too
    int left = 0;  ///< flits to come
    int dst = 0;   ///< kept from packet to packet in a burst
  };
  /// Room in the core's pool as its sender counts it.
  struct Room {
    std::vector<int> own, borrowed;  ///< per VC
    int shared = 0;
    int aside = 0;
  };
  /// A neighbour's receive buffer.
  struct Receiver {
    std::vector<int> held;     ///< per VC: slots taken and not yet given back
    std::vector<int> to_lend;  ///< per VC: first credits that have not been sent
    bool stuck = false, withheld = false;
  };

  void new_mood();
  void power_up();
  void reset_cycle();
  void send(int port);
  bool begin(int port, int vc);
  int pick_destination(int port, int vc);
  bool take_room(Room& room, int vc, int count);
  void lend_and_return(int port);
  RoutePins random_row(int cls, int dst);
  bool chance(double p) { return p > 0 && random_.chance(p); }
  int below(int bound) { return static_cast<int>(random_.below(static_cast<std::uint64_t>(bound))); }
  std::size_t at(int port, int vc) const { return static_cast<std::size_t>(port * config_.vcs + vc); }

  const Shape& shape_;
  const SwitchConfig& config_;
  RandomStream random_;
  Mood mood_;
  int mood_left_ = 0;
  int reset_left_ = 2;
  std::int64_t cycle_ = 0;
  std::size_t rows_written_ = 0;  ///< the table is filled before the first packet
  InputPins in_;
  std::vector<Packet> packets_;  ///< per (port, VC)
  std::vector<Room> rooms_;
  std::vector<Receiver> receivers_;
  std::uint32_t next_name_ = 1;
  std::uint64_t sent_ = 0, received_ = 0;
};

}  // namespace fs::lockstep
