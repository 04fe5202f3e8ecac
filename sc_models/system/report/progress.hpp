// SPDX-License-Identifier: Apache-2.0
// A progress line on a terminal: simulated time, rate, time left. Nothing at all where there is no terminal.
#pragma once

#include <chrono>
#include <cstdint>
#include <cstdio>
#include <string>

#include "common/quantity.hpp"

namespace fs {

class Progress {
 public:
  /// `stream` is written to when `visible`; a line wider than `width` columns is cut.
  Progress(std::FILE* stream, bool visible, int width) : stream_(stream), visible_(visible), width_(width) {}
  ~Progress() { clear(); }
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// Whether anyone would see it.
  bool visible() const { return visible_; }
  /// A run begins that will end at `end`; Femtoseconds::max() when that is not known.
  void begin(Femtoseconds end);
  /// The run is at `now` and has done `flit_hops`. May be called often: looks at the wall clock (25 ns) and writes at
  /// most five times a second.
  void update(Femtoseconds now, std::uint64_t flit_hops);
  /// `done` of `total` points of a sweep are there.
  void points(std::size_t done, std::size_t total);
  /// Takes the line away, so that other text may follow.
  void clear();

 private:
  using WallClock = std::chrono::steady_clock;

  void show(std::string text);

  std::FILE* stream_;
  bool visible_;
  int width_;
  bool shown_ = false;
  Femtoseconds end_ = Femtoseconds::max();
  WallClock::time_point began_{};
  WallClock::time_point due_{};
};

/// The line's text: 12.3 us of 50.0 us (24 %), 13.2 M flit-hops/s, 0:07 left. `end` as in Progress::begin; `elapsed` in
/// seconds of wall time since the beginning.
std::string progress_text(Femtoseconds now, Femtoseconds end, std::uint64_t flit_hops, double elapsed);

}  // namespace fs
