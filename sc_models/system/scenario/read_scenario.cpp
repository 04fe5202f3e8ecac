// SPDX-License-Identifier: Apache-2.0
#include "system/scenario/read_scenario.hpp"

#include <algorithm>
#include <limits>
#include <stdexcept>
#include <utility>
#include <vector>

#include "fabric/topology_config.hpp"
#include "fault/read_faults.hpp"
#include "flit/profile/link_speeds_config.hpp"
#include "flit/profile/profile_config.hpp"
#include "flit/profile/wire_cost.hpp"
#include "gpu/site.hpp"
#include "link/channel.hpp"
#include "link/medium.hpp"
#include "switch/switch_config.hpp"
#include "system/energy/choose_part.hpp"
#include "system/scenario/check/check_reachable.hpp"
#include "system/scenario/check/check_retry_reach.hpp"
#include "system/scenario/check/check_switches.hpp"
#include "system/scenario/files/catalogue_file.hpp"
#include "system/scenario/files/protocol_file.hpp"
#include "system/scenario/read_errors.hpp"
#include "system/sites/read_sites.hpp"

namespace fs {
namespace {

BufferPlan buffers_of(const Profile& profile) {
  BufferPlan plan;
  plan.shared = profile.shared_pool;
  plan.pool = static_cast<int>(profile.pool_depth);
  for (const auto& c : profile.classes) {
    for (std::int64_t vc = 0; vc < c.vcs; ++vc) plan.depth.push_back(static_cast<int>(c.reserve));
  }
  return plan;
}

void apply(const SwitchChoices& choices, BufferPlan& plan) {
  if (choices.own_buffer) plan.shared = choices.shared;
  if (choices.depth != 0) std::fill(plan.depth.begin(), plan.depth.end(), choices.depth);
  if (choices.pool != 0) plan.pool = choices.pool;
}

/// Flits of the longest packet of each class, the workload's raw packets included.
std::vector<int> longest_packets(const FabricPlan& plan) {
  std::vector<int> longest;
  for (const auto& c : plan.profile.classes) {
    longest.push_back(plan.open_loop ? 1 : static_cast<int>(longest_packet(plan.profile, c)));
  }
  for (std::size_t i = 0; i < plan.open_loop_classes.size(); ++i) {
    int& flits = longest[index(plan.open_loop_classes[i])];
    flits = std::max(flits, static_cast<int>(plan.open_loop->packets[i].flits));
  }
  return longest;
}

std::vector<ClassId> classes_of(const OpenLoopSpec& spec, const Profile& profile, const Reader& reader) {
  std::vector<ClassId> classes;
  for (const auto& share : spec.packets) {
    std::size_t found = 0;
    if (!share.traffic_class.empty()) {
      while (found < profile.classes.size() && profile.classes[found].name != share.traffic_class) ++found;
    }
    if (found == profile.classes.size()) {
      std::string names;
      for (const auto& c : profile.classes) names += (names.empty() ? "" : ", ") + c.name;
      throw reader.error("packets", "no class '" + share.traffic_class + "'; the protocol has " + names);
    }
    classes.push_back(static_cast<ClassId>(found));
  }
  return classes;
}

MeasureSpec read_measure(const Reader& root) {
  MeasureSpec spec;
  const Reader reader = root.section_or_empty("measure");
  constexpr Femtoseconds longest = one_second() * 8000;
  spec.warmup = reader.time_or("warmup", spec.warmup, Femtoseconds(0), longest);
  if (reader.has("window")) spec.window = reader.time("window", Femtoseconds(1), longest);
  spec.drain = reader.time_or("drain", spec.drain, Femtoseconds(0), longest);
  spec.watchdog = root.time_or("watchdog", spec.watchdog, nanoseconds(100), longest);
  return spec;
}

void check_channels(const Profile& profile, const Topology& topology, const Reader& at) {
  for (std::size_t i = 0; i < topology.graph.link_count(); ++i) {
    const Link& link = topology.graph.link(static_cast<LinkId>(i));
    try {
      make_channel_config(profile, propagation_delay(link.cable.medium, link.cable.length) + link.cable.latency, 0);
    } catch (const std::invalid_argument& problem) {
      throw at.error(link.name + ": " + problem.what());
    }
  }
}

/// A packet that is one frame is handed over when its tail is there: it has to fit, whatever the switching.
void check_frames(const FabricPlan& plan, const Reader& root) {
  if (plan.profile.frame.kind != FrameKind::packet) return;
  for (std::size_t vc = 0; vc < plan.switch_buffers.depth.size(); ++vc) {
    const int longest = plan.switch_core.longest_packet[index(plan.routes.plan().class_of(static_cast<VcId>(vc)))];
    const int slots = plan.switch_buffers.depth[vc];
    if (slots >= longest) continue;
    throw root.error("protocol", "its frames are whole packets, of which the longest has " + std::to_string(longest) +
                                     " flits: every VC needs that many slots, not " + std::to_string(slots));
  }
}

/// Switches that allocate VCs move packets from one to another.
std::string vc_order_problem(const FabricPlan& plan) {
  if (plan.profile.order == Order::none || plan.switch_core.vc_allocation == VcAllocation::none) return {};
  for (const auto& cls : plan.profile.classes) {
    if (cls.vcs > 1 && !cls.per_destination) {
      return "the protocol keeps order, but `vc_allocation` moves packets of class '" + cls.name +
             "' from one of its VCs to another: needs `vc_allocation: none`, or one VC";
    }
  }
  return {};
}

void check_memory_workload(const ScenarioSpec& spec, const Reader& root) {
  if (spec.open_loop) return;
  const GpuConfig& gpu = spec.fabric.memory->gpu;
  try {
    ClassId request{}, response{};
    find_classes(spec.fabric.profile, request, response);
  } catch (const std::invalid_argument& problem) {
    throw root.error("protocol", problem.what());
  }
  if (const auto why = order_problem(spec.fabric.routes, spec.fabric.profile); !why.empty()) {
    throw root.error("protocol", why);
  }
  if (const auto why = vc_order_problem(spec.fabric); !why.empty()) throw root.error("protocol", why);
  if (const auto why = striping_problem(gpu.striping, spec.fabric.profile); !why.empty()) {
    throw root.error("gpu", why);
  }
}

void read_work(const Reader& root, int gpus, ScenarioSpec& spec) {
  FabricPlan& plan = spec.fabric;
  MemoryPlan memory;
  memory.gpu = read_gpu(root.section_or_empty("gpu"));
  if (root.has("workload")) {
    const Reader reader = root.section("workload");
    WorkloadSpec workload = read_workload(reader, gpus, memory.gpu.hbm.size);
    memory.streams = std::move(workload.streams);
    memory.schedule = std::move(workload.schedule);
    plan.open_loop = std::move(workload.open_loop);
    if (plan.open_loop) {
      plan.open_loop_classes = classes_of(*plan.open_loop, plan.profile, reader.section("open_loop"));
    }
  }
  spec.open_loop = plan.open_loop.has_value();
  if (!spec.open_loop) plan.memory = std::move(memory);
}

void read_fault_plan(const Reader& root, FabricPlan& plan) {
  plan.faults.manager = read_manager(root.section_or_empty("fabric_manager"));
  if (!root.has("faults")) return;
  plan.faults.faults = read_faults(root.list("faults"), plan.topology, plan.profile, plan.speeds);
  const bool wormhole = plan.switch_core.switching == Switching::wormhole;
  for (const FaultSpec& fault : plan.faults.faults) {
    const bool kills = fault.kind == FaultKind::switch_down || fault.kind == FaultKind::tray_down;
    if (kills && wormhole) {
      throw root.error("faults", std::string(fault_kind_name(fault.kind)) +
                                     " needs switching: cut_through or store_and_forward: half packets are ended with "
                                     "the room that their heads set aside");
    }
  }
}

}  // namespace

ScenarioSpec read_scenario(Document& document, const std::vector<std::filesystem::path>& core_folders) {
  resolve_protocol(document);
  resolve_parts(document);
  if (document.find("long_haul")) resolve_catalogue(document, "long_haul.catalogue", "optics", "catalogue");
  const Reader root = document.root();
  const std::string name = root.text("scenario");
  const std::string description = root.text_or("description", "");
  const auto seed = root.integer_or<std::int64_t>("seed", 1, 0, std::numeric_limits<std::int64_t>::max());

  const Reader topology_reader = root.section("topology");
  ReadTopology fabric = read_topology(topology_reader);
  const auto gpus = static_cast<int>(fabric.topology.graph.gpu_count());
  const auto sites = read_sites(root, fabric.topology, static_cast<std::uint64_t>(seed));
  join_for_insisted_loads(root, topology_reader, sites.get(), fabric);
  const Reader protocol = root.section("protocol");
  Profile profile = read_profile(protocol, gpus);
  check_core_rate(profile, root.boolean_or("core_limited", false), protocol.node("core_clock"));
  check_channels(profile, fabric.topology, topology_reader);
  check_retry_reach(profile, fabric.topology, topology_reader);
  const Reader routing_reader = root.section_or_empty("routing");
  Routes routes = read_routes(topology_reader, routing_reader, fabric, profile.classes);

  ScenarioSpec spec{name,
                    description,
                    FabricPlan(std::move(profile), std::move(fabric.topology), std::move(routes)),
                    read_measure(root),
                    false,
                    {},
                    {},
                    {},
                    {}};
  FabricPlan& plan = spec.fabric;
  plan.seed = static_cast<std::uint64_t>(seed);
  plan.window = spec.measure.measured();
  plan.sites = sites;
  const Reader switch_reader = root.section_or_empty("switch");
  const std::vector<CoreRule> core_rules = read_cores(switch_reader);
  const SwitchChoices choices = read_switch(switch_reader);
  plan.speeds = read_link_speeds(protocol.section_or_empty("link_layer").section_or_empty("training"));
  plan.errors = read_link_errors(root, plan.topology.graph, plan.profile);
  read_work(root, gpus, spec);
  if (fabric.spec.partial && root.has("workload")) check_reachable(plan, root.section("workload"));
  if (plan.open_loop) check_self(plan, root.section("workload").section("open_loop"));
  plan.switch_buffers = buffers_of(plan.profile);
  apply(choices, plan.switch_buffers);
  plan.gpu_buffers = plan.switch_buffers;
  plan.switch_core = choices.core;
  plan.switch_core.vcs = plan.routes.plan().vcs();
  plan.switch_core.classes = plan.routes.plan().classes();
  plan.switch_core.buffer = plan.switch_buffers.shared ? BufferKind::shared_pool : BufferKind::private_queues;
  plan.switch_core.depth = plan.switch_buffers.depth;
  plan.switch_core.pool_depth = plan.switch_buffers.pool;
  plan.switch_core.peer_shared_pool = plan.switch_buffers.shared;  // switches and GPUs have the same receive buffers
  if (plan.switch_buffers.shared) plan.switch_core.peer_reserve = plan.switch_buffers.depth;
  plan.switch_core.longest_packet = longest_packets(plan);
  for (const auto& c : plan.profile.classes) {
    plan.drained.push_back(spec.open_loop || c.name == "response");
    const bool ordered = plan.profile.order == Order::region && c.vcs > 1;
    if (c.per_destination || ordered) plan.vc_choice = VcChoice::destination;
  }
  check_switches(plan, root);
  spec.core_rules = choose_cores(core_rules, core_folders, switch_reader, protocol, plan);
  spec.link_layer_rules = choose_link_layers(root, protocol, plan);
  check_frames(plan, root);
  check_memory_workload(spec, root);
  plan.routing = read_routing(routing_reader, plan.profile.classes);
  read_fault_plan(root, plan);
  spec.deadlock = check_deadlock(plan.topology.graph, plan.routes, plan.class_names(), plan.memory_paths());
  spec.energy = read_energy(root, plan.topology.graph, plan.sites.get());
  root.finish();
  return spec;
}

}  // namespace fs
