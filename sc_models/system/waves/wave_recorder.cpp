// SPDX-License-Identifier: Apache-2.0
#include "system/waves/wave_recorder.hpp"

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <stdexcept>
#include <system_error>
#include <utility>

#include "common/name_pattern.hpp"
#include "config/units.hpp"
#include "cosim/retry/rtl_retry_link.hpp"
#include "cosim/verilated_core.hpp"
#include "system/waves/fst_tools.hpp"
#include "system/waves/save_file.hpp"

namespace fs {
namespace {

constexpr auto part_wall_time = std::chrono::milliseconds(500);
constexpr auto first_flush = std::chrono::milliseconds(100);  ///< after opening; then twice as long each time, until
constexpr auto longest_unflushed = std::chrono::seconds(2);
constexpr int all_levels = 99;
constexpr int instants_a_look = 64;  ///< at the wall clock

double nanoseconds_of(Femtoseconds time) { return static_cast<double>(time.value()) / 1e6; }

void remove_file(const std::filesystem::path& file) {
  std::error_code ignored;
  std::filesystem::remove(file, ignored);
}

}  // namespace

WaveRecorder::WaveRecorder(RunningFabric& fabric, WaveOptions options, std::filesystem::path folder)
    : fabric_(fabric), options_(std::move(options)), folder_(std::move(folder)) {
  const auto links = selected_links();
  remove_file(file());
  remove_file(folder_ / "waves.gtkw");
  fst_ = std::make_unique<FstFile>([this](Femtoseconds now) { end_of_instant(now); });
  signals_ = std::make_unique<FabricSignals>(fabric_, *fst_, links);
  guard_ = std::make_unique<CrashGuard>([this] {
    if (!writing_) fst_->close();
  });
  if (options_.kind == WaveOptions::Kind::window) until_ = options_.to;
  fabric_.events().listen([this](const EventMark& mark) { on_event(mark); });
}

WaveRecorder::~WaveRecorder() {
  fabric_.events().listen({});
  if (finished_) return;
  try {
    finish();
  } catch (const std::exception& problem) {
    // The run has ended with an exception of its own, which must not be lost.
    std::fprintf(stderr, "waveform: %s\n", problem.what());
  }
}

std::vector<LinkId> WaveRecorder::selected_links() const {
  const Graph& graph = fabric_.plan().topology.graph;
  std::vector<bool> used(options_.scopes.size());
  std::vector<LinkId> links;
  for (std::size_t i = 0; i < graph.link_count(); ++i) {
    const Link& link = graph.link(static_cast<LinkId>(i));
    bool taken = options_.scopes.empty();
    for (std::size_t s = 0; s < options_.scopes.size(); ++s) {
      for (const auto& name : {link.name, graph.chip(link.a.chip).name, graph.chip(link.b.chip).name}) {
        if (!matches(options_.scopes[s], name)) continue;
        used[s] = true;
        taken = true;
      }
    }
    if (taken) links.push_back(static_cast<LinkId>(i));
  }
  for (std::size_t s = 0; s < used.size(); ++s) {
    if (used[s]) continue;
    throw std::invalid_argument("--waves-scope: nothing here is called '" + options_.scopes[s] +
                                "'; there are chips like '" + graph.chip(ChipId(0)).name + "' and '" +
                                graph.chip(static_cast<ChipId>(graph.chip_count() - 1)).name + "', and links like '" +
                                (graph.link_count() > 0 ? graph.link(LinkId(0)).name : "") + "'");
  }
  return links;
}

/// RTL of the chips and links that the scope takes. Their order after the model's own signals is what Verilator's
/// writer wants.
void WaveRecorder::add_models() {
  for (cosim::VerilatedCore* core : fabric_.verilated_cores()) {
    const auto below = [&](const ChannelSignals& c) { return c.scope.rfind(core->hierarchy() + '.', 0) == 0; };
    const auto& channels = signals_->channels();
    if (std::none_of(channels.begin(), channels.end(), below)) continue;
    core->trace(fst_->verilated(), all_levels);
    models_ = true;
  }
  const Graph& graph = fabric_.plan().topology.graph;
  for (const auto& link : fabric_.rtl_links()) {
    const auto of_it = [&](const ChannelSignals& c) { return graph.link(link_of(c.channel)).name == link->name(); };
    if (std::none_of(signals_->channels().begin(), signals_->channels().end(), of_it)) continue;
    link->trace(fst_->verilated(), all_levels);
    models_ = true;
  }
}

void WaveRecorder::end_of_instant(Femtoseconds now) {
  if (!std::exchange(started_, true)) add_models();
  if (phase_ == Phase::waiting && now >= options_.from) begin(now);
  if (phase_ == Phase::recording) record(now);
  if (++instants_ >= instants_a_look) look_at_the_clock(now);
  if (!CrashGuard::stop_asked()) return;
  finish();
  CrashGuard::stop();
}

void WaveRecorder::begin(Femtoseconds now) {
  phase_ = Phase::recording;
  signals_->attach();
  open_part(now);
  // What a crash leaves behind has a save file, too.
  if (!rolling()) save(now, until_ == Femtoseconds::max() ? now : until_, false);
}

void WaveRecorder::record(Femtoseconds now) {
  writing_ = true;
  if (now > until_) {
    end_recording();
  } else {
    if (!first_) first_ = now;
    last_ = now;
    signals_->settle(now);
    fst_->dump(now, models_);
  }
  writing_ = false;
}

void WaveRecorder::open_part(Femtoseconds now) {
  const auto name = rolling() ? folder_ / ("waves.part" + std::to_string(next_part_++) + ".fst") : file();
  parts_.push_back(name);
  fst_->open(name);
  part_began_ = now;
  part_opened_ = WallClock::now();
  flush_due_ = part_opened_ + first_flush;
  flush_period_ = first_flush;
}

void WaveRecorder::rotate(Femtoseconds now) {
  fst_->close();
  while (parts_.size() > 1) {
    remove_file(parts_.front());
    parts_.erase(parts_.begin());
  }
  open_part(now);
}

void WaveRecorder::look_at_the_clock(Femtoseconds now) {
  instants_ = 0;
  if (phase_ != Phase::recording) return;
  const auto wall = WallClock::now();
  writing_ = true;
  if (rolling() && !event_ && now - part_began_ >= options_.margin && wall - part_opened_ >= part_wall_time) {
    rotate(now);
  } else if (wall >= flush_due_) {
    fst_->flush();
    flush_period_ = std::min<WallClock::duration>(2 * flush_period_, longest_unflushed);
    flush_due_ = wall + flush_period_;
  }
  writing_ = false;
}

void WaveRecorder::on_event(const EventMark& mark) {
  if (phase_ == Phase::recording) {
    signals_->note(mark);
    // Nobody will come to the end of the instant in which the simulator gave up.
    if (mark.name == event_names::invariant) record(mark.time);
  }
  if (event_ || !asks_for(options_, mark.name)) return;
  event_ = mark.time;
  event_name_ = mark.name;
  event_where_ = mark.where;
  until_ = mark.time + options_.margin;
}

void WaveRecorder::end_recording() {
  phase_ = Phase::done;
  signals_->detach();
  fst_->close();
}

void WaveRecorder::cut_parts() {
  // A deadlock is noticed some time after the last thing moved.
  if (event_) event_ = std::min(*event_, last_);
  const Femtoseconds centre = event_.value_or(last_);
  const Femtoseconds from = std::max(*first_, centre - options_.margin);
  cut_window(parts_, from, last_, file());
  first_ = from;
  remove_parts();
}

void WaveRecorder::remove_parts() {
  for (const auto& part : parts_) remove_file(part);
  parts_.clear();
}

void WaveRecorder::save(Femtoseconds from, Femtoseconds to, bool closed) const {
  SaveFile what;
  what.from = from;
  what.to = to;
  what.event = event_;
  what.event_name = event_name_;
  what.event_where = event_where_;
  what.file = file();
  what.closed = closed;
  write_save_file(what, fabric_, *signals_, *fst_, folder_ / "waves.gtkw");
}

std::string WaveRecorder::describe_absence() const {
  if (!rolling()) return "the run ended before the window of --waves began";
  std::vector<std::string> names;
  for (const auto& mark : fabric_.events().marks()) {
    if (std::find(names.begin(), names.end(), mark.name) == names.end()) names.push_back(mark.name);
  }
  std::string text = "--waves: no event '" + options_.event + "' happened";
  if (names.empty()) return text + ", nor any other";
  text += "; there were";
  for (const auto& name : names) text += ' ' + name;
  return text;
}

nlohmann::ordered_json WaveRecorder::finish() {
  nlohmann::ordered_json info;
  finished_ = true;
  if (phase_ == Phase::recording) {
    // An event after the last instant, such as a deadlock, is shown there.
    if (first_) fst_->dump(last_, false);
    end_recording();
  }
  phase_ = Phase::done;
  guard_.reset();
  const bool wanted = event_ || CrashGuard::stop_asked() || asks_for(options_, event_names::expectation);
  if (!first_ || (rolling() && !wanted)) {
    remove_parts();
    info["absent"] = describe_absence();
    return info;
  }
  if (rolling()) cut_parts();
  save(*first_, last_, true);
  info["file"] = "waves.fst";
  info["from_ns"] = nanoseconds_of(*first_);
  info["to_ns"] = nanoseconds_of(last_);
  info["signals"] = list_variables(file()).size();
  if (event_) {
    info["event"] = event_name_;
    info["event_ns"] = nanoseconds_of(*event_);
  } else if (rolling()) {
    info["only_if_failed"] = true;
  }
  return info;
}

}  // namespace fs
