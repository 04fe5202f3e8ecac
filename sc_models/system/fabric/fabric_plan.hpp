// SPDX-License-Identifier: Apache-2.0
// A fabric as resolved from a scenario: everything needed to build it, nothing of how it was written down.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "fabric/deadlock.hpp"
#include "fabric/routes.hpp"
#include "fabric/topology.hpp"
#include "fault/fault_spec.hpp"
#include "flit/profile/link_speeds.hpp"
#include "flit/profile/profile.hpp"
#include "gpu/gpu_config.hpp"
#include "gpu/port.hpp"
#include "link/errors/bit_errors.hpp"
#include "observe/recorder.hpp"
#include "switch/core.hpp"
#include "workload/open_loop/open_loop.hpp"
#include "workload/schedule/schedule.hpp"
#include "workload/streams/stream_spec.hpp"

namespace fs {

namespace cosim {
class CoreLibrary;
class RetryRtl;
enum class RetryEngine : std::uint8_t;
}  // namespace cosim
struct SitesPlan;

/// Receive buffers of one side of a link.
struct BufferPlan {
  bool shared = false;     ///< one pool a port with a reserve a VC
  std::vector<int> depth;  ///< by VC: its slots (private) or its reserve (shared)
  int pool = 0;            ///< shared: slots a port
  int capacity(int vc) const { return shared ? pool : depth[static_cast<std::size_t>(vc)]; }
  /// Credits advertised for a VC at bring-up: the first VC stands for the shared part as well.
  int advertised(int vc) const;
};

/// What the GPUs are and do when they have memory and masters.
struct MemoryPlan {
  GpuConfig gpu;
  std::vector<StreamSpec> streams;
  std::optional<ScheduleSpec> schedule;
};

/// Bit errors that a scenario puts on a link from the beginning.
struct LinkErrors {
  LinkId link{};
  int direction = 2;  ///< 0: a to b, 1: b to a, 2: both
  int lane = -1;      ///< -1: all
  double ber = 0;
  BurstModel burst;
};

struct FabricPlan {
  FabricPlan(Profile p, Topology t, Routes r) : profile(std::move(p)), topology(std::move(t)), routes(std::move(r)) {}

  std::uint64_t seed = 1;
  bool sleep = true;
  Profile profile;
  Topology topology;
  Routes routes;
  SwitchConfig switch_core;                          ///< ports, destinations and name are filled in per switch
  std::vector<std::string> cores;                    ///< by chip: the name of its core; empty: all are models
  std::shared_ptr<cosim::CoreLibrary> core_library;  ///< where cores come from; null: all are models
  std::vector<cosim::RetryEngine> retry_engines;     ///< by link: who takes its retry's decisions; empty: models do
  std::shared_ptr<cosim::RetryRtl> retry_rtl;        ///< where its RTL comes from; null: all are models
  BufferPlan switch_buffers;
  BufferPlan gpu_buffers;
  VcChoice vc_choice = VcChoice::any;
  std::vector<LinkErrors> errors;
  LinkSpeeds speeds;
  bool links_can_fail = false;  ///< every link has a state, whether or not its protocol retries
  std::vector<bool> drained;    ///< by class: consumed on arrival at a GPU
  MeasureWindow window;

  std::optional<OpenLoopSpec> open_loop;
  std::vector<ClassId> open_loop_classes;  ///< by entry of open_loop->packets

  std::optional<MemoryPlan> memory;  ///< instead of open_loop

  std::shared_ptr<const SitesPlan> sites;  ///< where domains are, and what takes messages from one to another; or null

  RoutingSpec routing;  ///< as the routes were computed, for computing them again
  FaultPlan faults;
  /// Packets may be lost: requesters' timers run.
  bool lossy() const { return faults.any() || links_can_fail || !errors.empty(); }

  std::vector<std::string> class_names() const;
  /// Which classes carry requests that end in memory, and responses.
  std::vector<MemoryPath> memory_paths() const;
  /// The configuration of one switch.
  SwitchConfig core_of(ChipId id) const;
};

}  // namespace fs
