// SPDX-License-Identifier: Apache-2.0
// A fabric built from its plan: chips, channels, inboxes, one clock domain.
#pragma once

#include <map>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include "cosim/library/core_library.hpp"
#include "link/layer/live_link.hpp"
#include "observe/probes/event_board.hpp"
#include "system/fabric/fabric_plan.hpp"
#include "tlm/chips/endpoint_chip.hpp"
#include "tlm/chips/link_chip.hpp"
#include "tlm/chips/switch_chip.hpp"
#include "tlm/chips/traffic_bank.hpp"
#include "tlm/clock_domain.hpp"

namespace fs {

namespace cosim {
class RtlRetryLink;
}
class FaultDesk;
class MemorySystem;

/// A switch whose core cannot be had, or does not fit its configuration.
struct CoreProblem : std::runtime_error {
  CoreProblem(ChipId c, const std::string& what) : std::runtime_error(what), chip(c) {}
  ChipId chip;
};

/// A link whose retry cannot be had as RTL.
struct LinkLayerProblem : std::runtime_error {
  LinkLayerProblem(LinkId l, const std::string& what) : std::runtime_error(what), link(l) {}
  LinkId link;
};

class RunningFabric {
 public:
  /// Builds everything; the SystemC kernel must not have started. Throws std::invalid_argument when the plan's numbers
  /// do not fit together, CoreProblem and LinkLayerProblem. RTL that has not been built yet is built here.
  explicit RunningFabric(const FabricPlan& plan);
  ~RunningFabric();
  RunningFabric(const RunningFabric&) = delete;
  RunningFabric& operator=(const RunningFabric&) = delete;

  const FabricPlan& plan() const { return plan_; }
  tlm::ClockDomain& domain() { return *domain_; }
  Recorder& recorder() { return recorder_; }
  const Recorder& recorder() const { return recorder_; }
  EventBoard& events() { return events_; }
  const EventBoard& events() const { return events_; }
  PacketPool& packets() { return packets_; }
  const PacketPool& packet_pool() const { return packets_; }
  const std::vector<std::unique_ptr<tlm::EndpointChip>>& gpus() const { return gpus_; }
  const std::vector<std::unique_ptr<tlm::SwitchChip>>& switches() const { return switches_; }
  Channel& channel(ChannelId id) { return *channels_[index(id)]; }
  const Channel& channel(ChannelId id) const { return *channels_[index(id)]; }
  std::size_t channel_count() const { return channels_.size(); }
  /// The link's state and what can be done to it; null where the protocol does not retry and the plan breaks nothing.
  LiveLink* live_link(LinkId id) { return live_links_.empty() ? nullptr : live_links_[index(id)].get(); }
  const LiveLink* live_link(LinkId id) const { return live_links_.empty() ? nullptr : live_links_[index(id)].get(); }
  /// Tells `observer` of links from now on; null: nobody.
  void observe_links(LinkObserver* observer);
  /// The end of a run: counts the errors of idle time.
  void finish_links(Cycles now);
  /// Where a chip's arrivals wait: number of the inbox, and the number its port 0 has there. GPUs under open-loop
  /// traffic share inboxes.
  struct Arrivals {
    std::size_t inbox = 0;
    int first_port = 0;
  };
  const Arrivals& arrivals(ChipId chip) const { return arrivals_[index(chip)]; }
  std::size_t inbox_count() const { return inboxes_.size(); }
  Inbox& inbox(std::size_t number) { return *inboxes_[number]; }
  const Inbox& inbox(std::size_t number) const { return *inboxes_[number]; }
  /// The switch at a chip id; null for a GPU.
  const tlm::SwitchChip* switch_at(ChipId chip) const { return switch_of_[index(chip)]; }
  tlm::SwitchChip* switch_at(ChipId chip) { return switch_of_[index(chip)]; }
  /// The scenario's faults; null where it has none.
  const FaultDesk* faults() const { return desk_.get(); }
  FaultDesk* faults() { return desk_.get(); }
  /// The RTL in this fabric's switches, in the order of the graph.
  const std::vector<cosim::VerilatedCore*>& verilated_cores() const { return verilated_cores_; }
  /// Links whose retry is RTL.
  const std::vector<std::unique_ptr<cosim::RtlRetryLink>>& rtl_links() const { return rtl_links_; }
  std::uint64_t flit_hops() const;
  /// All edges up to `horizon` will be simulated before anybody asks what has arrived: flits that GPUs only drain may
  /// be taken off as they are sent. Not where deliver_on_arrival() has been called: somebody watches them arrive.
  void look_ahead(Cycles horizon);
  void deliver_on_arrival() { early_delivery_ = false; }
  /// Memories and masters; null under open-loop traffic.
  const MemorySystem* memory() const { return memory_.get(); }

 private:
  std::vector<int> place_arrivals();
  void build_channels();
  bool supervised() const {
    return plan_.links_can_fail || plan_.faults.any() || !plan_.errors.empty() ||
           plan_.profile.retry.mode != RetryMode::none;
  }
  void build_links();
  void depute_retry(LinkId id);
  void build_faults();
  void build_switch(ChipId id);
  cosim::MadeCore make_core(ChipId id, const SwitchConfig& config);
  void build_gpu(ChipId id);
  void build_banks(const std::vector<int>& ports);
  std::vector<GpuPortConfig> port_configs(ChipId id) const;
  std::unique_ptr<tlm::EndpointChip> build_traffic_gpu(ChipId id, const std::vector<GpuPortConfig>& ports);
  std::unique_ptr<tlm::EndpointChip> build_memory_gpu(ChipId id, const std::vector<GpuPortConfig>& ports);
  Inbox& inbox_of(ChipId chip) { return *inboxes_[arrivals_[index(chip)].inbox]; }
  void add_to_domain(tlm::Chip& chip, std::size_t inbox);
  Channel& out_channel(ChipId id, PortId port);
  void advertise_credits();
  const BufferPlan& buffers(ChipId chip) const;

  FabricPlan plan_;
  EventBoard events_;
  PacketPool packets_;
  Recorder recorder_;
  std::unique_ptr<tlm::ClockDomain> domain_;
  std::vector<Arrivals> arrivals_;                  ///< by chip
  std::vector<std::unique_ptr<Inbox>> inboxes_;     ///< an inbox and the chip it wakes have the same number
  std::vector<std::unique_ptr<Channel>> channels_;  ///< by channel
  std::unique_ptr<tlm::LinkChip> link_chip_;        ///< where links are supervised
  std::vector<std::unique_ptr<LiveLink>> live_links_;
  std::vector<std::unique_ptr<cosim::RtlRetryLink>> rtl_links_;  ///< those whose retry is RTL
  std::vector<std::unique_ptr<tlm::SwitchChip>> switches_;
  std::vector<tlm::SwitchChip*> switch_of_;  ///< by chip
  std::vector<cosim::VerilatedCore*> verilated_cores_;
  std::vector<std::unique_ptr<tlm::EndpointChip>> gpus_;  ///< by node
  std::unique_ptr<MemorySystem> memory_;
  std::unique_ptr<FaultDesk> desk_;
  std::unique_ptr<OpenLoopPlan> open_loop_;
  bool early_delivery_ = true;
  std::map<std::size_t, std::unique_ptr<tlm::TrafficBank>> banks_;  ///< by inbox
};

}  // namespace fs
