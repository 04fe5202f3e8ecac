// SPDX-License-Identifier: Apache-2.0
// The cycle model of a switch core with input queues. docs/switch.md states the cycle; step() carries its numbers.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/bits.hpp"
#include "switch/allocators/islip.hpp"
#include "switch/allocators/oldest_first.hpp"
#include "switch/allocators/pim.hpp"
#include "switch/allocators/round_robin.hpp"
#include "switch/allocators/vc_allocator.hpp"
#include "switch/allocators/wavefront.hpp"
#include "switch/core.hpp"
#include "switch/model/credit_pulses.hpp"
#include "switch/model/delay_line.hpp"
#include "switch/model/general/input_unit.hpp"
#include "switch/model/general/output_stage.hpp"
#include "switch/model/general/output_unit.hpp"
#include "switch/route_table.hpp"

namespace fs {

/// Words: 64-bit words of a set of crossbar ports. VcSlots: bound of the VCs. Plain: no speedup, no speculation, not
/// oldest_first, not store-and-forward; then a decided grant is a grant carried out, and much falls away.
template <int Words, int VcSlots, bool Plain>
class ModelCore final : public SwitchCore {
 public:
  explicit ModelCore(const SwitchConfig& config);

  void reset() override;
  void write_route(ClassId cls, NodeId dst, const RouteRow& row) override;
  Cycles step(Cycles cycle, const CoreInputs& in, CoreOutputs& out) override;

  CoreCounts counts() const override;
  int occupancy(PortId port, VcId vc) const override { return inputs_.used(number(port), number(vc)); }
  int credits(PortId port, VcId vc) const override { return outputs_.credits(number(port), number(vc)); }
  std::vector<HeadWait> waiting() const override;

 private:
  using Inputs = InputUnits<VcSlots>;
  using Outputs = OutputUnits<Words, VcSlots>;
  using Input = typename Inputs::Unit;
  using Output = typename Outputs::Unit;
  using Slot = typename Inputs::Slot;
  using Queue = typename Inputs::Queue;
  using PortSet = BitSet<Words>;
  using VcSet = typename Outputs::VcSet;
  static constexpr bool few_vcs = VcSlots <= 4;  ///< a loop over all VCs is shorter than one over members

  struct Grant {
    int input = 0;
    int output = 0;
    int vc = 0;
    int output_vc = 0;  ///< none_yet: speculative
  };
  static constexpr int none_yet = 0xff;
  static constexpr int none_nearer = 1 << 20;  ///< beyond any distance between ports

  template <class Id>
  static int number(Id id) {
    return static_cast<int>(index(id));
  }
  template <class T>
  static auto& at(std::vector<T>& items, int i) {
    return items[static_cast<std::size_t>(i)];
  }
  template <class T>
  static const auto& at(const std::vector<T>& items, int i) {
    return items[static_cast<std::size_t>(i)];
  }

  // Arrival: model_core_arrival.hpp.
  void collect_entering(std::int64_t cycle, const CoreInputs& in);
  void choose_adaptive();
  int least_occupied(const Flit& head, const RouteTable::Row& row) const;
  int route(const Flit& head, int input, const RouteTable::Row& row);
  void admit(const PortFlit& rx, std::int64_t cycle);
  void enqueue(const PortFlit& rx, std::int64_t cycle, int adaptive_output);
  void expose(int input, int vc, int queue, const Slot& slot);
  [[noreturn, gnu::cold, gnu::noinline]] void bad_arrival(const PortFlit& rx, std::int64_t cycle,
                                                          const char* what) const;
  void begin_occupancy();

  // Requests: model_core_requests.hpp.
  PortSet ready_pins(const CoreInputs& in) const;
  VcSet eligible_held(int output) const;
  VcSet eligible_wanted(const Output& u) const { return u.wanted & u.free & u.some; }
  template <class F>
  void for_each_head_vc(int input, int output, int output_vc, F&& f) const;
  bool may_speculate(int input, int vc, int output) const;
  PortSet request_row(int output) const;
  void add_doubtful_heads(int output, VcSet eligible, PortSet& row) const;
  template <class F>
  void for_each_eligible(int output, F&& f) const;
  void offer_to_holders(const PortSet& ready);
  template <class F>
  void for_each_request_row(const PortSet& ready, F&& f);
  void build_requests(const PortSet& ready);
  void build_expanded_requests(const PortSet& ready);

