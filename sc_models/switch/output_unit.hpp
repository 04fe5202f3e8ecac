// SPDX-License-Identifier: Apache-2.0
// The output units of a switch: downstream credits and the packet that holds each output VC.
#pragma once

#include <cstdint>
#include <vector>

#include "common/bits.hpp"
#include "common/check.hpp"
#include "switch/core.hpp"

namespace fs {

/// Credits and holds of every output. What one cycle asks of an output stands in one cache line of masks.
template <int VcWords>
class OutputUnits {
 public:
  using VcSet = BitSet<VcWords>;

  struct Masks {
    VcSet free;     ///< held by no packet
    VcSet some;     ///< at least one credit
    VcSet enough;   ///< credit for any head, whatever its length
    VcSet ready;    ///< held, and the holder's next flit stands at the front of its queue
    VcSet covered;  ///< held, and credit for the rest of the packet is set aside
    VcSet wanted;   ///< some head without VC allocation asks for it
  };
  struct Holder {
    std::uint16_t input = 0;
    std::uint8_t vc = 0;
  };

  explicit OutputUnits(const SwitchConfig& config)
      : ports_(static_cast<std::size_t>(config.ports)),
        vcs_(static_cast<std::size_t>(config.vcs)),
        shared_peer_(config.peer_shared_pool),
        whole_packet_(config.switching != Switching::wormhole),
        reserve_(vcs_, 0) {
    if (shared_peer_) {
      for (std::size_t v = 0; v < vcs_; ++v) reserve_[v] = static_cast<std::uint32_t>(config.peer_reserve[v]);
    }
    if (whole_packet_) {
      for (const int length : config.longest_packet)
        head_need_ = std::max(head_need_, static_cast<std::uint32_t>(length));
    }
    masks_.resize(ports_);
    shared_.resize(ports_);
    vc_.resize(ports_ * vcs_);
    reset();
  }

  void reset() {
    Masks fresh;
    fresh.free = VcSet::first(static_cast<int>(vcs_));
    masks_.assign(ports_, fresh);
    shared_.assign(ports_, 0);
    vc_.assign(ports_ * vcs_, Vc());
  }

  Masks& masks(int output) { return masks_[static_cast<std::size_t>(output)]; }
  const Masks& masks(int output) const { return masks_[static_cast<std::size_t>(output)]; }

  /// Credits that a new packet on this output VC could use.
  std::uint32_t available(int output, int vc) const {
    return at(output, vc).own + (shared_peer_ ? shared_[static_cast<std::size_t>(output)] : 0);
  }
  /// All credits held here for this VC, those set aside for a packet on its way included.
  int credits(int output, int vc) const { return static_cast<int>(available(output, vc) + at(output, vc).aside); }
  /// Downstream slots taken or set aside and not yet given back.
  std::uint32_t outstanding(int output, int vc) const { return at(output, vc).outstanding; }

  bool whole_packet() const { return whole_packet_; }
  bool head_may_go(int output, int vc, const Flit& head) const {
    const Masks& m = masks(output);
    if (m.enough.test(vc)) return true;
    return m.some.test(vc) && whole_packet_ && available(output, vc) >= head.length;
  }

  /// tx_credit_i.
  void pulse(int output, int vc) {
    Vc& c = at(output, vc);
    if (c.outstanding > 0) --c.outstanding;
    give(output, vc, c);
  }

  /// Spends credit for one granted flit: the whole packet's at its head where switching asks for that.
  void spend(int output, int vc, const Flit& flit) {
    Vc& c = at(output, vc);
    if (!whole_packet_ || (flit.head() && flit.tail())) {
      take(output, vc, c, 1);
      return;
    }
    if (flit.head()) {
      take(output, vc, c, flit.length);
      c.aside = flit.length;
      masks(output).covered.set(vc);
    }
    FS_CHECK(c.aside > 0, "a packet is longer than its head said");
    --c.aside;
    if (flit.tail()) end_of_packet(output, vc, c);
  }

  void hold(int output, int vc, int input, int input_vc) {
    masks(output).free.clear(vc);
    at(output, vc).holder = {static_cast<std::uint16_t>(input), static_cast<std::uint8_t>(input_vc)};
  }
  void release(int output, int vc) {
    Masks& m = masks(output);
    m.free.set(vc);
    m.ready.clear(vc);
  }
  Holder holder(int output, int vc) const { return at(output, vc).holder; }

 private:
  struct Vc {
    std::uint32_t own = 0;       ///< credits of this VC alone
    std::uint32_t borrowed = 0;  ///< credits of the shared part now in use by this VC
    std::uint32_t outstanding = 0;
    std::uint16_t aside = 0;  ///< set aside for flits of the packet that holds the VC
    Holder holder;
  };

  Vc& at(int output, int vc) { return vc_[static_cast<std::size_t>(output) * vcs_ + static_cast<std::size_t>(vc)]; }
  const Vc& at(int output, int vc) const {
    return vc_[static_cast<std::size_t>(output) * vcs_ + static_cast<std::size_t>(vc)];
  }

  void give(int output, int vc, Vc& c) {
    if (!shared_peer_) {
      ++c.own;
      set_masks(masks(output), vc, c.own);
      return;
    }
    const auto o = static_cast<std::size_t>(output);
    if (c.borrowed > 0) {
      --c.borrowed;
      ++shared_[o];
    } else if (c.own < reserve_[static_cast<std::size_t>(vc)]) {
      ++c.own;
      set_masks(masks(output), vc, c.own + shared_[o]);
      return;
    } else {
      ++shared_[o];
    }
    set_all_masks(output);
  }

  void take(int output, int vc, Vc& c, std::uint32_t count) {
    c.outstanding += count;
    if (c.own >= count) {
      c.own -= count;
      set_masks(masks(output), vc, available(output, vc));
      return;
    }
    const std::uint32_t beyond = count - c.own;
    c.own = 0;
    c.borrowed += beyond;
    FS_CHECK(shared_peer_ && shared_[static_cast<std::size_t>(output)] >= beyond, "a flit was granted without credit");
    shared_[static_cast<std::size_t>(output)] -= beyond;
    set_all_masks(output);
  }

  /// A poisoned tail may end a packet early: what was set aside for the rest comes back at once.
  void end_of_packet(int output, int vc, Vc& c) {
    masks(output).covered.clear(vc);
    for (; c.aside > 0; --c.aside) {
      --c.outstanding;
      give(output, vc, c);
    }
  }

  void set_masks(Masks& m, int vc, std::uint32_t count) {
    const std::uint64_t bit = 1ULL << (vc & 63);
    auto& some = m.some.word(vc >> 6);
    auto& enough = m.enough.word(vc >> 6);
    some = count > 0 ? some | bit : some & ~bit;
    enough = count >= head_need_ ? enough | bit : enough & ~bit;
  }
  void set_all_masks(int output) {
    Masks& m = masks(output);
    for (int v = 0; v < static_cast<int>(vcs_); ++v) set_masks(m, v, available(output, v));
  }

  std::size_t ports_;
  std::size_t vcs_;
  bool shared_peer_;
  bool whole_packet_;            ///< a head needs credit for its whole packet
  std::uint32_t head_need_ = 1;  ///< credit that suffices for any head
  std::vector<std::uint32_t> reserve_;
  std::vector<Masks> masks_;
  std::vector<std::uint32_t> shared_;  ///< per output: credits beyond the reserves
  std::vector<Vc> vc_;                 ///< per (output, VC)
};

}  // namespace fs
