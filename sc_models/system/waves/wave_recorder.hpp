// SPDX-License-Identifier: Apache-2.0
// The waveform of one run: when to look, where to write, what to keep.
#pragma once

#include <chrono>
#include <filesystem>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "system/waves/crash_guard.hpp"
#include "system/waves/fabric_signals.hpp"
#include "system/waves/fst_file.hpp"
#include "system/waves/wave_options.hpp"

namespace fs {

/// Watches a fabric from before its kernel starts until finish(). Writes `waves.fst` and `waves.gtkw`.
///
/// A window around an event is recorded in parts, of which the last two are kept: closing one file and opening the next
/// costs, so a part lasts at least the margin and half a second of wall time. What is kept in the end is cut from
/// them to exactly the window.
class WaveRecorder {
 public:
  /// `folder` is there and can be written. `fabric` outlives this. Throws std::invalid_argument when a scope matches
  /// neither a chip nor a link.
  WaveRecorder(RunningFabric& fabric, WaveOptions options, std::filesystem::path folder);
  ~WaveRecorder();
  WaveRecorder(const WaveRecorder&) = delete;
  WaveRecorder& operator=(const WaveRecorder&) = delete;

  /// The run is over, well or not: closes, cuts, writes the save file. Returns the result's `waves`. Around a failure
  /// that did not come, the last moments are kept, marked `only_if_failed`: expectations are still to be judged.
  nlohmann::ordered_json finish();

 private:
  using WallClock = std::chrono::steady_clock;
  enum class Phase { waiting, recording, done };

  std::vector<LinkId> selected_links() const;
  void add_models();
  void end_of_instant(Femtoseconds now);
  void begin(Femtoseconds now);
  void record(Femtoseconds now);
  void open_part(Femtoseconds now);
  void rotate(Femtoseconds now);
  void on_event(const EventMark& mark);
  void end_recording();
  void cut_parts();
  void remove_parts();
  void save(Femtoseconds from, Femtoseconds to, bool closed) const;
  void look_at_the_clock(Femtoseconds now);
  bool rolling() const { return options_.kind == WaveOptions::Kind::around; }
  std::filesystem::path file() const { return folder_ / "waves.fst"; }
  std::string describe_absence() const;

  RunningFabric& fabric_;
  WaveOptions options_;
  std::filesystem::path folder_;
  std::unique_ptr<FstFile> fst_;
  std::unique_ptr<FabricSignals> signals_;
  std::unique_ptr<CrashGuard> guard_;
  Phase phase_ = Phase::waiting;
  bool finished_ = false;
  bool started_ = false;               ///< the kernel
  bool models_ = false;                ///< Verilated models have signals in the file
  bool writing_ = false;               ///< inside the writer: a crash there must not enter it again
  std::optional<Femtoseconds> first_;  ///< recorded instant
  Femtoseconds last_{0};
  std::optional<Femtoseconds> event_;
  std::string event_name_;
  std::string event_where_;
  Femtoseconds until_ = Femtoseconds::max();
  std::vector<std::filesystem::path> parts_;
  std::size_t next_part_ = 0;
  Femtoseconds part_began_{0};
  WallClock::time_point part_opened_{};
  WallClock::time_point flush_due_{};
  WallClock::duration flush_period_{};
  int instants_ = 0;
};

}  // namespace fs
