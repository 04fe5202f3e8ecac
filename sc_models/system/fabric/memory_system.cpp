// SPDX-License-Identifier: Apache-2.0
#include "system/fabric/memory_system.hpp"

#include <algorithm>
#include <string>

#include "system/sites/site_carrier.hpp"
#include "tlm/carrier_module.hpp"
#include "workload/streams/stream_master.hpp"

namespace fs {
namespace {

std::vector<std::string> stream_names(const MemoryPlan& plan) {
  std::vector<std::string> names;
  for (const auto& stream : plan.streams) names.push_back(stream.name);
  if (plan.schedule) names.push_back(plan.schedule->name);
  return names;
}

}  // namespace

MemorySystem::MemorySystem(const FabricPlan& plan, PacketPool& packets, Recorder& recorder)
    : plan_(&*plan.memory),
      gpus_(static_cast<int>(plan.topology.graph.gpu_count())),
      seed_(plan.seed),
      observer_(recorder, stream_names(*plan.memory), OrderMonitor(plan.profile.order, pools_)) {
  context_.profile = plan.profile;
  context_.map = AddressMap(gpus_, plan.memory->gpu.hbm.size);
  context_.packets = &packets;
  context_.pools = &pools_;
  context_.observer = &observer_;
  context_.measure = plan.window;
  context_.seed = plan.seed;
  context_.lossy = plan.lossy();
  sites_.reserve(static_cast<std::size_t>(gpus_));
  if (plan.sites) build_carrier(plan);
  if (plan.memory->schedule) {
    schedule_ = std::make_unique<Schedule>(make_schedule(*plan.memory->schedule));
    schedule_run_ = std::make_unique<ScheduleRun>(*schedule_, carrier_module_.get());
  }
  observer_.on_message([this](NodeId target, std::uint64_t message) { deliver(target, message); });
}

/// Messages between GPUs of different domains go by it; flits, those inside.
void MemorySystem::build_carrier(const FabricPlan& plan) {
  site_carrier_ = std::make_unique<SiteCarrier>(make_site_carrier(*plan.sites));
  const Topology* topology = &plan.topology;
  tlm::CarrierModule::Hooks hooks;
  hooks.carries = [topology](NodeId source, NodeId target) {
    return topology->domain_of(source) != topology->domain_of(target);
  };
  hooks.deliver = [this](NodeId target, std::uint64_t message) { deliver(target, message); };
  carrier_module_ =
      std::make_unique<tlm::CarrierModule>("carrier", *site_carrier_->carrier, plan.profile.core_clock, hooks);
}

void MemorySystem::deliver(NodeId target, std::uint64_t message) {
  for (auto& master : sites_[index(target)].masters) master->delivered(message);
}

MemorySystem::~MemorySystem() = default;

std::unique_ptr<tlm::GpuChip> MemorySystem::build_gpu(const GpuSetup& setup, std::vector<GpuPort> ports,
                                                      const Routes& routes, Inbox& inbox, tlm::ClockDomain& domain,
                                                      int number) {
  sites_.emplace_back();
  Site& site = sites_.back();
  site.memory_face = std::make_unique<tlm::GpuMemoryFace>((setup.name + "_memory_face").c_str());
  site.memory = std::make_unique<tlm::HbmMemory>((setup.name + "_hbm").c_str(), setup.config.hbm);
  site.memory_face->socket.bind(site.memory->socket);
  auto chip =
      std::make_unique<tlm::GpuChip>(context_, setup, std::move(ports), *site.memory_face, inbox, domain, number);
  site.memory_face->connect(chip->core());
  for (int target = 0; target < gpus_; ++target) {
    const auto node = static_cast<NodeId>(target);
    if (node != setup.node) chip->core().restrict_links(node, routes.link_mask(setup.node, node));
  }
  site.face = std::make_unique<tlm::GpuTargetFace>((setup.name + "_face").c_str(), chip->core(), *this);
  add_masters(site, setup.node);
  gpus_of_.push_back(chip.get());
  return chip;
}

void MemorySystem::add_master(Site& site, NodeId node, std::size_t stream, std::unique_ptr<Master> master) {
  observer_.assign(node, static_cast<int>(site.masters.size()), stream);
  masters_.push_back(master.get());
  tlm::MasterModule::Config config;
  config.map = context_.map;
  config.measure = context_.measure;
  config.split = true;
  const std::string name = "gpu" + std::to_string(index(node)) + "_master" + std::to_string(site.masters.size());
  site.masters.push_back(std::make_unique<tlm::MasterModule>(name.c_str(), std::move(master), config));
  site.masters.back()->socket.bind(site.face->socket);
}

void MemorySystem::add_masters(Site& site, NodeId node) {
  for (std::size_t i = 0; i < plan_->streams.size(); ++i) {
    const auto& sources = plan_->streams[i].sources;
    if (std::find(sources.begin(), sources.end(), node) == sources.end()) continue;
    add_master(site, node, i, make_stream_master(plan_->streams[i], node, gpus_, seed_));
    if (plan_->streams[i].count != 0) ending_.push_back(site.masters.back().get());
  }
  if (!schedule_) return;
  const auto& members = schedule_->spec.gpus;
  const auto member = std::find(members.begin(), members.end(), node);
  if (member == members.end()) return;
  add_master(site, node, plan_->streams.size(),
             std::make_unique<ScheduleMaster>(*schedule_run_, static_cast<std::size_t>(member - members.begin())));
  ending_.push_back(site.masters.back().get());
}

void MemorySystem::halt(NodeId node) {
  for (auto& master : sites_[index(node)].masters) master->halt();
}

unsigned int MemorySystem::debug(NodeId owner, ::tlm::tlm_generic_payload& payload) {
  return sites_[index(owner)].memory_face->debug(payload);
}

bool MemorySystem::finished() const {
  return std::all_of(ending_.begin(), ending_.end(), [](const auto* m) { return m->finished(); });
}

std::int64_t MemorySystem::measured_open() const {
  std::int64_t open = 0;
  for (const auto& site : sites_) {
    for (const auto& master : site.masters) open += master->measured_open();
  }
  return open;
}

std::uint64_t MemorySystem::accesses_issued() const {
  std::uint64_t n = 0;
  for (const auto* master : masters_) n += master->issued();
  return n;
}

std::uint64_t MemorySystem::memory_bytes() const {
  std::uint64_t bytes = 0;
  for (const auto& site : sites_) bytes += site.memory->core().channel_bytes();
  return bytes;
}

std::uint64_t MemorySystem::accesses_failed() const {
  std::uint64_t n = 0;
  for (const auto* master : masters_) n += master->failed();
  return n;
}

}  // namespace fs
