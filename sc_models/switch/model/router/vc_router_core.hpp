// SPDX-License-Identifier: Apache-2.0
// The cycle model of the classic virtual-channel router: a private FIFO an input VC, VC allocation in a cycle of its
// own, one iteration of iSLIP, wormhole, up to four VCs. The same cycle as ModelCore's, pin by pin (unit/switch
// compares them), in half its time: all VCs of a port lie side by side, and queues are rings.
#pragma once

#include <cstdint>
#include <new>
#include <string>
#include <vector>

#include "common/bits.hpp"
#include "switch/core.hpp"
#include "switch/model/router/output_rows.hpp"
#include "switch/model/router/vc_lanes.hpp"
#include "switch/route_table.hpp"

namespace fs {

/// Words: 64-bit words of a set of ports.
template <int Words>
class VcRouterCore final : public SwitchCore {
 public:
  /// `config` must be one that takes() accepts.
  explicit VcRouterCore(const SwitchConfig& config);
  VcRouterCore(const VcRouterCore&) = delete;
  VcRouterCore& operator=(const VcRouterCore&) = delete;
  static bool takes(const SwitchConfig& config);

  void reset() override;
  void write_route(ClassId cls, NodeId dst, const RouteRow& row) override;
  Cycles step(Cycles cycle, const CoreInputs& in, CoreOutputs& out) override;
  /// The same edge for a shell that is told what happens while it happens, instead of reading lists: it is asked
  ///   shell.offered(port)             for each input that an output offers itself to, before anything is freed
  ///   shell.arrived(port, VC, fill)   for each rx flit: fill of its queue, itself included
  ///   shell.freed(port, VC)           for each rx_credit pulse
  ///   shell.credit(port, VC)          for each tx_credit pulse
  /// and finds what stands on the tx pins in `tx` until the next edge. AlwaysReady:
  /// in.tx_ready is not asked.
  template <bool AlwaysReady, class Shell>
  Cycles step_for(Cycles cycle, const CoreInputs& in, PortFlit*& tx, int& tx_count, Shell& shell);

  /// Brings near what a flit that arrives there will touch: for switches so many that they leave the caches.
  void prefetch(PortId port, VcId vc) const {
    __builtin_prefetch(&queue(static_cast<int>(index(port)) * vc_slots + static_cast<int>(index(vc))), 1);
  }

  CoreCounts counts() const override;
  int occupancy(PortId port, VcId vc) const override {
    return queue(static_cast<int>(index(port)) * vc_slots + static_cast<int>(index(vc))).count;
  }
  int credits(PortId port, VcId vc) const override { return output(static_cast<int>(index(port))).credits[index(vc)]; }
  std::vector<HeadWait> waiting() const override;

 private:
  HeadWait wait_of(int q) const;
  static constexpr int vc_slots = vc_lanes::count;  ///< VCs are numbered port * vc_slots + VC, however many there are
  static constexpr std::uint16_t no_output = 0xffff;
  static constexpr std::uint32_t no_offer = ~0U;
  using PortSet = BitSet<Words>;
  using Small = vc_lanes::Small;

  /// A flit in its queue: as it came, but for the port, which is the output chosen for it, and the VC, which is the
  /// number of its row's VC mask.
  using Slot = PortFlit;
  /// Its slots, a ring, follow it in memory: that of a queue with few flits is one cache line.
  struct alignas(4) Queue {
    std::uint16_t head = 0;
    std::uint16_t count = 0;
    std::uint16_t arriving = no_output;  ///< output of the packet now arriving
    std::uint16_t accept_output = 0;     ///< VC allocation: where `accept_vc` is favoured next
    Small accept_vc{};
    Small vc{};  ///< output VC that the packet at the front holds
  };
  struct Input {
    std::uint32_t best = no_offer;  ///< distance << 16 | output of the best offer; none in between
    std::uint16_t accept = 0;       ///< the output favoured next
    Small favourite{};              ///< the VC favoured next
  };
  /// What a cycle asks of one output: a cache line. Sets of VCs are the low bits of a byte.
  struct alignas(64) Output {
    std::uint16_t vc_grant[vc_slots] = {};      ///< VC allocation: the requester favoured next
    std::uint16_t holder_input[vc_slots] = {};  ///< of held VCs; stale for free ones
    std::uint16_t credits[vc_slots] = {};
    std::uint16_t most_credits[vc_slots] = {};  ///< ever held: what is missing has been spent and not given back
    Small holder_vc[vc_slots] = {};
    Small free{};              ///< held by no packet
    Small some{};              ///< with credit
    Small ready{};             ///< held, and the next flit stands at the front
    Small offered{};           ///< with which flits could go as this cycle began
    std::uint16_t grant = 0;   ///< the input favoured next
    std::uint16_t asking = 0;  ///< how many heads ask it for a VC
    static constexpr int near_askers = 10;
    std::uint16_t askers[near_askers] = {};  ///< the first of them, in any order; the rest in requesters_
  };
  static_assert(sizeof(Output) == 64);

