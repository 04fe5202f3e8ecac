// SPDX-License-Identifier: Apache-2.0
#include "workload/schedule/schedule.hpp"

#include <algorithm>
#include <limits>
#include <set>

#include "common/check.hpp"

namespace fs {
namespace {

using Rank = std::uint32_t;  ///< place in spec.gpus

/// What one bucket takes of every GPU's memory.
std::int64_t bucket_memory(const ScheduleSpec& spec) {
  const auto count = static_cast<std::int64_t>(spec.gpus.size());
  const bool hierarchical = spec.algorithm == Algorithm::hierarchical;
  const auto once = hierarchical ? spec.group - 1 + count / spec.group - 1 : count - 1;
  const auto received = once * spec.slices * (spec.collective == Collective::all_reduce ? 2 : 1);
  const auto buffer = atom_bytes(spec) * (count * spec.slices);
  return (buffer * 2).value() + received * Schedule::flag_bytes;
}

/// Members that reduce or gather a range of the buffer among themselves; member i owns the i-th of equal chunks.
struct Team {
  std::vector<Rank> ranks;
  std::uint32_t first_atom = 0;
  std::uint32_t chunk_atoms = 0;
};

class Builder {
 public:
  explicit Builder(const ScheduleSpec& spec);
  Schedule build();

 private:
  struct Arrival {
    Rank rank;
    std::uint64_t id;
  };

  void begin_lane(std::int64_t lane);
  void build_lane();
  void all_to_all();
  void hierarchical();
  void reduce_scatter(const std::vector<Team>& teams, Algorithm algorithm, const std::string& name);
  void all_gather(const std::vector<Team>& teams, Algorithm algorithm, const std::string& name);

  void begin_step(const std::string& name);
  void end_step();
  /// Member `from` sends chunk `chunk` to member `to`, slice by slice.
  void send_chunk(const Team& team, std::size_t from, std::size_t to, std::size_t chunk, bool reduces);
  void send(Rank from, Rank to, std::uint32_t first_atom, std::uint32_t atoms, bool reduces);
  /// Messages that brought what `rank` holds of these atoms.
  std::vector<std::uint64_t> sources_of(Rank rank, std::uint32_t first_atom, std::uint32_t atoms) const;
  void place(Message& message, Rank to);

