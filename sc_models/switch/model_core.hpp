// SPDX-License-Identifier: Apache-2.0
// The cycle model of a switch core with input queues. docs/switch.md states the cycle; the steps below carry its
// numbers.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "common/bits.hpp"
#include "common/ring.hpp"
#include "switch/allocators/islip.hpp"
#include "switch/allocators/oldest_first.hpp"
#include "switch/allocators/pim.hpp"
#include "switch/allocators/round_robin.hpp"
#include "switch/allocators/vc_allocator.hpp"
#include "switch/allocators/wavefront.hpp"
#include "switch/core.hpp"
#include "switch/credit_pulses.hpp"
#include "switch/input_unit.hpp"
#include "switch/output_stage.hpp"
#include "switch/output_unit.hpp"
#include "switch/route_table.hpp"

namespace fs {

/// Words: 64-bit words of a set of crossbar ports; VcWords: of a set of VCs.
template <int Words, int VcWords>
class ModelCore final : public SwitchCore {
 public:
  explicit ModelCore(const SwitchConfig& config);

  void reset() override;
  void write_route(ClassId cls, NodeId dst, const RouteRow& row) override;
  Cycles step(Cycles cycle, const CoreInputs& in, CoreOutputs& out) override;

  CoreCounts counts() const override;
  int occupancy(PortId port, VcId vc) const override { return inputs_.used(number(port), number(vc)); }
  int credits(PortId port, VcId vc) const override { return outputs_.credits(number(port), number(vc)); }
  std::vector<std::string> waiting() const override;

 private:
  using PortSet = BitSet<Words>;
  using VcSet = BitSet<VcWords>;
  using Masks = typename OutputUnits<VcWords>::Masks;

  /// A flit in the input pipeline.
  struct Arrival {
    std::int64_t cycle = 0;  ///< sampled
    PortFlit rx;
  };
  /// A grant that has been decided and not yet carried out.
  struct Grant {
    std::uint16_t input = 0;
    std::uint16_t output = 0;
    std::uint8_t vc = 0;
    std::uint8_t output_vc = 0;  ///< none_yet: speculative
  };
  static constexpr std::uint8_t none_yet = 0xff;
  /// The favourite among the VCs that compete for one connection.
  struct Pick {
    int distance = 1 << 30;  ///< from the round-robin pointer
    int vc = -1;
    int output_vc = none_yet;
  };

  template <class Id>
  static int number(Id id) {
    return static_cast<int>(index(id));
  }
  template <class T>
  static auto& at(std::vector<T>& items, int i) {
    return items[static_cast<std::size_t>(i)];
  }

  // Arrival: model_core_arrival.hpp.
  void collect_entering(std::int64_t cycle, const CoreInputs& in);
  void choose_adaptive();
  int least_occupied(const Flit& head, const RouteTable::Row& row) const;
  int route(const Flit& head, int input, const RouteTable::Row& row);
  void enqueue(const PortFlit& rx, std::int64_t cycle, int adaptive_output);
  void expose(int input, int vc, std::size_t queue_index);
  [[noreturn]] void bad_arrival(const PortFlit& rx, std::int64_t cycle, const char* what) const;
  void begin_occupancy();

  // Allocation: model_core_allocation.hpp.
  PortSet ready_pins(const CoreInputs& in) const;
  void build_requests(const PortSet& ready, std::int64_t cycle);
  PortSet request_row(int output) const;
  template <class F>
  void for_each_eligible(int output, F&& f) const;
  template <class F>
  void for_each_head_vc(int input, int output, int output_vc, F&& f) const;
  VcSet eligible_held(int output) const;
  VcSet eligible_wanted(int output) const;
  bool may_speculate(int input, int vc, int output) const;
  void match(std::int64_t cycle);
  Grant choose(const Match& m);
  void allocate_vcs();

  // Traversal: model_core_traversal.hpp.
  void carry_out(std::int64_t cycle, CoreOutputs& out);
  bool confirm(Grant& grant) const;
  void traverse(const Grant& grant, std::int64_t cycle, CoreOutputs& out);
  void drop_head_request(int input, int vc, int output, int output_vc);
  Cycles next_step(std::int64_t cycle, const PortSet& ready) const;

  int output_vc_for(std::uint8_t vcs, int vc) const {
    const auto& mask = routes_.vcs(vcs);
    return mask.test(vc) ? vc : mask.lowest();
  }
  bool requestable(std::size_t queue_index) const { return !whole_first_ || tails_[queue_index] > 0; }
  const InputUnits::Slot& front(int input, std::size_t queue_index) const {
    return inputs_.slot(input, inputs_.queue(queue_index).head);
  }

  SwitchConfig config_;
  int ports_;
  int vcs_;
  bool allocates_vcs_;            ///< heads wait for an output VC of their own before they may use the crossbar
  bool speculative_;              ///< and ask for both in the same cycle
  bool whole_first_;              ///< store and forward
  bool expanded_;                 ///< crossbar ports are not the switch's ports (speedup)
  bool plain_;                    ///< requests are sets of ports, not aged entries
  bool remapped_ = false;         ///< some head wants an output VC other than its own
  bool track_occupancy_ = false;  ///< an adaptive row has been written
  bool eventful_ = false;         ///< state other than by the cycle number changed in this step

  InputUnits inputs_;
  OutputUnits<VcWords> outputs_;
  RouteTable routes_;
  OutputStage<Words> stage_;
  CreditPulses pulses_;
  VcAllocator<Words, VcWords> vc_allocator_;
  Islip<Words> islip_;
  Pim<Words> pim_;
  Wavefront<Words> wavefront_;
  RoundRobin<Words> round_robin_;
  OldestFirst oldest_first_;

  PortSet busy_outputs_;                ///< outputs that some front flit asks for
  std::vector<PortSet> heads_;          ///< per (output, output VC): inputs with a head for it (without VC allocation)
  std::vector<std::uint8_t> queue_vc_;  ///< per queue: the output VC its packet holds
  std::vector<std::uint16_t> tails_;    ///< per queue: whole packets in it (store and forward only)
  std::vector<std::int64_t> arrived_;   ///< per slot: cycle of arrival (oldest first only)
  std::vector<std::uint16_t> favourite_;  ///< per crossbar input: the VC favoured next
  std::vector<std::uint16_t> spray_;      ///< per (input, class): the output favoured next
  std::vector<std::uint32_t> queued_;     ///< per (output, class): flits queued here for it (adaptive rows only)

  RequestMatrix<Words> requests_;
  MatchList matches_;
  std::vector<Grant> grants_now_;
  const PortFlit* entering_ = nullptr;  ///< flits that enter their queues at this edge
  int entering_count_ = 0;
  std::vector<PortFlit> matured_;     ///< entering flits that come from the input pipeline
  std::vector<int> adaptive_output_;  ///< per entering flit; -1: not a head of an adaptive row
  Ring<Arrival> input_pipeline_;
  std::uint64_t queued_flits_ = 0;
  std::uint64_t request_count_ = 0;
  std::uint64_t grant_count_ = 0;
};

}  // namespace fs

#include "switch/model_core_allocation.hpp"
#include "switch/model_core_arrival.hpp"
#include "switch/model_core_traversal.hpp"