  struct alignas(64) Line {
    unsigned char bytes[64];
  };
  Queue& queue(int q) {
    return *std::launder(reinterpret_cast<Queue*>(first_queue_ + static_cast<std::size_t>(q) * queue_bytes_));
  }
  const Queue& queue(int q) const { return const_cast<VcRouterCore*>(this)->queue(q); }
  static Slot* slots_of(Queue& q) { return std::launder(reinterpret_cast<Slot*>(&q + 1)); }
  static const Slot* slots_of(const Queue& q) { return slots_of(const_cast<Queue&>(q)); }
  /// The slot `ahead` places behind the first.
  int slot_at(const Queue& q, int ahead) const {
    const int at = q.head + ahead;
    return at - (at >= slots_ ? slots_ : 0);
  }
  const Slot& front(int q) const { return slots_of(queue(q))[queue(q).head]; }
  Input& input(int i) { return inputs_[static_cast<std::size_t>(i)]; }
  Output& output(int o) { return outputs_[static_cast<std::size_t>(o)]; }
  const Output& output(int o) const { return outputs_[static_cast<std::size_t>(o)]; }
  std::uint16_t& asker(int o, Output& u, int k) {
    if (__builtin_expect(k < Output::near_askers, 1)) return u.askers[k];
    return requesters_[static_cast<std::size_t>(o * ports_ * vc_slots + k)];
  }
  static Small small(unsigned value) { return static_cast<Small>(value); }

  template <bool AlwaysReady, class Shell>
  void offer(const PortSet& ready, Shell& shell);
  void prefetch_askers() const;
  void allocate_vcs();
  unsigned may_take(unsigned free, int requester) const;
  void settle_crowd(int o, Output& u);
  void allocate_vc(int o, Output& u, int requester, unsigned offers);
  template <class Shell>
  int carry_out(PortFlit* row, Shell& shell);
  template <class Shell>
  void traverse(int i, int o, PortFlit& to, Shell& shell);
  int choose(const Output& u, int favourite, unsigned mine) const;
  template <class Shell>
  void count_credits(const CoreInputs& in, Shell& shell);
  template <class Shell>
  void enqueue(const PortFlit& rx, std::int64_t cycle, int adaptive_output, Shell& shell);
  void request(int o, int requester);
  int route(const Flit& head, int input, const RouteTable::Row& row);
  void choose_adaptive(const CoreInputs& in);
  void begin_occupancy();
  std::uint32_t& queued(int o, ClassId cls) {
    return queued_[static_cast<std::size_t>(o * config_.classes) + index(cls)];
  }
  [[noreturn, gnu::cold, gnu::noinline]] void bad_arrival(const PortFlit& rx, std::int64_t cycle,
                                                          const char* what) const;

  SwitchConfig config_;
  int ports_;
  int vcs_;
  int slots_ = 0;                ///< of each queue
  std::size_t queue_bytes_ = 0;  ///< a queue and its slots, in whole cache lines
  unsigned char* first_queue_ = nullptr;
  bool track_occupancy_ = false;  ///< an adaptive row has been written
  bool alike_ = true;             ///< all rows allow the same VCs, allowed_[0]
  bool eventful_ = false;         ///< this step changed state, or may at the next edge without any input
  std::uint16_t depth_[vc_slots] = {};
  RouteTable routes_;
  std::vector<std::uint8_t> allowed_;  ///< by VC mask of the route table
  PortSet busy_outputs_;               ///< outputs with a VC in `ready`
  PortSet offered_inputs_;
  PortSet pending_;  ///< outputs that heads without a VC ask for
  PortSet crowded_;  ///< of these, those that more than one does
  std::uint64_t queued_flits_ = 0;
  std::uint64_t request_count_ = 0;
  std::uint64_t grant_count_ = 0;

  std::vector<Output> outputs_;
  std::vector<std::uint16_t> requesters_;  ///< per output: of the heads that ask it for a VC, those beyond near_askers
  std::vector<Input> inputs_;
  std::vector<Line> lines_;  ///< queues and their slots
  OutputRows pipeline_;
  std::vector<std::uint16_t> spray_;   ///< per (input, class): the output favoured next
  std::vector<std::uint32_t> queued_;  ///< per (output, class): flits queued here for it (adaptive rows only)
  std::vector<int> adaptive_output_;   ///< per arrival; -1: not a head of an adaptive row
};

}  // namespace fs

#include "switch/model/router/vc_router_setup.hpp"
#include "switch/model/router/vc_router_step.hpp"
