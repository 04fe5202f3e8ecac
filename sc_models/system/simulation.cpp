// SPDX-License-Identifier: Apache-2.0
#include "system/simulation.hpp"

#include <algorithm>
#include <chrono>
#include <cstring>
#include <systemc>
#include <utility>

#include "common/check.hpp"
#include "system/fabric/conservation.hpp"
#include "system/fabric/memory_system.hpp"
#include "system/fabric/waiting_report.hpp"
#include "system/faults/fault_desk.hpp"

namespace fs {
namespace {

using tlm::present;
using tlm::to_femtoseconds;
using tlm::to_sc_time;

/// What a process throws comes out of the kernel as its report; here it is thrown again as what it was.
void start_kernel(const sc_core::sc_time& duration) {
  try {
    sc_core::sc_start(duration);
  } catch (const sc_core::sc_report& report) {
    if (std::strcmp(report.get_msg_type(), sc_core::SC_ID_SIMULATION_UNCAUGHT_EXCEPTION_) != 0) throw;
    throw InvariantError(report.get_msg());
  }
}

constexpr Femtoseconds longest_run = one_second() * 9000;  // 2.5 hours

}  // namespace

Simulation::Simulation(RunningFabric& fabric, const MeasureSpec& spec, std::function<bool()> finished,
                       std::optional<Femtoseconds> until)
    : fabric_(fabric), spec_(spec), finished_(std::move(finished)), until_(until) {
  for (std::size_t i = 0; i < fabric.channel_count(); ++i) {
    longest_way_ = std::max(longest_way_, fabric.channel(static_cast<ChannelId>(i)).config().propagation);
  }
  for (std::size_t i = 0; i < fabric.plan().topology.graph.link_count(); ++i) {
    const LiveLink* link = fabric.live_link(static_cast<LinkId>(i));
    if (link != nullptr) longest_training_ = std::max(longest_training_, link->longest_training());
  }
}

bool Simulation::work_pending() const {
  // A transaction whose packets were lost, and that has no timer, waits for ever without a packet anywhere.
  const MemorySystem* memory = fabric_.memory();
  return fabric_.packet_pool().in_use() > 0 || (finished_ && !finished_()) ||
         (memory != nullptr && memory->pools().transactions.in_use() > 0);
}

Simulation::Stop Simulation::advance_to(Femtoseconds time, const std::function<bool()>& enough) {
  // Slices depend on simulated time alone, so that where a run ends never depends on the machine.
  const Femtoseconds slice = fabric_.domain().clock().period() * 1024;
  while (present() < time) {
    if (enough && enough()) return Stop::finished;
    if (!sc_core::sc_pending_activity()) {
      if (work_pending()) return Stop::deadlock;
      if (finished_) return Stop::finished;
    }
    const Femtoseconds idle =
        sc_core::sc_pending_activity() ? to_femtoseconds(sc_core::sc_time_to_pending_activity()) : time - present();
    // To the end of the slice in which something happens, whether or not idle chips are stepped on the way.
    const Femtoseconds next = idle < time - present() ? slice * ((present() + idle) / slice + 1) : time;
    // The kernel stops before the processes of the last instant run.
    const Femtoseconds stop = std::min(next, time);
    fabric_.look_ahead(fabric_.domain().clock().at_or_after(stop) - Cycles(1));
    start_kernel(to_sc_time(stop - present()));
    if (progress_ != nullptr && *progress_) (*progress_)(present(), end_, fabric_.flit_hops());
    if (!watch()) return Stop::deadlock;
  }
  return Stop::reached;
}

std::uint64_t Simulation::frames_replayed() const {
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < fabric_.plan().topology.graph.link_count(); ++i) {
    const LiveLink* link = fabric_.live_link(static_cast<LinkId>(i));
    if (link == nullptr) return 0;
    for (int direction = 0; direction < 2; ++direction) sum += link->frames_replayed(direction);
  }
  return sum;
}

bool Simulation::any_link_trains() const {
  for (std::size_t i = 0; i < fabric_.plan().topology.graph.link_count(); ++i) {
    const LiveLink* link = fabric_.live_link(static_cast<LinkId>(i));
    if (link != nullptr && (link->state() == LinkState::training || link->state() == LinkState::recovering))
      return true;
  }
  return false;
}

