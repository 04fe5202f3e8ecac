// SPDX-License-Identifier: Apache-2.0
// GPUs under open-loop traffic: their links, their sources, what arrives for them. No memory, no masters.
#pragma once

#include <string>
#include <vector>

#include "flit/profile/profile.hpp"
#include "gpu/port.hpp"
#include "link/inbox.hpp"
#include "link/wake_wheel.hpp"
#include "observe/recorder.hpp"
#include "tlm/chips/chip.hpp"
#include "tlm/chips/endpoint_chip.hpp"
#include "workload/open_loop/open_loop.hpp"

namespace fs::tlm {

/// How open-loop packets look on the wire.
struct OpenLoopClass {
  ClassId cls{};
  std::uint16_t flit_bytes = 64;
};

/// Told of packets that reach a GPU in vain.
class VainArrivals {
 public:
  virtual ~VainArrivals() = default;
  /// Poisoned on the way, or (`misrouted`) for another GPU.
  virtual void packet_in_vain(const Packet& packet, bool misrouted, Femtoseconds now) = 0;
};

/// Many GPUs that one clock domain steps as one chip. What a link of theirs does in a cycle concerns no other link, so
/// their links stand in one array, one inbox holds what arrives for all of them, and a cycle's cost follows the flits
/// and credits in it, not the GPUs.
class TrafficBank final : public Chip, public FlitDrain {
 public:
  /// What its GPUs create; `classes`: by kind_index of the packets.
  struct Traffic {
    const OpenLoopPlan* plan = nullptr;
    std::vector<OpenLoopClass> classes;
  };

  TrafficBank(Clock clock, PacketPool& packets, Inbox& inbox, Recorder& recorder, Traffic traffic, int ports);

  /// Adds the next link, number `link` of `links` of GPU `node`. Channels to this bank deliver at port_count() as it
  /// was before the call.
  void add_port(GpuPort port, NodeId node, int link, int links);
  std::size_t port_count() const { return ports_.size(); }
  void watch_losses(VainArrivals& watcher) { watcher_ = &watcher; }
  Cycles step(Cycles now) override;
  /// Every flit can be drained as it is sent (Channel::drain_into).
  void settle() override;

  PortRange ports(std::size_t first, std::size_t count) const { return {&ports_[first], count}; }
  /// These three as in EndpointChip, for the links from `first` on.
  std::uint64_t offer_waiting(std::size_t first, std::size_t count, Recorder& recorder, Cycles now) const;
  bool created_all_before(std::size_t first, std::size_t count, Cycles cycle) const;
  std::vector<std::string> waiting_lines(std::size_t first, std::size_t count) const;

 private:
  template <bool Many>
  void take_arrivals(const Inbox::Slot& slot, Cycles now);
  bool may_start(std::size_t port) const {
    return (interleave_ ? ports_[port].unstarted() : ports_[port].waiting()) == 0;
  }
  void arm(std::size_t port, Cycles now);
  void take_due(Cycles now);
  std::size_t list(const std::vector<std::uint64_t>& set);
  void prefetch_credit(const Inbox::Slot& slot, std::size_t i) const;
  void prefetch_flit(const Inbox::Slot& slot, std::size_t i) const;
  void prefetch_due(std::size_t i, std::size_t count) const;
  void prefetch_drained(std::size_t i) const;
  void prefetch_send(std::size_t i, std::size_t count, Cycles now, Femtoseconds time) const;
  void prefetch_flush(std::size_t i, std::size_t count) const;
  void end_packet(const Packet& packet, const GpuPort& port, Femtoseconds time);
  [[gnu::cold, gnu::noinline]] void end_in_vain(const Packet& packet, bool misrouted, Femtoseconds now);
  void create_packet(std::size_t port, Cycles now);
  void send(Cycles now);
  void flush_credits(Cycles now);
  void mark(std::vector<std::uint64_t>& set, std::size_t port) { set[port >> 6] |= 1ULL << (port & 63); }

  Clock clock_;
  PacketPool* packets_;
  Inbox* inbox_;
  Recorder* recorder_;
  VainArrivals* watcher_ = nullptr;
  Traffic traffic_;
  bool interleave_ = true;  ///< a packet may start before the tail of the one before it has left
  bool credit_messages_ = false;
  std::vector<GpuPort> ports_;
  std::vector<OpenLoopSource> sources_;  ///< by port
  WakeWheel due_;                        ///< ports whose source has a packet to give, or whose credits' time has come
  std::vector<std::uint64_t> due_now_;
  std::vector<std::uint32_t> list_;     ///< of the set being gone through; room for all ports
  std::vector<std::uint64_t> sending_;  ///< ports at which send() may find something
  std::vector<std::uint64_t> flush_;    ///< ports whose waiting credits this step may send

  static constexpr int few_ports = 256;   ///< their state fits the caches near the core
  bool many_ports_;                       ///< what a list names is fetched some places before the list comes to it:
  static constexpr std::size_t far = 8;   ///< as many for what stands at an address known
  static constexpr std::size_t near = 4;  ///< and for what that leads to
};

/// One GPU of a bank.
class TrafficGpu final : public EndpointChip {
 public:
  TrafficGpu(const TrafficBank& bank, std::size_t first, std::size_t count)
      : bank_(&bank), first_(first), count_(count) {}
  PortRange ports() const override { return bank_->ports(first_, count_); }
  std::uint64_t offer_waiting(Recorder& recorder, Cycles now) const override {
    return bank_->offer_waiting(first_, count_, recorder, now);
  }
  bool created_all_before(Cycles cycle) const override { return bank_->created_all_before(first_, count_, cycle); }
  std::vector<std::string> waiting_lines(Femtoseconds) const override { return bank_->waiting_lines(first_, count_); }

 private:
  const TrafficBank* bank_;
  std::size_t first_;
  std::size_t count_;
};

}  // namespace fs::tlm
