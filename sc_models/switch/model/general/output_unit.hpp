// SPDX-License-Identifier: Apache-2.0
// The output units of a switch: downstream credits, the packet that holds each output VC, and who asks for it.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "common/bits.hpp"
#include "common/check.hpp"
#include "switch/core.hpp"

namespace fs {

/// What a cycle asks of one output stands together in memory.
template <int PortWords, int VcSlots>
class OutputUnits {
 public:
  using PortSet = BitSet<PortWords>;
  using VcSet = BitSet<(VcSlots + 63) / 64>;

  /// The input VC whose packet holds an output VC.
  struct Holder {
    int input = 0;
    int vc = 0;
  };
  struct Vc {
    std::uint32_t own = 0;       ///< credits of this VC alone
    std::uint32_t borrowed = 0;  ///< credits of the shared part now in use by this VC
    std::uint32_t outstanding = 0;
    std::uint32_t aside = 0;  ///< credits set aside for the packet that holds the VC
  };
  struct Unit {
    VcSet free;                    ///< held by no packet
    VcSet some;                    ///< at least one credit
    VcSet enough;                  ///< credit for any head, whatever its length
    VcSet ready;                   ///< held, and the holder's next flit stands at the front of its queue
    VcSet covered;                 ///< held, and credit for the rest of the packet is set aside
    VcSet wanted;                  ///< some head without VC allocation asks for it
    std::uint32_t shared = 0;      ///< credits beyond the reserves (the peer's pool)
    std::uint8_t offered_vcs = 0;  ///< few VCs: those with which the input that was granted may use this output now
    std::array<std::uint16_t, VcSlots> holder_input{};  ///< of held VCs; stale for free ones
    std::array<std::uint8_t, VcSlots> holder_vc{};
    std::array<PortSet, VcSlots> heads;  ///< per output VC: inputs with a head that asks for it (without VC allocation)
    std::array<Vc, VcSlots> vc;
  };

  explicit OutputUnits(const SwitchConfig& config)
      : vcs_(config.vcs),
        shared_peer_(config.peer_shared_pool),
        whole_packet_(config.switching != Switching::wormhole) {
    if (shared_peer_) {
      for (std::size_t v = 0; v < config.peer_reserve.size(); ++v) {
        reserve_[v] = static_cast<std::uint32_t>(config.peer_reserve[v]);
      }
    }
    if (whole_packet_) {
      for (const int length : config.longest_packet)
        head_need_ = std::max(head_need_, static_cast<std::uint32_t>(length));
    }
    units_.resize(static_cast<std::size_t>(config.ports));
    reset();
  }

  void reset() {
    Unit fresh;
    fresh.free = VcSet::first(vcs_);
    units_.assign(units_.size(), fresh);
  }

  Unit& unit(int output) { return units_[static_cast<std::size_t>(output)]; }
  const Unit& unit(int output) const { return units_[static_cast<std::size_t>(output)]; }

  /// Credits that a new packet on this output VC could use.
  std::uint32_t available(const Unit& u, int vc) const { return of(u, vc).own + (shared_peer_ ? u.shared : 0); }
  /// All credits held here for this VC, those set aside for a packet on its way included.
  int credits(int output, int vc) const {
    return static_cast<int>(available(unit(output), vc) + of(unit(output), vc).aside);
  }
  /// Downstream slots taken or set aside and not yet given back.
  std::uint32_t outstanding(int output, int vc) const { return of(unit(output), vc).outstanding; }

  bool whole_packet() const { return whole_packet_; }
  bool head_may_go(const Unit& u, int vc, const Flit& head) const {
    return u.enough.test(vc) || (whole_packet_ && u.some.test(vc) && available(u, vc) >= head.length);
  }

  /// tx_credit_i.
  [[gnu::always_inline]] void pulse(int output, int vc) {
    Unit& u = unit(output);
    Vc& c = of(u, vc);
    c.outstanding -= c.outstanding > 0;
    give(u, vc, c);
  }

  /// Spends credit for one granted flit: the whole packet's at its head where switching asks for that.
  [[gnu::always_inline]] void spend(Unit& u, int vc, const Flit& flit) {
    Vc& c = of(u, vc);
    if (!whole_packet_ || (flit.head() && flit.tail())) {
      take(u, vc, c, 1);
      return;
    }
    spend_of_packet(u, vc, c, flit);
  }

