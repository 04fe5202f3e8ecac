// SPDX-License-Identifier: Apache-2.0
// Two GPUs with one link each, and between them a switch whose core is the caller's.
#pragma once

#include <array>
#include <memory>
#include <vector>

#include "../unit/tlm/gpu_pair.hpp"
#include "tlm/chips/switch_chip.hpp"

namespace fs::test {

class TwoGpus : public sc_core::sc_module, public tlm::DebugMemory {
 public:
  static constexpr int slots = 16;  ///< of every VC of every receive buffer

  TwoGpus(sc_core::sc_module_name name, std::unique_ptr<SwitchCore> core, int latency)
      : sc_module(name),
        domain_("domain", profile_.core_clock, 3),
        monitor_(profile_.order, pools_),
        observer(monitor_) {
    context_.profile = profile_;
    context_.map = AddressMap(2, Bytes(memory_bytes));
    context_.packets = &packets_;
    context_.pools = &pools_;
    context_.observer = &observer;
    for (auto& chip : gpus_) chip = std::make_unique<CoreChip>(domain_, 256);
    build_switch(std::move(core), latency);
    for (std::size_t g = 0; g < 2; ++g) build_gpu(g);
  }

  tlm::GpuTargetFace& face(std::size_t g) { return *faces_[g]; }
  std::uint64_t address(int g, std::uint64_t offset) const {
    return context_.map.global(static_cast<NodeId>(g), offset);
  }
  unsigned int debug(NodeId owner, ::tlm::tlm_generic_payload& payload) override {
    return memories_[index(owner)]->debug(payload);
  }
  const tlm::SwitchChip& middle() const { return *switch_; }
  /// Nothing under way or held anywhere.
  bool clean() const {
    return gpus_[0]->core->idle() && gpus_[1]->core->idle() && packets_.in_use() == 0 &&
           switch_->core().counts().flits_inside == 0;
  }

 private:
  /// Past the design's reset and its route rows, the first credits may come.
  static constexpr Cycles up{32};

  void build_switch(std::unique_ptr<SwitchCore> core, int latency) {
    tlm::SwitchChip::Config config;
    config.name = "middle";
    config.clock = profile_.core_clock;
    config.core.name = config.name;
    config.core.ports = 2;
    config.core.vcs = 2;
    config.core.classes = 2;
    config.core.destinations = 2;
    config.core.depth = {slots, slots};
    config.core.longest_packet = {8, 8};
    config.core.input_pipeline = latency - 1;
    config.stall_below = {1, 1};
    for (int cls = 0; cls < 2; ++cls) {
      for (int dst = 0; dst < 2; ++dst) {
        RouteRow row;
        row.outputs = {static_cast<PortId>(dst)};
        row.vcs_low = 1U << cls;
        core->write_route(static_cast<ClassId>(cls), static_cast<NodeId>(dst), row);
      }
    }
    inbox_ = std::make_unique<Inbox>(domain_.wheel(), 2, 256);
    switch_ = std::make_unique<tlm::SwitchChip>(config, std::move(core), packets_, *inbox_);
    domain_.add(*switch_);
    const auto channel = make_channel_config(profile_, nanoseconds(5), 0);
    for (std::size_t g = 0; g < 2; ++g) {
      to_gpu_[g] = std::make_unique<Channel>(channel, packets_, *gpus_[g]->inbox, static_cast<PortId>(0));
      switch_->connect(static_cast<PortId>(g), *to_gpu_[g]);
      for (int vc = 0; vc < 2; ++vc) to_gpu_[g]->advertise(static_cast<VcId>(vc), slots, up);
    }
  }

  void build_gpu(std::size_t g) {
    CoreChip& chip = *gpus_[g];
    const auto channel = make_channel_config(profile_, nanoseconds(5), 0);
    chip.out.push_back(std::make_unique<Channel>(channel, packets_, *inbox_, static_cast<PortId>(g)));
    for (int vc = 0; vc < 2; ++vc) chip.out.back()->advertise(static_cast<VcId>(vc), slots, up);
    GpuPortConfig port;
    port.node = static_cast<NodeId>(g);
    port.port = static_cast<PortId>(0);
    port.vcs = 2;
    port.classes = {{0, 1}, {1, 1}};
    port.drained = {false, true};
    port.depth = {slots, slots};
    chip.ports.emplace_back(port, packets_, *chip.out.back());
    memories_[g] = std::make_unique<tlm::GpuMemoryFace>(g == 0 ? "memory0" : "memory1");
    GpuSetup setup;
    setup.node = static_cast<NodeId>(g);
    setup.name = "gpu" + std::to_string(g);
    setup.config = pair_gpu();
    chip.core = std::make_unique<GpuCore>(context_, setup, chip.ports, *memories_[g]);
    chip.core->set_step_request(chip);
    memories_[g]->connect(*chip.core);
    faces_[g] = std::make_unique<tlm::GpuTargetFace>(g == 0 ? "face0" : "face1", *chip.core, *this);
    hbms_[g] = std::make_unique<tlm::HbmMemory>(g == 0 ? "hbm0" : "hbm1", setup.config.hbm);
    memories_[g]->socket.bind(hbms_[g]->socket);
  }

  Profile profile_ = pair_profile();
  tlm::ClockDomain domain_;
  GpuContext context_;
  PacketPool packets_;
  TransactionPools pools_;
  OrderMonitor monitor_;

 public:
  PairObserver observer;

 private:
  std::array<std::unique_ptr<CoreChip>, 2> gpus_;
  std::unique_ptr<Inbox> inbox_;
  std::array<std::unique_ptr<Channel>, 2> to_gpu_;
  std::unique_ptr<tlm::SwitchChip> switch_;
  std::array<std::unique_ptr<tlm::GpuMemoryFace>, 2> memories_;
  std::array<std::unique_ptr<tlm::GpuTargetFace>, 2> faces_;
  std::array<std::unique_ptr<tlm::HbmMemory>, 2> hbms_;
};

}  // namespace fs::test
