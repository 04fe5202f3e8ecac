// SPDX-License-Identifier: Apache-2.0
// The shell around a switch core: arrivals to pins, pins to channels, ledgers and occupancy from the pins alone.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "link/channel.hpp"
#include "link/inbox.hpp"
#include "link/sender_credits.hpp"
#include "switch/core.hpp"
#include "tlm/chips/chip.hpp"
#include "tlm/chips/switch_trouble.hpp"

namespace fs {
template <int Words>
class VcRouterCore;
}

namespace fs::tlm {

class SwitchChip final : public Chip {
 public:
  struct Config {
    std::string name;
    Clock clock;
    SwitchConfig core;
    std::vector<int> stall_below;  ///< by VC: an output VC with fewer credits is stalled (1, or the longest packet)
  };

  SwitchChip(const Config& config, std::unique_ptr<SwitchCore> core, PacketPool& packets, Inbox& inbox);

  /// The channel that leaves by `port`. It also carries the credits of the channel that arrives there.
  void connect(PortId port, Channel& out);
  Cycles step(Cycles now) override;

  const Config& config() const { return config_; }
  SwitchCore& core() { return *core_; }
  const SwitchCore& core() const { return *core_; }
  std::uint64_t flit_hops() const { return flit_hops_; }
  /// Most flits ever buffered behind an input port and VC.
  int high_water(PortId port, VcId vc) const;
  /// The fill that all but a share 1 - q of arriving flits found there, themselves included; 0 when none came.
  int fill_percentile(PortId port, VcId vc, double q) const;
  int depth(VcId vc) const { return inputs_[index(vc)].depth; }
  int buffered(PortId port, VcId vc) const {
    if (fused()) return core_->occupancy(port, vc);
    const std::size_t p = place(port, vc);
    return inputs_[p].held + (trouble_ != nullptr ? trouble_->owed_tails(p) : 0);
  }
  std::uint64_t flits_inside() const {
    return core_->counts().flits_inside + static_cast<std::uint64_t>(trouble_ != nullptr ? trouble_->owed_tails() : 0);
  }
  int credits(PortId port, VcId vc) const {
    return shared_peers_ ? shared_credits_[index(port)].available(vc) : outputs_[place(port, vc)].credits;
  }
  int credits_total(PortId port) const;
  // --- faults ---
  /// This switch may be broken: before the simulation starts.
  SwitchTrouble& expect_trouble(int number, SwitchLosses& losses);
  SwitchTrouble* trouble() { return trouble_.get(); }
  const SwitchTrouble* trouble() const { return trouble_.get(); }
  struct Death {
    std::vector<PacketHandle> tails;  ///< packets whose tails were inside
    std::uint64_t flits = 0;          ///< that were in the core, or waited for room in it
    std::vector<int> slots;           ///< by (port, VC): slots of its receive buffers that were full
  };
  /// An output is never granted, or is again.
  void freeze(PortId port, bool frozen);
  /// Everything inside is gone, the core is reset, and until trouble()->revive() nothing that arrives is seen.
  Death die(Cycles now);

  /// Cycles in which this output VC had too few credits.
  Cycles stalled(PortId port, VcId vc) const { return stalls_[place(port, vc)].total; }

 private:
  /// When an output VC lacked credit before: the last few intervals, newest last.
  struct Stalls {
    static constexpr int kept = 8;
    struct Interval {
      Cycles begin{0};
      Cycles end{0};
    };
    Interval intervals[kept];
    int newest = 0;
    Cycles total{0};
  };

  /// An input VC's receive buffer, from the pins.
  struct Input {
    int held = 0;
    int depth = 0;
  };
  /// An output VC's credits, from the pins, and when they were too few. Four fill a cache line.
  struct Output {
    Cycles changed{0};         ///< stalled: since when; else when it last ceased to be, -1: it never was
    std::int32_t credits = 0;  ///< private buffers
    bool stalled = true;       ///< too few credits
  };