  void hold(Unit& u, int vc, int input, int input_vc) {
    u.free.clear(vc);
    u.holder_input[static_cast<std::size_t>(vc)] = static_cast<std::uint16_t>(input);
    u.holder_vc[static_cast<std::size_t>(vc)] = static_cast<std::uint8_t>(input_vc);
  }
  void release(Unit& u, int vc) {
    u.free.set(vc);
    u.ready.clear(vc);
  }
  Holder holder(const Unit& u, int vc) const {
    return {u.holder_input[static_cast<std::size_t>(vc)], u.holder_vc[static_cast<std::size_t>(vc)]};
  }

 private:
  static Vc& of(Unit& u, int vc) { return u.vc[static_cast<std::size_t>(vc)]; }
  static const Vc& of(const Unit& u, int vc) { return u.vc[static_cast<std::size_t>(vc)]; }

  [[gnu::always_inline]] void give(Unit& u, int vc, Vc& c) {
    if (__builtin_expect(shared_peer_, 0)) {
      give_shared(u, vc, c);
    } else if (++c.own <= head_need_) {
      set_masks(u, vc, c.own);
    }
  }
  [[gnu::always_inline]] void take(Unit& u, int vc, Vc& c, std::uint32_t count) {
    c.outstanding += count;
    if (__builtin_expect(shared_peer_, 0)) {
      take_shared(u, vc, c, count);
      return;
    }
    if (__builtin_expect(c.own < count, 0)) no_credit(vc);
    c.own -= count;
    if (c.own < head_need_) set_masks(u, vc, c.own);
  }

  void spend_of_packet(Unit& u, int vc, Vc& c, const Flit& flit) {
    if (flit.head()) {
      take(u, vc, c, flit.length);
      c.aside = flit.length;
      u.covered.set(vc);
    }
    if (__builtin_expect(c.aside == 0, 0)) too_long(vc);
    --c.aside;
    if (!flit.tail()) return;
    u.covered.clear(vc);
    // A poisoned tail may end a packet early: what was set aside for the rest comes back at once.
    for (; c.aside > 0; --c.aside) {
      c.outstanding -= c.outstanding > 0;
      give(u, vc, c);
    }
  }

  void give_shared(Unit& u, int vc, Vc& c) {
    if (c.borrowed > 0) {
      --c.borrowed;
      ++u.shared;
    } else if (c.own < reserve_[static_cast<std::size_t>(vc)]) {
      ++c.own;
      set_masks(u, vc, c.own + u.shared);
      return;
    } else {
      ++u.shared;
    }
    if (u.shared <= head_need_) set_all_masks(u);
  }
  void take_shared(Unit& u, int vc, Vc& c, std::uint32_t count) {
    const std::uint32_t from_own = std::min(c.own, count);
    const std::uint32_t beyond = count - from_own;
    if (__builtin_expect(u.shared < beyond, 0)) no_credit(vc);
    c.own -= from_own;
    c.borrowed += beyond;
    u.shared -= beyond;
    if (beyond > 0 && u.shared < head_need_) {
      set_all_masks(u);
    } else {
      set_masks(u, vc, c.own + u.shared);
    }
  }

  void set_masks(Unit& u, int vc, std::uint32_t count) {
    const auto w = static_cast<std::size_t>(vc) / 64;
    const std::uint64_t bit = 1ULL << (vc & 63);
    auto& some = u.some.word(static_cast<int>(w));
    auto& enough = u.enough.word(static_cast<int>(w));
    some = (some & ~bit) | (count > 0 ? bit : 0);
    enough = (enough & ~bit) | (count >= head_need_ ? bit : 0);
  }
  void set_all_masks(Unit& u) {
    for (int v = 0; v < vcs_; ++v) set_masks(u, v, available(u, v));
  }

  [[noreturn, gnu::cold, gnu::noinline]] static void too_long(int vc) {
    throw InvariantError("output VC " + std::to_string(vc) + ": a packet is longer than its head said");
  }
  [[noreturn, gnu::cold, gnu::noinline]] static void no_credit(int vc) {
    throw InvariantError("output VC " + std::to_string(vc) + ": a flit was granted without credit");
  }

  int vcs_;
  bool shared_peer_;
  bool whole_packet_;            ///< a head needs credit for its whole packet
  std::uint32_t head_need_ = 1;  ///< credit that suffices for any head
  std::array<std::uint32_t, VcSlots> reserve_{};
  std::vector<Unit> units_;
};

}  // namespace fs
