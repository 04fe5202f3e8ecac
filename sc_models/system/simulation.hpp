// SPDX-License-Identifier: Apache-2.0
// Runs a built fabric through warm-up, measurement window and drain, and says how it ended.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "system/fabric/running_fabric.hpp"

namespace fs {

/// `measure:` and `watchdog:` of a scenario.
struct MeasureSpec {
  Femtoseconds warmup{0};
  Femtoseconds window = Femtoseconds::max();  ///< max: until the workload has finished
  Femtoseconds drain{0};                      ///< after the window, at most this long for what was created inside it
  Femtoseconds watchdog =
      microseconds(100);  ///< livelock: no delivery for this long while flits move and no link trains
  MeasureWindow measured() const { return {warmup, window == Femtoseconds::max() ? window : warmup + window}; }
};

struct RunEnd {
  Femtoseconds sim_time{0};
  double wall_s = 0;
  bool stopped_moving = false;          ///< deadlock or livelock
  std::string deadlock;                 ///< who waits for whom; empty unless stopped_moving
  bool drained = true;                  ///< everything created inside the window was delivered
  std::uint64_t created = 0;            ///< packets, waiting in a source queue included
  std::uint64_t waiting_at_source = 0;  ///< of these, still in an open-loop source's queue
};

class Simulation {
 public:
  using OnProgress = std::function<void(Femtoseconds now, Femtoseconds end, std::uint64_t flit_hops)>;

  /// `finished`: the closed-loop workload is done (nothing: there is none). `until`: stop there whatever happens.
  Simulation(RunningFabric& fabric, const MeasureSpec& spec, std::function<bool()> finished,
             std::optional<Femtoseconds> until);

  RunEnd run(const OnProgress& progress);

 private:
  RunEnd run_to_the_end(const OnProgress& progress);
  enum class Stop { reached, finished, deadlock };
  Stop advance_to(Femtoseconds time, const std::function<bool()>& enough);
  bool work_pending() const;
  void note_deadlock(RunEnd& end, const char* kind) const;
  bool sources_past(Femtoseconds time) const;
  /// Nothing that was created inside the window, which ends or is cut off at `window_end`, is still under way.
  bool drained(Femtoseconds window_end) const;
  bool watch();
  std::uint64_t frames_replayed() const;
  bool any_link_trains() const;

  RunningFabric& fabric_;
  MeasureSpec spec_;
  std::function<bool()> finished_;
  std::optional<Femtoseconds> until_;
  const OnProgress* progress_ = nullptr;
  Femtoseconds end_{0};
  std::uint64_t last_delivered_ = 0;
  std::uint64_t edges_at_delivery_ = 0;
  Femtoseconds longest_way_{0};  ///< of all links
  Femtoseconds watched_at_{0};
  std::uint64_t replays_watched_ = 0;
  Femtoseconds replaying_{0};         ///< time since the last delivery in which frames were replayed
  Femtoseconds longest_training_{0};  ///< of all links
  Femtoseconds training_{0};          ///< time since the last delivery in which a link trained
  bool livelock_ = false;
};

}  // namespace fs
