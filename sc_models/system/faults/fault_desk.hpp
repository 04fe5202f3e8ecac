// SPDX-License-Identifier: Apache-2.0
// Where a run's faults happen: breaks what the schedule says, notices what the scenario says is noticed, carries
// messages to and from the fabric manager, and buries what is lost.
#pragma once

#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "fault/fabric_manager.hpp"
#include "fault/fault_schedule.hpp"
#include "link/layer/link_state.hpp"
#include "observe/recorder.hpp"
#include "system/faults/fault_log.hpp"
#include "tlm/chips/chip.hpp"
#include "tlm/chips/switch_trouble.hpp"
#include "tlm/chips/traffic_bank.hpp"

namespace fs {

class RunningFabric;
class MemorySystem;

/// A chip of the clock domain that is stepped after all others, so that what it does in a cycle is there for everybody
/// in the next one, whoever was awake. Asleep until the schedule, the manager or a detector is due.
class FaultDesk final : public tlm::Chip,
                        public LinkObserver,
                        public tlm::SwitchLosses,
                        public tlm::VainArrivals,
                        public PacketWatch {
 public:
  /// `number`: its place in the domain, to which the owner adds it.
  FaultDesk(RunningFabric& fabric, MemorySystem* memory, int number);
  FaultDesk(const FaultDesk&) = delete;
  FaultDesk& operator=(const FaultDesk&) = delete;

  Cycles step(Cycles now) override;

  // --- told by links, switches and GPUs, from inside their steps ---
  void link_changed(const LinkNotice& notice) override;
  void flit_lost(const LostFlit& lost) override;
  void packet_poisoned(ChannelId channel, PacketHandle packet, Femtoseconds time) override;
  void packet_wrong(ChannelId channel, PacketHandle handle) override;
  void flit_swallowed(int switch_number, const PortFlit& flit, Cycles now) override;
  void overflow(int switch_number, const PortFlit& flit, bool cut_short, Cycles now) override;
  void packet_in_vain(const Packet& packet, bool misrouted, Femtoseconds now) override {
    packet_met(packet, misrouted ? OperationStatus::misrouted : OperationStatus::poisoned, now);
  }
  /// Open-loop traffic: packets are all there is to count.
  void packet_ended(const Packet& packet, Femtoseconds now, Outcome outcome) override {
    log_.packet_done(packet, outcome == Outcome::delivered, now);
  }
  /// A GPU met a packet that was poisoned on the way, or is not for it.
  void packet_met(const Packet& packet, OperationStatus loss, Femtoseconds now);

  FaultLog& log() { return log_; }
  const FaultLog& log() const { return log_; }
  const FaultSchedule& schedule() const { return schedule_; }
  /// Which fault a transaction's trouble is put down to: the only one that is open; no_fault where several are.
  int only_open_fault() const { return log_.only_open(); }
  /// Flits that ended in switches, and those that receivers made up to end half packets.
  std::uint64_t flits_lost() const { return flits_lost_; }
  std::uint64_t flits_made_up() const { return flits_made_up_; }
  /// The manager ended the domain.
  bool domain_ended() const { return domain_ended_; }

 private:
  struct Timer {
    Cycles at{0};
    std::size_t fault = 0;
  };

  Femtoseconds edge(Cycles now) const;
  void wake(Cycles at);
  void mark(Cycles now, const std::string& what, const std::string& where);

  // fault_actions.cpp: the schedule
  void apply(const FaultStep& step, Cycles now);
  void begin(std::size_t number, Cycles now);
  void end(std::size_t number, Cycles now);
  void cut(LinkId link, std::size_t fault, Cycles now);
  /// Undoes one cut(); the wire is whole when all of them are.
  void restore(LinkId link, Cycles now);
  void reset_switch(std::size_t number, Cycles now);
  void kill_switch(ChipId chip, std::size_t fault, Cycles now);
  void revive_switch(ChipId chip, Cycles now);
  void end_hangs(ChipId chip, Cycles now);
  std::vector<LinkId> links_of(ChipId chip) const;
  void advertise_anew(LinkId link, Cycles now);
  void kill_gpu(ChipId chip, Cycles now);
  void set_errors(std::size_t number, double ratio, Cycles now);
  void write_route(std::size_t number, bool right);
  void let_go(std::size_t number, Cycles now);
  PacketHandle successor(PacketHandle handle, Cycles now);
  /// Why a flit was lost on a link, and with which end for its transaction.
  std::pair<const char*, OperationStatus> loss_on(ChannelId channel, DropCause cause) const;
  void bury(PacketHandle handle, int fault, const char* cause, OperationStatus loss);

  // fault_reactions.cpp: noticing and answering
  void watch(std::size_t number, Cycles now);
  void look(std::size_t number, Cycles now);
  void detect(std::size_t number, Cycles now);
  ManagerNotice notice_of(std::size_t number) const;
  void carry_out(const ManagerOrder& order, Cycles now);
  void set_right(LinkId link, int fault, Cycles now);
  void end_domain(Cycles now);
  void note(const ManagerDecision& decision);
  void check_settled(std::size_t number, Cycles now);
  int invented_into(ChannelId channel) const;
  Reaction reaction_of(std::size_t number) const;
  Femtoseconds detection_of(std::size_t number) const;
  std::uint64_t frames_failed(std::size_t number, Cycles now) const;

  RunningFabric* fabric_;
  MemorySystem* memory_;
  int number_;
  std::size_t vcs_;
  FaultSchedule schedule_;
  FabricManager manager_;
  FaultLog log_;
  std::size_t next_step_ = 0;
  std::vector<Timer> timers_;         ///< detectors, in no order; few
  std::vector<ManagerOrder> orders_;  ///< under way, in order of time from next_order_ on
  std::size_t next_order_ = 0;
  std::vector<char> active_;            ///< by fault: it is there
  std::vector<char> answered_;          ///< by fault: the manager has done what it does
  std::vector<std::uint64_t> counted_;  ///< by fault: frames that had failed at the last look
  std::vector<char> overflowed_;        ///< by fault: a flit was dropped for it
  std::vector<int> broken_by_;          ///< by link: the fault that broke it; no_fault
  std::vector<int> cuts_;               ///< by link: faults that keep it broken
  std::vector<char> reported_down_;     ///< by link: the manager has been told
  std::vector<int> dead_by_;            ///< by chip
  std::vector<int> deaths_;             ///< by chip: faults that keep it dead
  std::vector<LinkId> to_advertise_;    ///< links of switches revived in this step
  std::uint64_t flits_lost_ = 0;
  std::uint64_t flits_made_up_ = 0;
  bool domain_ended_ = false;
};

}  // namespace fs
