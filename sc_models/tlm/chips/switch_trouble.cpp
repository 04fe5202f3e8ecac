// SPDX-License-Identifier: Apache-2.0
#include "tlm/chips/switch_trouble.hpp"

#include <algorithm>
#include <utility>

namespace fs::tlm {

SwitchTrouble::SwitchTrouble(int number, int ports, int vcs, std::vector<int> slots, int pool, SwitchLosses& losses)
    : number_(number),
      vcs_(vcs),
      slots_(std::move(slots)),
      pool_(pool),
      losses_(&losses),
      frozen_((static_cast<std::size_t>(ports) + 63) / 64),
      stuck_(static_cast<std::size_t>(ports * vcs)),
      kept_(stuck_.size()),
      reset_(static_cast<std::size_t>(ports)),
      passing_(stuck_.size(), Passing::nothing),
      owed_(stuck_.size()) {}

void SwitchTrouble::set(PacketHandle handle) {
  const auto i = static_cast<std::size_t>(handle);
  if ((i >> 6) >= tails_.size()) tails_.resize((i >> 6) + 64);
  tails_[i >> 6] |= 1ULL << (i & 63);
}

/// Of a pool a VC may have what it set aside, and what no VC set aside.
bool SwitchTrouble::room(int port, int vc, const std::function<int(std::size_t)>& held) const {
  if (pool_ == 0) return held(place(port, vc)) < slots_[static_cast<std::size_t>(vc)];
  int taken = 0;
  for (int v = 0; v < vcs_; ++v) {
    taken += std::max(held(place(port, v)) + (v == vc ? 1 : 0), slots_[static_cast<std::size_t>(v)]);
  }
  return taken <= pool_;
}

bool SwitchTrouble::admit(const PortFlit& flit, bool room, Cycles now) {
  Passing& passing = passing_[place(static_cast<int>(index(flit.port)), static_cast<int>(index(flit.vc)))];
  const bool tail = flit.flit.tail();
  if (flit.flit.head()) pass(passing, Passing::nothing);
  if (dead_ || passing == Passing::dropped) {
    losses_->flit_swallowed(number_, flit, now);
    pass(passing, tail ? Passing::nothing : Passing::dropped);
    return false;
  }
  if (passing == Passing::cut_short || !room) {
    const bool begun = passing != Passing::nothing;
    losses_->overflow(number_, flit, begun, now);
    pass(passing, tail ? Passing::nothing : begun ? Passing::cut_short : Passing::dropped);
    if (tail && begun) {
      Flit& owed = owed_[place(static_cast<int>(index(flit.port)), static_cast<int>(index(flit.vc)))];
      owed = flit.flit;
      owed.flags |= Flit::poison_flag;
      ++owed_count_;
    }
    return false;
  }
  pass(passing, tail ? Passing::nothing : Passing::packet);
  if (tail) set(flit.flit.handle);
  return true;
}

void SwitchTrouble::filter(Inbox::Slot& slot, const std::function<int(std::size_t)>& held, Cycles now) {
  if (quiet()) {
    for (const PortFlit& flit : slot.flits) {
      const std::size_t p = place(static_cast<int>(index(flit.port)), static_cast<int>(index(flit.vc)));
      passing_[p] = flit.flit.tail() ? Passing::nothing : Passing::packet;
      if (flit.flit.tail()) set(flit.flit.handle);
    }
    return;
  }
  Inbox::Batch<PortFlit> flits;
  for (const PortFlit& flit : slot.flits) {
    const auto port = static_cast<int>(index(flit.port));
    const auto vc = static_cast<int>(index(flit.vc));
    // No packet may follow one whose tail still waits.
    const bool waits = owed_[place(port, vc)].handle != PacketHandle::none;
    if (admit(flit, !waits && room(port, vc, held), now)) flits.push_back(flit);
  }
  if (owed_count_ > 0 && !dead_) {
    for (std::size_t p = 0; p < owed_.size(); ++p) {
      const auto port = static_cast<PortId>(p / static_cast<std::size_t>(vcs_));
      const auto vc = static_cast<VcId>(p % static_cast<std::size_t>(vcs_));
      if (owed_[p].handle == PacketHandle::none) continue;
      if (!room(static_cast<int>(index(port)), static_cast<int>(index(vc)), held)) continue;
      bool busy = false;  // one flit a port and cycle
      for (const PortFlit& flit : flits) busy = busy || flit.port == port;
      if (busy) continue;
      flits.push_back({owed_[p], port, vc});
      set(owed_[p].handle);
      owed_[p] = Flit{};
      --owed_count_;
    }
  }
  if (dead_ || stuck_count_ > 0) {
    Inbox::Batch<CreditPulse> credits;
    for (const CreditPulse& pulse : slot.credits) {
      const std::size_t p = place(static_cast<int>(index(pulse.port)), static_cast<int>(index(pulse.vc)));
      if (dead_) continue;  // nobody counts it
      if (stuck_[p] != 0) {
        ++kept_[p];
      } else {
        credits.push_back(pulse);
      }
    }
    slot.credits = std::move(credits);
  }
  slot.flits = std::move(flits);
}

std::vector<PacketHandle> SwitchTrouble::die() {
  dead_ = true;
  std::vector<PacketHandle> packets;
  for (std::size_t w = 0; w < tails_.size(); ++w) {
    for (std::uint64_t word = tails_[w]; word != 0; word &= word - 1) {
      packets.push_back(static_cast<PacketHandle>(64 * w + static_cast<std::size_t>(lowest_bit(word))));
    }
    tails_[w] = 0;
  }
  for (Flit& owed : owed_) {
    if (owed.handle != PacketHandle::none) packets.push_back(owed.handle);
    owed = Flit{};
  }
  owed_count_ = 0;
  // Kept credits are as void as those the core held.
  std::fill(kept_.begin(), kept_.end(), 0);
  std::fill(reset_.begin(), reset_.end(), 1);
  for (Passing& passing : passing_) {
    if (passing != Passing::nothing) pass(passing, Passing::dropped);
  }
  return packets;
}

void SwitchTrouble::freeze(int port, bool frozen) {
  std::uint64_t& word = frozen_[static_cast<std::size_t>(port) >> 6];
  const std::uint64_t bit = 1ULL << (port & 63);
  if (((word & bit) != 0) == frozen) return;
  word ^= bit;
  frozen_count_ += frozen ? 1 : -1;
}

int SwitchTrouble::stick(int port, int vc, bool stuck) {
  const std::size_t p = place(port, vc);
  if ((stuck_[p] != 0) == stuck) return 0;
  stuck_[p] = stuck ? 1 : 0;
  stuck_count_ += stuck ? 1 : -1;
  return stuck ? 0 : std::exchange(kept_[p], 0);
}

}  // namespace fs::tlm