  void count_fill(std::size_t input, int fill) {
    if (__builtin_expect(fill >= fill_rows_, 0)) add_fills(fill);
    ++fills_[static_cast<std::size_t>(fill) * places_ + input];
  }
  void add_fills(int fill);
  int stall_below(VcId vc) const { return config_.stall_below[index(vc)]; }
  std::size_t place(PortId port, VcId vc) const {
    return index(port) * static_cast<std::size_t>(config_.core.vcs) + index(vc);
  }
  /// The core tells this shell what it does while it does it: nothing here needs its pins as lists.
  bool fused() const { return fusible_ && (router_ != nullptr || wide_router_ != nullptr); }
  template <class Core>
  Cycles step_fused(Core& core, Cycles now);
  Cycles step_apart(Cycles now);
  CoreInputs pins_of(const Inbox::Slot& slot) const;
  void send(const PortFlit* flits, int count, Cycles now);
  void prefetch(const PortFlit& flit) const;
  void watch_all_stalls(PortId port, Cycles now);
  void watch_stalls(PortId port, Cycles now) {
    // Where much is free in common nobody is short, and nobody has been.
    if (shared_credits_[index(port)].shared() >= most_stall_below_ && stalled_outputs_[index(port)] == 0) return;
    watch_all_stalls(port, now);
  }
  void take_arrivals(const Inbox::Slot& slot, Cycles now);
  void update_ready(Cycles now);
  Cycles stalled(std::size_t output, Cycles from, Cycles to) const;
  static void begin_stall(Output& output, Cycles now) {
    output.changed = now;
    output.stalled = true;
  }
  void end_stall(std::size_t output, Cycles now);
  void book(Packet& packet, std::size_t output, const Channel& out, Cycles now, Femtoseconds time) {
    // The cycle of VC allocation is its head's alone: a tail that is not its head's own flit does not spend it.
    const Femtoseconds pipeline = packet.length > 1 ? body_pipeline_ : pipeline_;
    const Femtoseconds waited = time - packet.mark - pipeline;
    ++packet.hops;
    const Output& o = outputs_[output];
    // Whether it has waited at all is anybody's guess: nothing is added as well as something.
    if (!out.ever_held_back() && waited >= Femtoseconds(0) && !o.stalled &&
        config_.clock.edge(o.changed) <= time - pipeline_after_ - waited) {
      packet.ledger.add_switch(pipeline, waited);  // no credit was lacking all the while
    } else {
      packet.ledger.add_switch(pipeline, Femtoseconds(0));
      if (waited != Femtoseconds(0)) book_wait(packet, output, out, now, waited);
    }
  }
  void book_wait(Packet& packet, std::size_t output, const Channel& out, Cycles now, Femtoseconds waited);
  void use_credit(const PortFlit& flit, std::size_t output, Cycles now);
  void flush_credits(Cycles now);
  void filter_arrivals(Inbox::Slot& slot, Cycles now);

  Config config_;
  std::unique_ptr<SwitchCore> core_;
  PacketPool* packets_;
  Inbox* inbox_;
  std::vector<Channel*> out_;
  std::vector<std::uint64_t> ready_;
  std::vector<int> slow_ports_;         ///< ports whose channel can hold the core back
  std::vector<Femtoseconds> ready_at_;  ///< by port: from when on its channel takes a flit, or Channel::ask
  std::vector<std::uint64_t> owing_;    ///< ports whose channel may have credits that wait for a message
  bool credit_messages_ = false;
  Cycles credit_deadline_ = Cycles::max();
  std::vector<PortFlit> tx_;
  std::vector<CreditPulse> rx_credit_;
  std::vector<Input> inputs_;                  ///< by (port, VC)
  std::vector<Output> outputs_;                ///< by (port, VC)
  std::vector<Stalls> stalls_;                 ///< by (port, VC); apart, for few flits ask
  std::vector<SenderCredits> shared_credits_;  ///< by port, where the neighbours' buffers are shared pools
  std::vector<int> stalled_outputs_;           ///< by port, there: VCs with too few
  int most_stall_below_ = 1;
  bool shared_peers_;
  /// By fill and (port, VC): flits that found it on arrival. As long as the highest fill so far asks.
  std::vector<std::uint32_t> fills_;
  int fill_rows_ = 0;  ///< as many fills have a row in it, of one count a (port, VC):
  std::size_t places_;
  std::vector<std::int64_t> freed_;  ///< by port, fused: when it last freed a slot << 8 | the slot's VC
  Femtoseconds pipeline_;
  Femtoseconds body_pipeline_;   ///< of tails that are not their head's own flit
  Femtoseconds pipeline_after_;  ///< the part of it after the grant
  VcRouterCore<1>* router_ = nullptr;
  VcRouterCore<2>* wide_router_ = nullptr;
  bool fusible_ = true;  ///< nothing here asks for more than step_fused() does
  std::uint64_t flit_hops_ = 0;
  std::unique_ptr<SwitchTrouble> trouble_;  ///< null unless a fault may hit this switch
};

}  // namespace fs::tlm
