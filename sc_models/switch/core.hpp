// SPDX-License-Identifier: Apache-2.0
// The switch core's contract: one pin-out, several cores. docs/switch.md writes the cycle down.
//
// What lies behind it: the cycle model (model_core), RTL through the cosim room, or a core a user brings. The pins are
// passed as short lists rather than bit vectors: a list holds at most one flit a port and at most one pulse a
// (port, VC), in any order, and a core's result may not depend on the order inside a list.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "common/bits.hpp"
#include "common/ids.hpp"
#include "common/quantity.hpp"
#include "flit/port_flit.hpp"
#include "switch/head_wait.hpp"

namespace fs {

/// Input pins as sampled at one edge.
struct CoreInputs {
  const PortFlit* rx = nullptr;  ///< rx_valid_i, rx_vc_i, rx_flit_i: at most one a port
  int rx_count = 0;
  const CreditPulse* tx_credit = nullptr;  ///< tx_credit_i: at most one pulse a (port, VC)
  int tx_credit_count = 0;
  const std::uint64_t* tx_ready = nullptr;  ///< tx_ready_i, one bit a port; 0: no new grant to this output at this
                                            ///< edge. nullptr: all ones
};

/// Output pins as they stand after the edge. Room for `ports` flits and `ports * vcs` pulses.
struct CoreOutputs {
  PortFlit* tx = nullptr;
  int tx_count = 0;
  CreditPulse* rx_credit = nullptr;
  int rx_credit_count = 0;
};

enum class RouteMode : std::uint8_t { hashed = 0, sprayed = 1, adaptive = 2 };

/// A row of the route table: for a class and destination, the outputs, the VCs allowed there and how to choose.
struct RouteRow {
  std::vector<PortId> outputs;  ///< ascending; at least one
  std::uint64_t vcs_low = 0;    ///< bit v: VC v of the output is allowed (v < 64)
  std::uint64_t vcs_high = 0;   ///< bit v - 64 (64 <= v < 128)
  RouteMode mode = RouteMode::hashed;
};

enum class Queueing : std::uint8_t {
  voq,      ///< per input, VC and output
  vc_fifo,  ///< per input and VC: shows head-of-line blocking
  output,   ///< ideal: every arrival reaches its output's queue at once
};
enum class BufferKind : std::uint8_t { private_queues, shared_pool };
enum class AllocatorKind : std::uint8_t { islip, pim, wavefront, oldest_first, round_robin };
enum class VcAllocation : std::uint8_t {
  none,        ///< the packet keeps its VC where the route row allows it, else takes the lowest allowed
  before,      ///< a cycle of its own before switch allocation
  same_cycle,  ///< in the same cycle as switch allocation (speculative)
};
enum class Switching : std::uint8_t { cut_through, wormhole, store_and_forward };

struct SwitchConfig {
  int ports = 0;         ///< 1 .. 256
  int vcs = 1;           ///< of every port, 1 .. 128
  int classes = 1;       ///< rows of the route table are per class
  int destinations = 0;  ///< endpoints a row can name
  Queueing queueing = Queueing::voq;
  BufferKind buffer = BufferKind::private_queues;
  std::vector<int> depth;  ///< private: flit slots of each VC; shared: the reserve of each VC (size vcs)
  int pool_depth = 0;      ///< shared: slots a port, reserves included
  AllocatorKind allocator = AllocatorKind::islip;
  int iterations = 1;  ///< islip, pim: 1 .. 16
  VcAllocation vc_allocation = VcAllocation::none;
  Switching switching = Switching::cut_through;
  int input_speedup = 1;            ///< flits an input may send into the crossbar a cycle, 1 .. 4
  int output_speedup = 1;           ///< flits an output may take from it a cycle (then queued at the output), 1 .. 4
  int input_pipeline = 0;           ///< cycles from arrival to the first request, on top of the base cycle
  int output_pipeline = 0;          ///< cycles from grant to tx pins, on top of the base cycle; also TX_SKID
  std::vector<int> longest_packet;  ///< flits, per class: cut-through refuses a smaller depth
  bool peer_shared_pool = false;    ///< the neighbours' receive buffers are shared pools ...
  std::vector<int> peer_reserve;    ///< ... with this reserve a VC (credits beyond it are shared)
  int peer_depth = 0;               ///< most credits of one VC, or of a pool; 0: not known. For RTL's counters only
  std::uint64_t seed = 1;           ///< for pim only
  std::string name;                 ///< for messages and the pim stream

  /// Residence of a flit that never waits: 1 + input and output pipeline, + 1 with VC allocation before.
  int pipeline_cycles() const {
    return 1 + input_pipeline + output_pipeline + (vc_allocation == VcAllocation::before ? 1 : 0);
  }
};

/// What the core holds, for checks, reports and waveforms; never needed to run.
struct CoreCounts {
  std::uint64_t flits_inside = 0;  ///< queued or in a pipeline stage
  std::uint64_t requests = 0;      ///< outputs that some input could use, summed over the cycles
  std::uint64_t grants = 0;        ///< flits through the crossbar
};

class SwitchCore {
 public:
  virtual ~SwitchCore() = default;

  /// rst_ni low for an edge: empty queues, counters zero, pointers zero. Routes are kept.
  virtual void reset() = 0;
  /// route_we_i: takes effect for heads that enter their queue after this call. Throws ConfigError-free: rows are
  /// checked by the caller; a row beyond classes or destinations is an InvariantError.
  virtual void write_route(ClassId cls, NodeId dst, const RouteRow& row) = 0;
  /// One clock edge. `cycle` is greater than at the last call; edges in between had no input and no work.
  /// Returns the next cycle at which the core must be stepped even if no input moves: cycle + 1 while it has work,
  /// the cycle at which a pipeline's next flit is due when nothing else can move, Cycles::max() when only an input can
  /// change anything (idle, or everything queued waits for credit). tx_ready wakes nobody: a flit that only it holds
  /// back keeps the core awake. Throws InvariantError when a neighbour breaks the protocol: overrun, no such VC, a body
  /// flit without a head, no route.
  virtual Cycles step(Cycles cycle, const CoreInputs& in, CoreOutputs& out) = 0;

  virtual CoreCounts counts() const = 0;
  /// Flits buffered at an input port and VC (a shared pool's use by that VC).
  virtual int occupancy(PortId port, VcId vc) const = 0;
  /// Credits the core holds for an output VC: own part, shared part, and those set aside for a packet on its way.
  virtual int credits(PortId port, VcId vc) const = 0;
  /// Who waits for whom, an entry a waiting head: for deadlock reports.
  virtual std::vector<HeadWait> waiting() const = 0;
};

/// The cycle model for a configuration. Throws std::invalid_argument naming the field when it is out of range or a
/// combination cannot work (cut-through with a depth below the longest packet, ...).
std::unique_ptr<SwitchCore> make_model_core(const SwitchConfig& config);

}  // namespace fs
