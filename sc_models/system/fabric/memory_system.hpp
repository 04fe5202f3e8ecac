// SPDX-License-Identifier: Apache-2.0
// The GPUs' memories, faces and masters: everything of a fabric that speaks TLM-2.0.
#pragma once

#include <memory>
#include <vector>

#include "gpu/gpu_core.hpp"
#include "system/fabric/fabric_plan.hpp"
#include "system/fabric/run_observer.hpp"
#include "tlm/chips/gpu_chip.hpp"
#include "tlm/memory/gpu_memory_face.hpp"
#include "tlm/memory/gpu_target_face.hpp"
#include "tlm/memory/hbm_memory.hpp"
#include "tlm/memory/master_module.hpp"
#include "workload/schedule/schedule_master.hpp"

namespace fs {

struct SiteCarrier;
namespace tlm {
class CarrierModule;
}

class MemorySystem final : public tlm::DebugMemory {
 public:
  /// `plan.memory` must be there. `packets` and `recorder` outlive this.
  MemorySystem(const FabricPlan& plan, PacketPool& packets, Recorder& recorder);
  ~MemorySystem() override;

  /// Builds one GPU with its memory, faces and masters; call in the order of the nodes.
  std::unique_ptr<tlm::GpuChip> build_gpu(const GpuSetup& setup, std::vector<GpuPort> ports, const Routes& routes,
                                          Inbox& inbox, tlm::ClockDomain& domain, int number);

  unsigned int debug(NodeId owner, ::tlm::tlm_generic_payload& payload) override;

  const TransactionPools& pools() const { return pools_; }
  RunObserver& observer() { return observer_; }
  const RunObserver& observer() const { return observer_; }
  TransactionPools& pools() { return pools_; }
  /// The GPU's masters ask for nothing more.
  void halt(NodeId node);
  tlm::GpuChip& gpu(NodeId node) { return *gpus_of_[index(node)]; }
  /// Some master has an end of its own (a count, a schedule); finished() says whether all of those have come to it.
  bool has_end() const { return !ending_.empty(); }
  bool finished() const;
  /// The schedule's run; null when there is none.
  const ScheduleRun* schedule() const { return schedule_run_.get(); }
  /// What takes messages from domain to domain, in the kernel; null where nothing does.
  const tlm::CarrierModule* carrier() const { return carrier_module_.get(); }
  /// What is behind it; null where there is nothing.
  const SiteCarrier* sites() const { return site_carrier_.get(); }
  /// Accesses of all masters that began inside the measurement window and are not yet complete.
  std::int64_t measured_open() const;
  std::uint64_t accesses_issued() const;
  std::uint64_t accesses_failed() const;
  /// Bytes that all GPUs' HBM read and wrote.
  std::uint64_t memory_bytes() const;
  /// Where a user's own master or memory may be bound instead: the face of a GPU.
  tlm::GpuTargetFace& face(NodeId node) { return *sites_[index(node)].face; }

 private:
  struct Site {
    std::unique_ptr<tlm::GpuMemoryFace> memory_face;
    std::unique_ptr<tlm::HbmMemory> memory;
    std::unique_ptr<tlm::GpuTargetFace> face;
    std::vector<std::unique_ptr<tlm::MasterModule>> masters;
  };

  void add_master(Site& site, NodeId node, std::size_t stream, std::unique_ptr<Master> master);
  void add_masters(Site& site, NodeId node);
  void build_carrier(const FabricPlan& plan);
  void deliver(NodeId target, std::uint64_t message);

  const MemoryPlan* plan_;
  int gpus_;
  std::uint64_t seed_;
  TransactionPools pools_;
  RunObserver observer_;
  GpuContext context_;
  std::unique_ptr<SiteCarrier> site_carrier_;
  std::unique_ptr<tlm::CarrierModule> carrier_module_;
  std::unique_ptr<Schedule> schedule_;
  std::unique_ptr<ScheduleRun> schedule_run_;
  std::vector<Site> sites_;
  std::vector<tlm::GpuChip*> gpus_of_;  ///< by node
  std::vector<const Master*> masters_;
  std::vector<const tlm::MasterModule*> ending_;
};

}  // namespace fs
