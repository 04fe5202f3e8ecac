// SPDX-License-Identifier: Apache-2.0
// What can go wrong with a switch, seen from its shell: it dies, an output or VC is never granted, a neighbour sends
// without credit. Only switches that a scenario's faults concern have one of these; the rest pay a branch a step.
#pragma once

#include <cstdint>
#include <functional>
#include <vector>

#include "common/bits.hpp"
#include "flit/packet.hpp"
#include "link/inbox.hpp"

namespace fs::tlm {

/// Told what a switch swallows. Called from inside its step.
class SwitchLosses {
 public:
  virtual ~SwitchLosses() = default;
  /// A flit that reached a dead switch, or what is left of a packet whose beginning died in it. Its slot is free.
  virtual void flit_swallowed(int switch_number, const PortFlit& flit, Cycles now) = 0;
  /// A flit that came without credit was dropped, or what followed it. Its slot never existed. `cut_short`: the core
  /// has the packet's head, so that its tail will be put back, poisoned, once there is room.
  virtual void overflow(int switch_number, const PortFlit& flit, bool cut_short, Cycles now) = 0;
};

class SwitchTrouble {
 public:
  /// `number`: handed back to `losses`. `slots`: of an input VC by VC; with a `pool` (> 0) of slots an input, those set
  /// aside for each VC.
  SwitchTrouble(int number, int ports, int vcs, std::vector<int> slots, int pool, SwitchLosses& losses);

  bool dead() const { return dead_; }
  /// A neighbour may send without credit: watch for it.
  void watch_overflow() { watched_ = true; }

  /// Takes out of the slot what the core must not see. `held(p)`: flits buffered at place p, port x VCs + VC, before
  /// this step.
  void filter(Inbox::Slot& slot, const std::function<int(std::size_t)>& held, Cycles now);
  /// Puts back the tail of a packet that overflowed, once there is room; true while one waits.
  bool owes_tails() const { return owed_count_ > 0; }
  /// A tail leaves the switch.
  void left(PacketHandle handle) { clear(handle); }
  /// Ready bits of frozen outputs go low.
  void mask(std::uint64_t* ready) const {
    for (std::size_t w = 0; w < frozen_.size(); ++w) ready[w] &= ~frozen_[w];
  }
  bool any_frozen() const { return frozen_count_ > 0; }

  /// Everything inside is gone: the packets whose tails were, by ascending handle.
  std::vector<PacketHandle> die();
  void revive() { dead_ = false; }
  /// See SwitchChip::freeze().
  void freeze(int port, bool frozen);
  /// While stuck, credits of the VC are kept from the core. Returns those kept, when it is let go.
  int stick(int port, int vc, bool stuck);
  bool stuck(int port, int vc) const { return stuck_[place(port, vc)] != 0; }
  /// The port's credits were lost with the core, and its neighbour has not advertised anew.
  bool was_reset(int port) const { return reset_[static_cast<std::size_t>(port)] != 0; }
  void credits_advertised(int port) { reset_[static_cast<std::size_t>(port)] = 0; }

  /// For the conservation check: credits kept from the core.
  int kept_credits(int port, int vc) const { return kept_[place(port, vc)]; }
  /// Tails that wait for room: they are inside, and each has the slot that its sender's credit stands for.
  int owed_tails() const { return owed_count_; }
  int owed_tails(std::size_t place) const { return owed_[place].handle != PacketHandle::none ? 1 : 0; }

 private:
  enum class Passing : std::uint8_t { nothing, packet, dropped, cut_short };

  std::size_t place(int port, int vc) const { return static_cast<std::size_t>(port * vcs_ + vc); }
  void set(PacketHandle handle);
  void clear(PacketHandle handle) {
    const auto i = static_cast<std::size_t>(handle);
    if ((i >> 6) < tails_.size()) tails_[i >> 6] &= ~(1ULL << (i & 63));
  }
  bool quiet() const { return !dead_ && !watched_ && closing_ == 0 && stuck_count_ == 0 && owed_count_ == 0; }
  void pass(Passing& passing, Passing next) {
    closing_ += (next >= Passing::dropped ? 1 : 0) - (passing >= Passing::dropped ? 1 : 0);
    passing = next;
  }
  bool room(int port, int vc, const std::function<int(std::size_t)>& held) const;
  /// What becomes of a flit that arrives; `room`: its buffer has a free slot. False: the core does not see it.
  bool admit(const PortFlit& flit, bool room, Cycles now);

  int number_;
  int vcs_;
  std::vector<int> slots_;
  int pool_;
  SwitchLosses* losses_;
  bool dead_ = false;
  int frozen_count_ = 0;
  int stuck_count_ = 0;
  int owed_count_ = 0;
  int closing_ = 0;       ///< packets whose rest is being dropped
  bool watched_ = false;  ///< for overflow
  std::vector<std::uint64_t> frozen_;
  std::vector<char> stuck_;
  std::vector<int> kept_;
  std::vector<char> reset_;           ///< by port
  std::vector<Passing> passing_;      ///< by (port, VC): of the packet whose tail has not come
  std::vector<Flit> owed_;            ///< by (port, VC): a tail that waits for room
  std::vector<std::uint64_t> tails_;  ///< by packet handle: its tail is inside
};

}  // namespace fs::tlm
