// SPDX-License-Identifier: Apache-2.0
#include "system/fabric/running_fabric.hpp"

#include <algorithm>

#include "common/check.hpp"
#include "common/random.hpp"
#include "cosim/retry/rtl_retry_link.hpp"
#include "link/medium.hpp"
#include "system/fabric/memory_system.hpp"
#include "system/faults/fault_desk.hpp"

namespace fs {

namespace {

/// Links come up one by one: were all codewords aligned, latencies would move in steps of a codeword.
Femtoseconds lead_of(const ChannelConfig& config, std::uint64_t seed) {
  const Bytes grain = std::max({config.wire_unit, config.codeword_group, config.frame.payload + config.frame.overhead});
  const Femtoseconds period = config.wire.end_of(grain.value());
  return Femtoseconds(static_cast<std::int64_t>(
      RandomStream(seed, config.name, "codeword phase").below(static_cast<std::uint64_t>(period.value()))));
}

/// Cycles within which what leaves now arrives unless it has to queue: what comes later is kept elsewhere, and a wheel
/// that is no longer than it must be stays in the caches.
int usual_reach(const ChannelConfig& config) {
  const std::int64_t bytes = config.one_flit_per_cycle
                                 ? config.wire_unit.value()
                                 : 2 * std::max(config.codeword_group.value(), config.frame.payload.value()) + 1024;
  const Femtoseconds latency = config.phy_fec + config.propagation + config.wire.end_of(bytes);
  const std::int64_t cycles = config.rx_clock.cycles_for(latency).value() + config.credits.side_band_delay.value() + 2;
  return static_cast<int>(std::min<std::int64_t>(cycles, WakeWheel::slot_count - 1));
}

/// Flits for this port over `in` may be taken off as they are sent: on wires of one cycle, to a bank that is stepped
/// before the sender. At the horizon some wait in the inbox while the next are drained, and those that wait must have
/// come to their credits first.
bool may_drain_early(const GpuPortConfig& port, const Channel& in, std::size_t bank, std::size_t sender) {
  const ChannelConfig& c = in.config();
  const Femtoseconds latency = c.wire.end_of(c.wire_unit.value()) + c.phy_fec + c.propagation;
  const bool all_drained = port.drained.size() == port.classes.size() &&
                           std::find(port.drained.begin(), port.drained.end(), false) == port.drained.end();
  return all_drained && in.always_ready() && c.rx_clock.cycles_for(latency) == Cycles(1) && bank < sender;
}

}  // namespace

RunningFabric::RunningFabric(const FabricPlan& plan)
    : plan_(plan), recorder_(plan.class_names(), plan.window), switch_of_(plan.topology.graph.chip_count()) {
  tlm::set_femtosecond_resolution();
  const Graph& graph = plan_.topology.graph;
  domain_ = std::make_unique<tlm::ClockDomain>("chips", plan_.profile.core_clock,
                                               static_cast<int>(graph.chip_count()) + 2, plan_.sleep);
  if (plan_.open_loop) {
    open_loop_ = std::make_unique<OpenLoopPlan>(*plan_.open_loop, static_cast<int>(graph.gpu_count()), plan_.seed);
  }
  const std::vector<int> bank_ports = place_arrivals();
  build_channels();
  if (!plan_.memory) build_banks(bank_ports);
  if (plan_.memory) {
    memory_ = std::make_unique<MemorySystem>(plan_, packets_, recorder_);
    memory_->observer().on_error([this](const Transaction& transaction, Femtoseconds now) {
      events_.mark_event(now, event_names::error, describe(transaction));
    });
  }
  gpus_.resize(graph.gpu_count());
  for (std::size_t i = 0; i < graph.chip_count(); ++i) {
    const auto id = static_cast<ChipId>(i);
    if (graph.is_gpu(id)) {
      build_gpu(id);
    } else {
      build_switch(id);
    }
  }
  if (supervised()) build_links();
  if (plan_.faults.any()) build_faults();
  advertise_credits();
}

RunningFabric::~RunningFabric() = default;

const BufferPlan& RunningFabric::buffers(ChipId chip) const {
  return plan_.topology.graph.is_gpu(chip) ? plan_.gpu_buffers : plan_.switch_buffers;
}

/// Every chip has an inbox of its own, but GPUs under open-loop traffic share one as far as port numbers go. Returns
/// the ports that lead to each inbox.
std::vector<int> RunningFabric::place_arrivals() {
  constexpr int most_ports = 1 << 16;
  const Graph& graph = plan_.topology.graph;
  std::vector<int> ports;
  std::size_t bank = 0;
  int in_bank = most_ports;  // none begun
  for (std::size_t i = 0; i < graph.chip_count(); ++i) {
    const Chip& chip = graph.chip(static_cast<ChipId>(i));
    if (plan_.memory || !graph.is_gpu(static_cast<ChipId>(i))) {
      arrivals_.push_back({ports.size(), 0});
      ports.push_back(chip.ports);
      continue;
    }
    if (in_bank + chip.ports > most_ports) {
      bank = ports.size();
      ports.push_back(0);
      in_bank = 0;
    }
    arrivals_.push_back({bank, in_bank});
    ports[bank] = in_bank += chip.ports;
  }
  return ports;
}

void RunningFabric::build_banks(const std::vector<int>& ports) {
  const Graph& graph = plan_.topology.graph;
  tlm::TrafficBank::Traffic traffic;
  traffic.plan = open_loop_.get();
  for (const ClassId cls : plan_.open_loop_classes) {
    traffic.classes.push_back({cls, static_cast<std::uint16_t>(plan_.profile.flit.value())});
  }
  for (std::size_t i = 0; i < graph.chip_count(); ++i) {
    const std::size_t inbox = arrivals_[i].inbox;
    if (!graph.is_gpu(static_cast<ChipId>(i)) || banks_.count(inbox) != 0) continue;
    banks_[inbox] = std::make_unique<tlm::TrafficBank>(plan_.profile.core_clock, packets_, *inboxes_[inbox], recorder_,
                                                       traffic, ports[inbox]);
  }
}

void RunningFabric::build_channels() {
  const Graph& graph = plan_.topology.graph;
  std::vector<ChannelConfig> configs;
  std::size_t inboxes = 0;
  for (const Arrivals& arrivals : arrivals_) inboxes = std::max(inboxes, arrivals.inbox + 1);
  std::vector<int> reach(inboxes, 3);
  for (std::size_t i = 0; i < graph.channel_count(); ++i) {
    const auto id = static_cast<ChannelId>(i);
    const Cable& cable = graph.link(link_of(id)).cable;
    const ChipId source = graph.source(id).chip;
    ChannelConfig config =
        make_channel_config(plan_.profile, propagation_delay(cable.medium, cable.length) + cable.latency,
                            graph.is_gpu(source) ? 0 : plan_.switch_core.output_pipeline);
    config.name = graph.channel_name(id);
    config.lead = lead_of(config, plan_.seed);
    config.seed = plan_.seed;
    config.supervised = supervised();
    config.whole_packet_credit = plan_.switch_core.switching != Switching::wormhole;
    const ChipId sink = graph.sink(id).chip;
    // A drained flit's credit is known a round trip ahead.
    const bool drained = graph.is_gpu(source) && !plan_.memory && config.one_flit_per_cycle;
    int& longest = reach[arrivals(sink).inbox];
    const auto there = static_cast<int>(config.rx_clock.cycles_for(config.phy_fec + config.propagation).value()) + 1;
    longest = std::max(longest, std::min(usual_reach(config) + (drained ? there : 0), WakeWheel::slot_count - 1));
    configs.push_back(config);
  }
  for (std::size_t i = 0; i < inboxes; ++i) {
    inboxes_.push_back(std::make_unique<Inbox>(domain_->wheel(), static_cast<int>(i), reach[i]));
  }
  for (std::size_t i = 0; i < configs.size(); ++i) {
    const LinkEnd sink = graph.sink(static_cast<ChannelId>(i));
    const auto port = static_cast<PortId>(arrivals(sink.chip).first_port + static_cast<int>(index(sink.port)));
    channels_.push_back(std::make_unique<Channel>(configs[i], packets_, inbox_of(sink.chip), port));
  }
}

cosim::MadeCore RunningFabric::make_core(ChipId id, const SwitchConfig& config) {
  if (plan_.cores.empty()) return {make_model_core(config), nullptr, 0};
  try {
    cosim::MadeCore made = plan_.core_library->make(plan_.cores[index(id)], config);
    if (made.verilated != nullptr) verilated_cores_.push_back(made.verilated);
    return made;
  } catch (const InvariantError&) {
    throw;
  } catch (const std::exception& problem) {
    throw CoreProblem(id, problem.what());
  }
}

/// The chip of the links comes last, so that it runs after all others of a cycle.
void RunningFabric::build_links() {
  const Graph& graph = plan_.topology.graph;
  const auto number = static_cast<int>(inboxes_.size());
  link_chip_ = std::make_unique<tlm::LinkChip>(domain_->wheel(), number);
  FS_CHECK(domain_->add(*link_chip_) == number, "the chip of the links is the last");
  for (std::size_t i = 0; i < graph.link_count(); ++i) {
    const auto id = static_cast<LinkId>(i);
    LiveLinkConfig config;
    config.name = graph.link(id).name;
    config.number = static_cast<std::uint32_t>(i);
    config.training = plan_.profile.training;
    config.speeds = plan_.speeds;
    config.lanes = static_cast<int>(plan_.profile.lanes.count);
    config.rate_numerator = plan_.profile.payload_rate_numerator();
    config.rate_denominator = plan_.profile.payload_rate_denominator();
    live_links_.push_back(std::make_unique<LiveLink>(config, channel(forward_channel(id)), channel(reverse_channel(id)),
                                                     link_chip_->scheduler(), nullptr));
    depute_retry(id);
  }
  for (const LinkErrors& errors : plan_.errors) {
    LiveLink& link = *live_links_[index(errors.link)];
    for (int direction = 0; direction < 2; ++direction) {
      if (errors.direction != 2 && errors.direction != direction) continue;
      link.set_bit_error_ratio(direction, errors.lane, errors.ber, Cycles(0));
      if (errors.burst.kind != BurstModel::Kind::none) link.set_bursts(direction, errors.burst, Cycles(0));
    }
  }
}

void RunningFabric::depute_retry(LinkId id) {
  if (plan_.retry_engines.empty()) return;
  const cosim::RetryEngine engine = plan_.retry_engines[index(id)];
  if (engine == cosim::RetryEngine::model) return;
  try {
    const std::string& name = plan_.topology.graph.link(id).name;
    const RetryFormat& retry = plan_.profile.retry;
    cosim::RtlRetryLink::Ends ends{plan_.retry_rtl->make(retry, name + " a"),
                                   plan_.retry_rtl->make(retry, name + " b")};
    rtl_links_.push_back(std::make_unique<cosim::RtlRetryLink>(retry, name, plan_.seed, engine, std::move(ends)));
  } catch (const InvariantError&) {
    throw;
  } catch (const std::exception& problem) {
    throw LinkLayerProblem(id, problem.what());
  }
  cosim::RtlRetryLink& rtl = *rtl_links_.back();
  channel(forward_channel(id)).layer()->depute(&rtl.transmitter(0), &rtl.receiver(0));
  channel(reverse_channel(id)).layer()->depute(&rtl.transmitter(1), &rtl.receiver(1));
}

/// Its desk is stepped after the links.
void RunningFabric::build_faults() {
  const auto number = static_cast<int>(inboxes_.size()) + 1;
  desk_ = std::make_unique<FaultDesk>(*this, memory_.get(), number);
  FS_CHECK(domain_->add(*desk_) == number, "the desk of faults comes after the links");
  if (memory_) memory_->observer().watch_faults(*desk_);
  if (!memory_) recorder_.watch_packets(desk_.get());
  for (const auto& [inbox, bank] : banks_) bank->watch_losses(*desk_);
}

void RunningFabric::observe_links(LinkObserver* observer) {
  for (const auto& link : live_links_) link->observe(observer);
}

void RunningFabric::finish_links(Cycles now) {
  for (const auto& channel : channels_) {
    if (channel->layer() != nullptr) channel->layer()->finish(now);
  }
}

void RunningFabric::build_switch(ChipId id) {
  const Graph& graph = plan_.topology.graph;
  const SwitchConfig core = plan_.core_of(id);
  cosim::MadeCore made = make_core(id, core);
  tlm::SwitchChip::Config config;
  config.name = core.name;
  config.clock = plan_.profile.core_clock;
  config.core = core;
  config.core.input_pipeline += made.extra_latency;
  for (int vc = 0; vc < core.vcs; ++vc) {
    const ClassId cls = plan_.routes.plan().class_of(static_cast<VcId>(vc));
    const bool whole = core.switching != Switching::wormhole && core.vc_allocation == VcAllocation::none;
    config.stall_below.push_back(whole ? core.longest_packet[index(cls)] : 1);
  }
  auto chip = std::make_unique<tlm::SwitchChip>(config, std::move(made.core), packets_, inbox_of(id));
  for (int port = 0; port < core.ports; ++port) {
    const auto& peer = graph.peer(id, static_cast<PortId>(port));
    if (peer) chip->connect(static_cast<PortId>(port), *channels_[index(peer->out)]);
  }
  for (int cls = 0; cls < core.classes; ++cls) {
    for (int dst = 0; dst < core.destinations; ++dst) {
      const RouteRow row = plan_.routes.row(id, static_cast<ClassId>(cls), static_cast<NodeId>(dst));
      if (!row.outputs.empty()) {
        chip->core().write_route(static_cast<ClassId>(cls), static_cast<NodeId>(dst), row);
      }
    }
  }
  add_to_domain(*chip, arrivals(id).inbox);
  switch_of_[index(id)] = chip.get();
  switches_.push_back(std::move(chip));
}

std::vector<GpuPortConfig> RunningFabric::port_configs(ChipId id) const {
  const Graph& graph = plan_.topology.graph;
  const VcPlan& vcs = plan_.routes.plan();
  std::vector<GpuPortConfig> configs;
  for (std::uint16_t port = 0; port < graph.chip(id).ports; ++port) {
    const auto& peer = graph.peer(id, static_cast<PortId>(port));
    if (!peer) throw std::invalid_argument(graph.chip(id).name + ": port " + std::to_string(port) + " has no link");
    const BufferPlan& far = buffers(peer->far.chip);
    GpuPortConfig p;
    p.node = graph.chip(id).node;
    p.link = port;
    p.port = static_cast<PortId>(port);
    p.drained = plan_.drained;
    p.vcs = vcs.vcs();
    p.vc_choice = plan_.vc_choice;
    p.whole_packet_credit = plan_.switch_core.switching != Switching::wormhole;
    p.peer_shared_pool = far.shared;
    p.peer_reserve = far.depth;
    p.flit_bytes = static_cast<int>(plan_.profile.flit.value());
    p.wire_unit = static_cast<int>(plan_.profile.wire_unit.value());
    for (int c = 0; c < vcs.classes(); ++c) {
      const auto cls = static_cast<ClassId>(c);
      p.classes.push_back({static_cast<int>(index(vcs.first(cls))), vcs.count(cls)});
    }
    for (int vc = 0; vc < p.vcs; ++vc) p.depth.push_back(plan_.gpu_buffers.capacity(vc));
    configs.push_back(p);
  }
  return configs;
}

Channel& RunningFabric::out_channel(ChipId id, PortId port) {
  return *channels_[index(plan_.topology.graph.peer(id, port)->out)];
}

std::unique_ptr<tlm::EndpointChip> RunningFabric::build_traffic_gpu(ChipId id,
                                                                    const std::vector<GpuPortConfig>& ports) {
  const Arrivals& place = arrivals(id);
  tlm::TrafficBank& bank = *banks_[place.inbox];
  if (place.first_port == 0) add_to_domain(bank, place.inbox);
  for (const auto& port : ports) {
    bank.add_port(GpuPort(port, packets_, out_channel(id, port.port)), port.node, port.link,
                  static_cast<int>(ports.size()));
    const auto& peer = *plan_.topology.graph.peer(id, port.port);
    Channel& in = *channels_[index(peer.in)];
    if (may_drain_early(port, in, place.inbox, arrivals(peer.far.chip).inbox)) in.drain_into(bank);
  }
  return std::make_unique<tlm::TrafficGpu>(bank, static_cast<std::size_t>(place.first_port), ports.size());
}

std::unique_ptr<tlm::EndpointChip> RunningFabric::build_memory_gpu(ChipId id, const std::vector<GpuPortConfig>& ports) {
  GpuSetup setup;
  setup.node = plan_.topology.graph.chip(id).node;
  setup.name = plan_.topology.graph.chip(id).name;
  setup.config = plan_.memory->gpu;
  std::vector<GpuPort> links;
  for (const auto& port : ports) links.emplace_back(port, packets_, out_channel(id, port.port));
  auto chip = memory_->build_gpu(setup, std::move(links), plan_.routes, inbox_of(id), *domain_,
                                 static_cast<int>(arrivals(id).inbox));
  add_to_domain(*chip, arrivals(id).inbox);
  return chip;
}

void RunningFabric::build_gpu(ChipId id) {
  const auto ports = port_configs(id);
  gpus_[index(plan_.topology.graph.chip(id).node)] =
      memory_ ? build_memory_gpu(id, ports) : build_traffic_gpu(id, ports);
}

void RunningFabric::add_to_domain(tlm::Chip& chip, std::size_t inbox) {
  FS_CHECK(domain_->add(chip) == static_cast<int>(inbox), "an inbox wakes the chip of its own number");
}

void RunningFabric::advertise_credits() {
  const Graph& graph = plan_.topology.graph;
  for (std::size_t i = 0; i < graph.channel_count(); ++i) {
    const auto id = static_cast<ChannelId>(i);
    const BufferPlan& receiver = buffers(graph.sink(id).chip);
    for (int vc = 0; vc < plan_.routes.plan().vcs(); ++vc) {
      channels_[index(opposite(id))]->advertise(static_cast<VcId>(vc), receiver.advertised(vc), Cycles(0));
    }
  }
}

void RunningFabric::look_ahead(Cycles horizon) {
  for (const auto& [inbox, bank] : banks_) bank->look_ahead(early_delivery_ ? horizon : Cycles(-1));
}

std::uint64_t RunningFabric::flit_hops() const {
  std::uint64_t hops = 0;
  for (const auto& chip : switches_) hops += chip->flit_hops();
  return hops;
}

}  // namespace fs