bool Simulation::watch() {
  const Femtoseconds slice = present() - std::exchange(watched_at_, present());
  const std::uint64_t delivered = fabric_.recorder().ended();
  if (delivered != last_delivered_ || fabric_.packet_pool().in_use() == 0) {
    last_delivered_ = delivered;
    edges_at_delivery_ = fabric_.domain().edges();
    replaying_ = Femtoseconds(0);
    training_ = Femtoseconds(0);
    return true;
  }
  // Edges, not time: a packet on a long fibre is no livelock while everything sleeps. A link that replays sleeps
  // between its frames, and so is asked; no replay can be answered sooner than the longest link lets it.
  const Clock& clock = fabric_.domain().clock();
  const auto edges = static_cast<std::int64_t>(fabric_.domain().edges() - edges_at_delivery_);
  if (const std::uint64_t replays = frames_replayed(); replays != std::exchange(replays_watched_, replays)) {
    replaying_ += std::min(slice, clock.period() * 1024);
  }
  // Who waits for a link that trains is no livelock, unless it trains again and again.
  if (any_link_trains()) training_ = std::min(training_ + slice, longest_training_ * 2);
  livelock_ = clock.period() * edges > spec_.watchdog + training_ || replaying_ > spec_.watchdog + longest_way_ * 4;
  return !livelock_;
}

bool Simulation::sources_past(Femtoseconds time) const {
  const Cycles cycle = fabric_.domain().clock().at_or_after(time);
  const auto& gpus = fabric_.gpus();
  return std::all_of(gpus.begin(), gpus.end(), [&](const auto& gpu) { return gpu->created_all_before(cycle); });
}

bool Simulation::drained(Femtoseconds window_end) const {
  const MemorySystem* memory = fabric_.memory();
  return fabric_.recorder().measured_inside() == 0 && (memory == nullptr || memory->measured_open() == 0) &&
         sources_past(window_end);
}

void Simulation::note_deadlock(RunEnd& end, const char* kind) const {
  fabric_.events().mark_event(present(), livelock_ ? event_names::livelock : event_names::deadlock);
  end.stopped_moving = true;
  end.deadlock = kind;
  for (const auto& line : waiting_report(fabric_, 64)) end.deadlock += "\n  " + line;
}

RunEnd Simulation::run(const OnProgress& progress) {
  try {
    return run_to_the_end(progress);
  } catch (const InvariantError&) {
    fabric_.events().mark_event(present(), event_names::invariant);
    throw;
  }
}

RunEnd Simulation::run_to_the_end(const OnProgress& progress) {
  const auto started = std::chrono::steady_clock::now();
  progress_ = &progress;
  RunEnd end;
  const MeasureWindow window = spec_.measured();
  start_kernel(sc_core::SC_ZERO_TIME);  // from here on the kernel knows what is pending
  const Femtoseconds limit = until_ ? *until_ : longest_run;
  const bool bounded = window.end < limit;
  const Femtoseconds measured_until = bounded ? window.end : limit;
  end_ = bounded ? std::min(limit, window.end + spec_.drain) : limit;
  Stop stop = advance_to(measured_until, finished_);
  if (stop == Stop::reached && bounded && spec_.drain > Femtoseconds(0)) {
    stop = advance_to(end_, [&] { return drained(window.end); });
  }
  end.drained = drained(std::min(window.end, present()));
  if (stop == Stop::deadlock) {
    note_deadlock(end, livelock_ ? "livelock: nothing was delivered for the watchdog's time"
                                 : "deadlock: packets are waiting and nothing will ever move");
  }
  end.sim_time = present();
  const Cycles cycle(present() / fabric_.domain().clock().period());
  for (const auto& gpu : fabric_.gpus()) end.waiting_at_source += gpu->offer_waiting(fabric_.recorder(), cycle);
  end.created = fabric_.recorder().created() + end.waiting_at_source;
  end.wall_s = std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  fabric_.finish_links(cycle);
  if (fabric_.faults() != nullptr) fabric_.faults()->log().finish(present());
  check_conservation(fabric_);
  return end;
}

}  // namespace fs