  Schedule schedule_;
  std::uint32_t count_;
  std::uint32_t slices_;
  std::vector<std::vector<std::vector<std::uint64_t>>> arrived_;  ///< by rank and atom: messages it depends on
  std::vector<Arrival> step_arrivals_;
  std::vector<std::uint64_t> staging_, flags_;  ///< by rank: next free place
  std::uint32_t lane_ = 0;
  std::uint32_t next_step_ = 0;  ///< of this lane; steps of all lanes have the same names
  Bytes base_{0};                ///< where this lane's buffers begin
};

Builder::Builder(const ScheduleSpec& spec)
    : count_(static_cast<std::uint32_t>(spec.gpus.size())), slices_(static_cast<std::uint32_t>(spec.slices)) {
  const auto problem = schedule_problem(spec);
  FS_CHECK(problem.empty(), problem);
  schedule_.spec = spec;
  schedule_.atoms = count_ * slices_;
  schedule_.atom = atom_bytes(spec);
  schedule_.padded = schedule_.atom * static_cast<std::int64_t>(schedule_.atoms);
  schedule_.sends.resize(count_);
  arrived_.assign(count_, std::vector<std::vector<std::uint64_t>>(schedule_.atoms));
  schedule_.lane_ends.resize(count_);
}

void Builder::begin_lane(std::int64_t lane) {
  const auto& spec = schedule_.spec;
  lane_ = static_cast<std::uint32_t>(lane);
  next_step_ = 0;
  for (auto& atoms : arrived_) {
    for (auto& sources : atoms) sources.clear();
  }
  base_ = spec.offset + Bytes(bucket_memory(spec)) * (lane % spec.buckets);
  const auto base = static_cast<std::uint64_t>(base_.value());
  const auto padded = static_cast<std::uint64_t>(schedule_.padded.value());
  staging_.assign(count_, base + padded);
  flags_.assign(count_, base + 2 * padded);
}

Schedule Builder::build() {
  const auto& spec = schedule_.spec;
  for (std::int64_t lane = 0; lane < spec.lanes(); ++lane) {
    begin_lane(lane);
    build_lane();
    for (Rank r = 0; r < count_; ++r) schedule_.lane_ends[r].push_back(schedule_.sends[r].size());
    FS_CHECK(*std::max_element(flags_.begin(), flags_.end()) <= schedule_memory_end(spec),
             "flags outside the schedule's memory");
  }
  return std::move(schedule_);
}

void Builder::build_lane() {
  const auto& spec = schedule_.spec;
  Team everyone{{}, 0, slices_};
  for (Rank r = 0; r < count_; ++r) everyone.ranks.push_back(r);
  const bool all_reduce = spec.collective == Collective::all_reduce;
  if (spec.collective == Collective::all_to_all) {
    all_to_all();
  } else if (spec.algorithm == Algorithm::hierarchical) {
    hierarchical();
  } else {
    if (all_reduce || spec.collective == Collective::reduce_scatter) {
      reduce_scatter({everyone}, spec.algorithm, "reduce_scatter");
    }
    if (all_reduce || spec.collective == Collective::all_gather) all_gather({everyone}, spec.algorithm, "all_gather");
  }
}

void Builder::all_to_all() {
  begin_step("all_to_all");
  // GPU i begins with i + 1, so that at any time about one GPU writes to each.
  for (Rank distance = 1; distance < count_; ++distance) {
    for (Rank from = 0; from < count_; ++from) {
      const Rank to = (from + distance) % count_;
      for (std::uint32_t slice = 0; slice < slices_; ++slice) send(from, to, to * slices_ + slice, 1, false);
    }
  }
  end_step();
}

void Builder::hierarchical() {
  const auto& spec = schedule_.spec;
  const auto group = static_cast<std::uint32_t>(spec.group);
  const std::uint32_t groups = count_ / group;
  std::vector<Team> inside, between;
  for (std::uint32_t k = 0; k < groups; ++k) {
    inside.push_back({{}, 0, groups * slices_});
    for (std::uint32_t i = 0; i < group; ++i) inside.back().ranks.push_back(k * group + i);
  }
  // The i-th members of all groups share the i-th chunk of the reduction inside.
  for (std::uint32_t i = 0; i < group; ++i) {
    between.push_back({{}, i * groups * slices_, slices_});
    for (std::uint32_t k = 0; k < groups; ++k) between.back().ranks.push_back(k * group + i);
  }
  reduce_scatter(inside, spec.inside, "inside reduce_scatter");
  reduce_scatter(between, spec.between, "between reduce_scatter");
  all_gather(between, spec.between, "between all_gather");
  all_gather(inside, spec.inside, "inside all_gather");
}

void Builder::reduce_scatter(const std::vector<Team>& teams, Algorithm algorithm, const std::string& name) {
  const std::size_t n = teams.front().ranks.size();
  if (algorithm == Algorithm::direct) {
    if (n > 1) begin_step(name);
    for (std::size_t distance = 1; distance < n; ++distance) {
      for (const auto& team : teams) {
        for (std::size_t i = 0; i < n; ++i) send_chunk(team, i, (i + distance) % n, (i + distance) % n, true);
      }
    }
    end_step();
    return;
  }
  // Chunk c sets out at member c + 1 and has met every member when it reaches member c.
  for (std::size_t step = 0; step + 1 < n; ++step) {
    begin_step(name + " " + std::to_string(step));
    for (const auto& team : teams) {
      for (std::size_t i = 0; i < n; ++i) send_chunk(team, i, (i + 1) % n, (i + 2 * n - 1 - step) % n, true);
    }
    end_step();
  }
}

void Builder::all_gather(const std::vector<Team>& teams, Algorithm algorithm, const std::string& name) {
  const std::size_t n = teams.front().ranks.size();
  if (algorithm == Algorithm::direct) {
    if (n > 1) begin_step(name);
    for (std::size_t distance = 1; distance < n; ++distance) {
      for (const auto& team : teams) {
        for (std::size_t i = 0; i < n; ++i) send_chunk(team, i, (i + distance) % n, i, false);
      }
    }
    end_step();
    return;
  }
  for (std::size_t step = 0; step + 1 < n; ++step) {
    begin_step(name + " " + std::to_string(step));
    for (const auto& team : teams) {
      for (std::size_t i = 0; i < n; ++i) send_chunk(team, i, (i + 1) % n, (i + n - step) % n, false);
    }
    end_step();
  }
}

void Builder::begin_step(const std::string& name) {
  if (next_step_++ == schedule_.steps.size()) schedule_.steps.push_back(name);
}

/// What arrives in a step is there for the next one, not for its own.
void Builder::end_step() {
  for (const auto& arrival : step_arrivals_) {
    const auto& message = schedule_.message(arrival.id);
    for (std::uint32_t a = 0; a < message.atoms; ++a) {
      auto& sources = arrived_[arrival.rank][message.first_atom + a];
      if (!message.reduces) sources.clear();
      sources.push_back(arrival.id);
    }
  }
  step_arrivals_.clear();
}

void Builder::send_chunk(const Team& team, std::size_t from, std::size_t to, std::size_t chunk, bool reduces) {
  const std::uint32_t part = team.chunk_atoms / slices_;
  for (std::uint32_t slice = 0; slice < slices_; ++slice) {
    const auto first = team.first_atom + static_cast<std::uint32_t>(chunk) * team.chunk_atoms + slice * part;
    send(team.ranks[from], team.ranks[to], first, part, reduces);
  }
}

void Builder::send(Rank from, Rank to, std::uint32_t first_atom, std::uint32_t atoms, bool reduces) {
  Message message;
  message.id = schedule_.messages.size() + 1;
  message.src = schedule_.spec.gpus[from];
  message.dst = schedule_.spec.gpus[to];
  message.step = next_step_ - 1;
  message.lane = lane_;
  message.reduces = reduces;
  message.first_atom = first_atom;
  message.atoms = atoms;
  message.bytes = schedule_.atom * atoms;
  message.after = sources_of(from, first_atom, atoms);
  place(message, to);
  schedule_.sends[from].push_back(message.id);
  // An all_to_all forwards nothing: what arrives is no part of the buffer that is sent.
  if (schedule_.spec.collective != Collective::all_to_all) step_arrivals_.push_back({to, message.id});
  schedule_.messages.push_back(std::move(message));
}

std::vector<std::uint64_t> Builder::sources_of(Rank rank, std::uint32_t first_atom, std::uint32_t atoms) const {
  std::vector<std::uint64_t> sources;
  for (std::uint32_t a = first_atom; a < first_atom + atoms; ++a) {
    sources.insert(sources.end(), arrived_[rank][a].begin(), arrived_[rank][a].end());
  }
  std::sort(sources.begin(), sources.end());
  sources.erase(std::unique(sources.begin(), sources.end()), sources.end());
  return sources;
}

void Builder::place(Message& message, Rank to) {
  const bool staged = message.reduces || schedule_.spec.collective == Collective::all_to_all;
  if (staged) {
    message.offset = staging_[to];
    staging_[to] += static_cast<std::uint64_t>(message.bytes.value());
  } else {
    message.offset = static_cast<std::uint64_t>((base_ + schedule_.atom * message.first_atom).value());
  }
  message.flag_offset = flags_[to];
  flags_[to] += Schedule::flag_bytes;
}

}  // namespace

std::string schedule_problem(const ScheduleSpec& spec) {
  constexpr std::int64_t most_messages = 20'000'000;
  const auto count = static_cast<std::int64_t>(spec.gpus.size());
  if (count < 2) return "a collective needs at least two GPUs";
  if (std::set<NodeId>(spec.gpus.begin(), spec.gpus.end()).size() != spec.gpus.size()) return "a GPU is named twice";
  if (spec.size < Bytes(1) || spec.size > Bytes(1LL << 50)) return "the size must be 1 B to 1 PiB";
  if (spec.slices < 1 || spec.slices > 1024) return "slices must be 1 to 1024";
  if (spec.iterations < 1 || spec.iterations > 10'000) return "iterations must be 1 to 10000";
  if (spec.buckets < 1 || spec.buckets > 1024) return "buckets must be 1 to 1024";
  if (2 * count * count * spec.slices > most_messages / spec.lanes()) {
    return "over twenty million messages: fewer slices, buckets, iterations or GPUs";
  }
  if (spec.window < 1 || spec.interleave < 0) return "window must be at least 1, interleave at least 0";
  if (spec.access < Bytes(1) || spec.access > Bytes(std::numeric_limits<std::uint32_t>::max())) {
    return "an access must be 1 to 4294967295 bytes";
  }
  if (spec.algorithm != Algorithm::hierarchical) {
    if (spec.collective == Collective::all_to_all && spec.algorithm != Algorithm::direct) {
      return "all_to_all has the algorithm direct only";
    }
    return {};
  }
  if (spec.collective != Collective::all_reduce) return "hierarchical is an algorithm of all_reduce only";
  if (spec.inside == Algorithm::hierarchical || spec.between == Algorithm::hierarchical) {
    return "inside and between groups: direct or ring";
  }
  if (spec.group < 2 || count % spec.group != 0) {
    return "the group must be at least 2 and divide the number of GPUs, " + std::to_string(count);
  }
  return {};
}

Bytes atom_bytes(const ScheduleSpec& spec) {
  const auto atoms = static_cast<std::int64_t>(spec.gpus.size()) * spec.slices;
  const auto bucket = (spec.size.value() + spec.buckets - 1) / spec.buckets;
  const auto even = (bucket + atoms - 1) / atoms;
  constexpr auto unit = Schedule::alignment;
  return Bytes((even + unit - 1) / unit * unit);
}

std::uint64_t schedule_memory_end(const ScheduleSpec& spec) {
  return static_cast<std::uint64_t>(spec.offset.value() + bucket_memory(spec) * spec.buckets);
}

Schedule make_schedule(const ScheduleSpec& spec) { return Builder(spec).build(); }

}  // namespace fs