  // Allocation: model_core_allocation.hpp.
  void match(std::int64_t cycle, const PortSet& ready);
  bool offers_hold() const { return Plain && few_vcs && fused_islip_ && allocates_vcs_; }
  bool choose_by_mask(const Output& u, int input, int favourite, Grant& grant) const;
  Grant choose(int from, int to);
  Queue& granted_queue(const Grant& g) { return inputs_.unit(g.input).queues[inputs_.queue_of(g.vc, g.output)]; }
  void allocate_vcs();
  void activate_fresh();

  // Traversal: model_core_traversal.hpp.
  void carry_out(std::int64_t cycle, CoreOutputs& out);
  bool confirm(Grant& grant) const;
  void traverse(const Grant& grant, std::int64_t cycle, CoreOutputs& out);
  void still_busy(int output, const Output& u);
  void drop_head_request(int input, int vc, int output, int output_vc);
  Cycles next_step(std::int64_t cycle, const PortSet& ready) const;

  HeadWait wait_of(int input, int queue) const;
  int output_vc_for(std::uint8_t vcs, int vc) const {
    const auto& mask = routes_.vcs(vcs);
    return mask.test(vc) ? vc : mask.lowest();
  }
  bool whole_first() const { return !Plain && whole_first_; }
  bool requestable(std::size_t queue_index) const { return !whole_first() || tails_[queue_index] > 0; }
  const Slot& front(int input, int queue) const {
    const Input& u = inputs_.unit(input);
    return u.slots[u.queues[queue].head];
  }
  const Slot& front(int input, int vc, int output) const { return front(input, inputs_.queue_of(vc, output)); }

  SwitchConfig config_;
  int ports_;
  int vcs_;
  bool allocates_vcs_;            ///< heads wait for an output VC of their own before they may use the crossbar
  bool speculative_;              ///< and ask for both in the same cycle
  bool whole_first_;              ///< store and forward
  bool expanded_;                 ///< crossbar ports are not the switch's ports (speedup)
  bool fused_islip_;              ///< grants are offered while requests are collected: no matrix is kept
  bool remapped_ = false;         ///< some head wants an output VC other than its own
  bool track_occupancy_ = false;  ///< an adaptive row has been written
  bool eventful_ = false;         ///< this step changed state, or may at the next edge without any input

  Inputs inputs_;
  Outputs outputs_;
  RouteTable routes_;
  OutputStage<Words> stage_;
  CreditPulses pulses_;
  VcAllocator<Words, VcSlots> vc_allocator_;
  Islip<Words> islip_;
  Pim<Words> pim_;
  Wavefront<Words> wavefront_;
  RoundRobin<Words> round_robin_;
  OldestFirst oldest_first_;
  DelayLine input_pipeline_;

  PortSet busy_outputs_;                  ///< outputs that some front flit asks for
  std::vector<std::uint8_t> queue_vc_;    ///< per queue: the output VC its packet holds
  std::vector<std::uint16_t> tails_;      ///< per queue: whole packets in it (store and forward only)
  std::vector<std::int64_t> arrived_;     ///< per slot: cycle of arrival (oldest first only)
  std::vector<std::uint16_t> favourite_;  ///< per crossbar input: the VC favoured next
  std::vector<std::uint16_t> spray_;      ///< per (input, class): the output favoured next
  std::vector<std::uint32_t> queued_;     ///< per (output, class): flits queued here for it (adaptive rows only)

  RequestMatrix<Words> requests_;
  MatchList matches_;
  std::vector<Grant> decided_;          ///< grants ahead of being carried out
  std::vector<std::uint32_t> fresh_;    ///< output * vcs + VC: allocated in this step
  const PortFlit* entering_ = nullptr;  ///< flits that enter their queues at this edge
  int entering_count_ = 0;
  std::vector<PortFlit> matured_;     ///< entering flits that come from the input pipeline
  std::vector<int> adaptive_output_;  ///< per entering flit; -1: not a head of an adaptive row
  std::uint64_t queued_flits_ = 0;
  std::uint64_t request_count_ = 0;
  std::uint64_t grant_count_ = 0;
};

}  // namespace fs

#include "switch/model/general/model_core_allocation.hpp"
#include "switch/model/general/model_core_arrival.hpp"
#include "switch/model/general/model_core_requests.hpp"
#include "switch/model/general/model_core_setup.hpp"
#include "switch/model/general/model_core_traversal.hpp"
