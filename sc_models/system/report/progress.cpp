// SPDX-License-Identifier: Apache-2.0
// The progress line.
#include "system/report/progress.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "system/report/text/table.hpp"

namespace fs {

namespace {

constexpr auto redraw_interval = std::chrono::milliseconds(200);

std::string minutes(double seconds) {
  const auto whole = static_cast<std::int64_t>(std::ceil(seconds));
  if (whole >= 3600) return fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
  return fmt::format("{}:{:02}", whole / 60, whole % 60);
}

}  // namespace

std::string progress_text(Femtoseconds now, Femtoseconds end, std::uint64_t flit_hops, double elapsed) {
  std::string text = time_text(to_nanoseconds(now));
  const double share = static_cast<double>(now.value()) / static_cast<double>(end.value());
  const bool known = end != Femtoseconds::max();
  if (known) text += fmt::format(" of {} ({:.0f} %)", time_text(to_nanoseconds(end)), 100 * share);
  if (elapsed > 0) text += fmt::format(", {}flit-hops/s", si_number(static_cast<double>(flit_hops) / elapsed) + ' ');
  if (known && share > 0 && share <= 1) text += fmt::format(", {} left", minutes(elapsed / share * (1 - share)));
  return text;
}

void Progress::begin(Femtoseconds end) {
  end_ = end;
  began_ = WallClock::now();
  due_ = began_ + redraw_interval;
}

void Progress::update(Femtoseconds now, std::uint64_t flit_hops) {
  if (!visible_) return;
  const auto wall = WallClock::now();
  if (wall < due_) return;
  due_ = wall + redraw_interval;
  show(progress_text(now, end_, flit_hops, std::chrono::duration<double>(wall - began_).count()));
}

void Progress::points(std::size_t done, std::size_t total) {
  if (!visible_) return;
  const double elapsed = std::chrono::duration<double>(WallClock::now() - began_).count();
  auto text = fmt::format("{} of {} points", done, total);
  if (done > 0 && done < total) {
    text += fmt::format(", {} left", minutes(elapsed / static_cast<double>(done) * static_cast<double>(total - done)));
  }
  show(text);
}

void Progress::show(std::string text) {
  if (static_cast<int>(text.size()) >= width_) text.resize(static_cast<std::size_t>(std::max(0, width_ - 1)));
  std::fprintf(stream_, "\r\x1b[K%s", text.c_str());
  std::fflush(stream_);
  shown_ = true;
}

void Progress::clear() {
  if (!shown_) return;
  std::fputs("\r\x1b[K", stream_);
  std::fflush(stream_);
  shown_ = false;
}

}  // namespace fs
