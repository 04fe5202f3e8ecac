// SPDX-License-Identifier: Apache-2.0
// Two GPUs behind their TLM-2.0 faces, joined back to back by direct channels.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <systemc>
#include <tlm>
#include <vector>

#include "gpu/gpu_core.hpp"
#include "gpu/order_monitor.hpp"
#include "tlm/clock_domain.hpp"
#include "tlm/memory/gpu_memory_face.hpp"
#include "tlm/memory/gpu_target_face.hpp"
#include "tlm/memory/hbm_memory.hpp"

namespace fs::test {

constexpr std::int64_t memory_bytes = 1 << 16;

inline Profile pair_profile() {
  Profile p;
  p.name = "test";
  p.core_clock = Clock(picoseconds(1000));
  p.lanes.line_rate = BitsPerSecond(512'000'000'000);
  p.lanes.phy_latency = nanoseconds(2);
  p.order = Order::region;
  p.classes = {{"request", 1, 16}, {"response", 1, 16}};
  return p;
}

inline GpuConfig pair_gpu() {
  GpuConfig c;
  c.request_latency = nanoseconds(10);
  c.target_latency = nanoseconds(5);
  c.response_latency = nanoseconds(7);
  c.hbm.size = Bytes(memory_bytes);
  c.hbm.l2.size = Bytes(1 << 14);
  return c;
}

/// Counts, and lets a test look at what became visible.
class PairObserver : public DeliveryObserver {
 public:
  explicit PairObserver(OrderMonitor& monitor) : monitor_(&monitor) {}
  void packet_delivered(const Packet& p, Femtoseconds) override { monitor_->delivered(p); }
  void data_visible(const Transaction& t, Femtoseconds) override {
    if (t.message != 0) on_message(t);
  }
  void transaction_done(const Transaction& t, Femtoseconds) override { transactions.push_back(t); }
  std::vector<Transaction> transactions;
  std::function<void(const Transaction&)> on_message = [](const Transaction&) {};

 private:
  OrderMonitor* monitor_;
};

/// A core as a clock domain's chip.
class CoreChip : public tlm::Chip, public StepRequest {
 public:
  CoreChip(tlm::ClockDomain& domain, int reach) : domain_(&domain), number_(domain.add(*this)) {
    inbox = std::make_unique<Inbox>(domain.wheel(), number_, reach);
  }
  Cycles step(Cycles now) override {
    Inbox::Slot& slot = inbox->take(now);
    const Cycles next = core->step(now, slot);
    inbox->done(slot);
    return next;
  }
  void step_at(Cycles cycle) override { domain_->wheel().wake(number_, cycle); }

  std::unique_ptr<Inbox> inbox;
  std::vector<std::unique_ptr<Channel>> out;
  std::vector<GpuPort> ports;
  std::unique_ptr<GpuCore> core;

 private:
  tlm::ClockDomain* domain_;
  int number_;
};

class GpuPair : public sc_core::sc_module, public tlm::DebugMemory {
 public:
  explicit GpuPair(sc_core::sc_module_name name, const Profile& profile = pair_profile(),
                   const GpuConfig& config = pair_gpu())
      : sc_module(name),
        domain_("domain", profile.core_clock, 2),
        monitor_(profile.order, pools_),
        observer(monitor_),
        config_(config) {
    context_.profile = profile;
    context_.map = AddressMap(2, Bytes(memory_bytes));
    context_.packets = &packets_;
    context_.pools = &pools_;
    context_.observer = &observer;
    for (auto& chip : chips_) chip = std::make_unique<CoreChip>(domain_, 256);
    for (std::size_t g = 0; g < 2; ++g) build(g);
  }

  tlm::GpuTargetFace& face(int g) { return *faces_[static_cast<std::size_t>(g)]; }
  tlm::GpuMemoryFace& memory(int g) { return *memories_[static_cast<std::size_t>(g)]; }
  GpuCore& core(int g) { return *chips_[static_cast<std::size_t>(g)]->core; }
  const AddressMap& map() const { return context_.map; }
  std::uint64_t address(int g, std::uint64_t offset) const {
    return context_.map.global(static_cast<NodeId>(g), offset);
  }
  unsigned int debug(NodeId owner, ::tlm::tlm_generic_payload& payload) override {
    return memories_[index(owner)]->debug(payload);
  }
  bool clean() const {
    return chips_[0]->core->idle() && chips_[1]->core->idle() && packets_.in_use() == 0 &&
           pools_.transactions.in_use() == 0 && pools_.operations.in_use() == 0 && pools_.data.in_use() == 0;
  }
  /// Our own HBM at both GPUs.
  void add_hbm() {
    for (std::size_t g = 0; g < 2; ++g) {
      const std::string hbm = std::string(basename()) + "_hbm" + std::to_string(g);
      hbms.push_back(std::make_unique<tlm::HbmMemory>(hbm.c_str(), config_.hbm));
      memories_[g]->socket.bind(hbms[g]->socket);
    }
  }

 private:
  void build(std::size_t g) {
    CoreChip& chip = *chips_[g];
    const Profile& profile = context_.profile;
    const auto channel = make_channel_config(profile, nanoseconds(5), 0);
    for (std::uint16_t l = 0; l < 2; ++l) {
      chip.out.push_back(std::make_unique<Channel>(channel, packets_, *chips_[1 - g]->inbox, static_cast<PortId>(l)));
      GpuPortConfig port;
      port.node = static_cast<NodeId>(g);
      port.link = l;
      port.port = static_cast<PortId>(l);
      port.vcs = 2;
      port.classes = {{0, 1}, {1, 1}};
      port.drained = {false, true};
      port.depth = {16, 16};
      for (int vc = 0; vc < 2; ++vc) chip.out.back()->advertise(static_cast<VcId>(vc), 16, Cycles(1));
      chip.ports.emplace_back(port, packets_, *chip.out.back());
    }
    memories_[g] = std::make_unique<tlm::GpuMemoryFace>(g == 0 ? "memory0" : "memory1");
    GpuSetup setup;
    setup.node = static_cast<NodeId>(g);
    setup.name = "gpu" + std::to_string(g);
    setup.config = config_;
    chip.core = std::make_unique<GpuCore>(context_, setup, chip.ports, *memories_[g]);
    chip.core->set_step_request(chip);
    memories_[g]->connect(*chip.core);
    faces_[g] = std::make_unique<tlm::GpuTargetFace>(g == 0 ? "face0" : "face1", *chip.core, *this);
  }

  tlm::ClockDomain domain_;
  GpuContext context_;
  PacketPool packets_;
  TransactionPools pools_;
  OrderMonitor monitor_;

 public:
  PairObserver observer;
  std::vector<std::unique_ptr<tlm::HbmMemory>> hbms;

 private:
  GpuConfig config_;
  std::array<std::unique_ptr<CoreChip>, 2> chips_;
  std::array<std::unique_ptr<tlm::GpuMemoryFace>, 2> memories_;
  std::array<std::unique_ptr<tlm::GpuTargetFace>, 2> faces_;
};

}  // namespace fs::test
