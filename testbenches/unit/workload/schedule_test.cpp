// SPDX-License-Identifier: Apache-2.0
#include "workload/schedule/schedule_master.hpp"

#include <map>
#include <memory>
#include <set>
#include <tuple>
#include <vector>

#include <gtest/gtest.h>

#include "ideal_network.hpp"

using namespace fs;

namespace {

ScheduleSpec spec_of(Collective collective, Algorithm algorithm, int count, std::int64_t slices = 1) {
  ScheduleSpec spec;
  spec.collective = collective;
  spec.algorithm = algorithm;
  for (int i = 0; i < count; ++i) spec.gpus.push_back(static_cast<NodeId>(2 * i + 1));
  spec.size = Bytes(100'000);
  spec.slices = slices;
  spec.access = Bytes(1024);
  return spec;
}

ScheduleSpec hierarchical(int count, int group, Algorithm inside, Algorithm between, std::int64_t slices = 1) {
  auto spec = spec_of(Collective::all_reduce, Algorithm::hierarchical, count, slices);
  spec.group = group;
  spec.inside = inside;
  spec.between = between;
  return spec;
}

/// Whose contributions are in one atom of a buffer, and how often.
using Content = std::map<std::size_t, int>;

/// Runs a schedule on the ideal network and does to buffers of contributions what its messages say.
class Rehearsal {
 public:
  explicit Rehearsal(const ScheduleSpec& spec, Femtoseconds jitter = Femtoseconds(0), std::uint64_t seed = 1)
      : schedule_(make_schedule(spec)), run_(schedule_), network_(usual_latency, jitter, seed) {
    const auto count = spec.gpus.size();
    const auto chunk = schedule_.atoms / count;
    buffers_.assign(count, std::vector<Content>(schedule_.atoms));
    for (std::size_t r = 0; r < count; ++r) {
      rank_[spec.gpus[r]] = r;
      for (std::size_t a = 0; a < schedule_.atoms; ++a) {
        if (spec.collective != Collective::all_gather || a / chunk == r) buffers_[r][a][r] = 1;
      }
      network_.add(spec.gpus[r], std::make_unique<ScheduleMaster>(run_, r));
    }
    network_.issued = [this](NodeId gpu, const Access& access, Femtoseconds) { issue(gpu, access); };
    network_.performed = [this](NodeId gpu, const Access& access, Femtoseconds) { perform(gpu, access); };
    network_.run();
  }

  const Schedule& schedule() const { return schedule_; }
  ScheduleReport report() const { return run_.report(); }
  bool finished() const { return network_.finished(); }
  const Content& content(std::size_t rank, std::size_t atom) const { return buffers_[rank][atom]; }
  std::int64_t payload_sent(std::size_t rank) { return payload_[rank]; }

 private:
  std::vector<Content> part(std::size_t rank, const Message& message) const {
    const auto from = buffers_[rank].begin() + message.first_atom;
    return {from, from + message.atoms};
  }
  void issue(NodeId gpu, const Access& access) {
    const auto rank = rank_.at(gpu);
    if (access.message != 0) {
      const auto& message = schedule_.message(access.message);
      EXPECT_EQ(access.bytes, 16U);
      EXPECT_EQ(access.offset, message.flag_offset);
      EXPECT_EQ(performed_bytes_[access.message], message.bytes.value()) << "a flag before its data";
      EXPECT_EQ(in_flight_.at(access.message), part(rank, message)) << "a buffer changed while it was being sent";
      return;
    }
    payload_[rank] += access.bytes;
    const auto& message = find(gpu, access);
    if (access.offset == message.offset) in_flight_[message.id] = part(rank, message);
  }
  void perform(NodeId gpu, const Access& access) {
    if (access.message == 0) {
      performed_bytes_[find(gpu, access).id] += access.bytes;
      return;
    }
    const auto& message = schedule_.message(access.message);
    auto& buffer = buffers_[rank_.at(message.dst)];
    for (std::uint32_t a = 0; a < message.atoms; ++a) {
      auto& mine = buffer[message.first_atom + a];
      const auto& theirs = in_flight_.at(message.id)[a];
      if (!message.reduces) mine.clear();
      for (const auto& [who, times] : theirs) mine[who] += times;
    }
  }
  /// The message that a data write belongs to: by place alone, as the receiver's memory would see it. Gathers of one
  /// atom reach a GPU once, what is staged has a place of its own, so it is unique.
  const Message& find(NodeId gpu, const Access& access) const {
    for (const auto& message : schedule_.messages) {
      if (message.src == gpu && message.dst == access.target && access.offset >= message.offset &&
          access.offset + access.bytes <= message.offset + static_cast<std::uint64_t>(message.bytes.value())) {
        return message;
      }
    }
    throw std::logic_error("a write outside every message");
  }

  Schedule schedule_;
  ScheduleRun run_;
  IdealNetwork network_;
  std::map<NodeId, std::size_t> rank_;
  std::vector<std::vector<Content>> buffers_;
  std::map<std::uint64_t, std::vector<Content>> in_flight_;  ///< by message: what its data was when it set out
  std::map<std::uint64_t, std::int64_t> performed_bytes_;
  std::map<std::size_t, std::int64_t> payload_;
};

Content everyone(std::size_t count) {
  Content content;
  for (std::size_t r = 0; r < count; ++r) content[r] = 1;
  return content;
}

void expect_all_reduced(const ScheduleSpec& spec, Femtoseconds jitter = Femtoseconds(0), std::uint64_t seed = 1) {
  Rehearsal rehearsal(spec, jitter, seed);
  ASSERT_TRUE(rehearsal.finished());
  ASSERT_TRUE(rehearsal.report().complete);
  const auto n = spec.gpus.size();
  const auto& schedule = rehearsal.schedule();
  const auto expected = schedule.padded.value() / static_cast<std::int64_t>(n) * 2 * static_cast<std::int64_t>(n - 1);
  for (std::size_t r = 0; r < n; ++r) {
    EXPECT_EQ(rehearsal.payload_sent(r), expected) << "2 (n - 1) / n of the buffer";
    for (std::size_t a = 0; a < schedule.atoms; ++a) ASSERT_EQ(rehearsal.content(r, a), everyone(n));
  }
}

}  // namespace

TEST(Schedule, RingAllReduceAddsEveryContributionOnceEverywhere) {
  for (const int n : {2, 3, 5, 8}) {
    for (const int slices : {1, 3}) expect_all_reduced(spec_of(Collective::all_reduce, Algorithm::ring, n, slices));
  }
}

TEST(Schedule, DirectAllReduceAddsEveryContributionOnceEverywhere) {
  for (const int n : {2, 3, 8}) expect_all_reduced(spec_of(Collective::all_reduce, Algorithm::direct, n, 2));
}

TEST(Schedule, HierarchicalAllReduceAddsEveryContributionOnceEverywhere) {
  for (const auto inside : {Algorithm::ring, Algorithm::direct}) {
    for (const auto between : {Algorithm::ring, Algorithm::direct}) {
      for (const auto& [n, group] : {std::pair{4, 2}, {12, 3}, {12, 4}, {6, 6}}) {
        expect_all_reduced(hierarchical(n, group, inside, between, 2));
      }
    }
  }
}

TEST(Schedule, AllReduceHoldsWhenGpusFallOutOfStep) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    expect_all_reduced(spec_of(Collective::all_reduce, Algorithm::ring, 6, 2), usual_latency * 20, seed);
    expect_all_reduced(spec_of(Collective::all_reduce, Algorithm::direct, 6, 2), usual_latency * 20, seed);
    expect_all_reduced(hierarchical(12, 3, Algorithm::ring, Algorithm::ring, 2), usual_latency * 20, seed);
    expect_all_reduced(hierarchical(12, 4, Algorithm::direct, Algorithm::direct), usual_latency * 20, seed);
  }
}

TEST(Schedule, ReduceScatterLeavesEachMemberItsChunkOfTheSum) {
  for (const auto algorithm : {Algorithm::ring, Algorithm::direct}) {
    Rehearsal rehearsal(spec_of(Collective::reduce_scatter, algorithm, 6, 2));
    ASSERT_TRUE(rehearsal.finished());
    for (std::size_t r = 0; r < 6; ++r) {
      EXPECT_EQ(rehearsal.content(r, 2 * r), everyone(6));
      EXPECT_EQ(rehearsal.content(r, 2 * r + 1), everyone(6));
      EXPECT_EQ(rehearsal.payload_sent(r), rehearsal.schedule().padded.value() / 6 * 5);
    }
  }
}

TEST(Schedule, AllGatherBringsEachMembersChunkEverywhere) {
  for (const auto algorithm : {Algorithm::ring, Algorithm::direct}) {
    Rehearsal rehearsal(spec_of(Collective::all_gather, algorithm, 6, 2));
    ASSERT_TRUE(rehearsal.finished());
    for (std::size_t r = 0; r < 6; ++r) {
      for (std::size_t a = 0; a < 12; ++a) EXPECT_EQ(rehearsal.content(r, a), (Content{{a / 2, 1}}));
    }
  }
}

TEST(Schedule, AllToAllSendsEachPairItsChunkOnce) {
  Rehearsal rehearsal(spec_of(Collective::all_to_all, Algorithm::direct, 5, 2));
  ASSERT_TRUE(rehearsal.finished());
  const auto& schedule = rehearsal.schedule();
  std::set<std::tuple<NodeId, NodeId, std::uint32_t>> seen;
  for (const auto& message : schedule.messages) {
    seen.insert({message.src, message.dst, message.first_atom});
    EXPECT_EQ(schedule.spec.gpus[message.first_atom / 2], message.dst) << "chunk j goes to member j";
    EXPECT_TRUE(message.after.empty());
  }
  EXPECT_EQ(seen.size(), 5U * 4 * 2);
  EXPECT_EQ(schedule.messages.size(), seen.size());
  for (std::size_t r = 0; r < 5; ++r) EXPECT_EQ(rehearsal.payload_sent(r), schedule.padded.value() / 5 * 4);
}

TEST(Schedule, PadsToSixteenBytesAnAtom) {
  auto spec = spec_of(Collective::all_reduce, Algorithm::ring, 3, 2);
  spec.size = Bytes(100);
  const auto schedule = make_schedule(spec);
  EXPECT_EQ(schedule.atom, Bytes(32)) << "100 / 6 = 16.67";
  EXPECT_EQ(schedule.padded, Bytes(192));
  spec.size = Bytes(96);
  EXPECT_EQ(make_schedule(spec).padded, Bytes(96));
}

TEST(Schedule, StagedChunksAndFlagsNeverShareAPlace) {
  for (const auto& spec : {hierarchical(12, 3, Algorithm::direct, Algorithm::ring, 2),
                           spec_of(Collective::all_to_all, Algorithm::direct, 7, 1)}) {
    const auto schedule = make_schedule(spec);
    std::map<NodeId, std::map<std::uint64_t, std::uint64_t>> ranges;  // by GPU: begin to end
    for (const auto& message : schedule.messages) {
      auto& mine = ranges[message.dst];
      EXPECT_TRUE(mine.insert({message.flag_offset, message.flag_offset + 16}).second);
      const bool staged = message.reduces || spec.collective == Collective::all_to_all;
      const auto end = message.offset + static_cast<std::uint64_t>(message.bytes.value());
      if (staged) {
        EXPECT_TRUE(mine.insert({message.offset, end}).second);
      }
    }
    for (const auto& gpu : ranges) {
      std::uint64_t free = static_cast<std::uint64_t>(schedule.padded.value());
      for (const auto& [begin, end] : gpu.second) {
        EXPECT_GE(begin, free);
        free = end;
      }
      EXPECT_EQ(free, schedule_memory_end(spec)) << "the last byte is used";
    }
  }
}

TEST(ScheduleMaster, RingTakesItsStepsOneAfterTheOther) {
  // Data is acknowledged after one latency, the flag is there half a latency later.
  auto spec = spec_of(Collective::all_reduce, Algorithm::ring, 4);
  spec.start = microseconds(7);
  const Rehearsal rehearsal(spec);
  const auto report = rehearsal.report();
  ASSERT_EQ(report.steps.size(), 6U);
  const auto step = usual_latency + usual_latency / 2;
  for (std::size_t s = 0; s < 6; ++s) {
    EXPECT_EQ(report.steps[s].start, spec.start + step * static_cast<std::int64_t>(s));
    EXPECT_EQ(report.steps[s].end, report.steps[s].start + step);
    EXPECT_EQ(report.steps[s].delivered, 4U);
  }
  const double seconds = 9e-6;
  EXPECT_NEAR(report.algorithm_gbytes_per_s, 100'000 / seconds / 1e9, 1e-9);
  EXPECT_NEAR(report.bus_gbytes_per_s, 100'000 / seconds / 1e9 * 1.5, 1e-9);
}

TEST(ScheduleMaster, WindowBoundsTheWritesOutstanding) {
  auto spec = spec_of(Collective::all_gather, Algorithm::ring, 2);
  spec.size = Bytes(2 * 10 * 1024);
  spec.window = 2;
  const Rehearsal rehearsal(spec);
  EXPECT_EQ(rehearsal.report().end, usual_latency * 5 + usual_latency / 2) << "ten writes two at a time, then the flag";
}

TEST(ScheduleMaster, InterleavesTheMessagesOfADirectStep) {
  for (const std::int64_t interleave : {1, 3}) {
    auto spec = spec_of(Collective::all_to_all, Algorithm::direct, 4);
    spec.interleave = interleave;
    const auto schedule = make_schedule(spec);
    ScheduleRun run(schedule);
    ScheduleMaster master(run, 0);
    std::vector<NodeId> targets;
    for (int i = 0; i < 3; ++i) targets.push_back(master.next(Femtoseconds(0))->target);
    const std::vector<NodeId> in_turn{NodeId{3}, NodeId{5}, NodeId{7}}, one{NodeId{3}, NodeId{3}, NodeId{3}};
    EXPECT_EQ(targets, interleave == 1 ? one : in_turn);
  }
}

TEST(ScheduleMaster, AFailedWriteEndsTheCollectiveIncomplete) {
  const auto schedule = make_schedule(spec_of(Collective::all_reduce, Algorithm::ring, 3));
  ScheduleRun run(schedule);
  IdealNetwork network(usual_latency);
  for (std::size_t r = 0; r < 3; ++r) network.add(schedule.spec.gpus[r], std::make_unique<ScheduleMaster>(run, r));
  network.succeeds = [](const Access& access) { return access.target != NodeId{3}; };
  network.run();
  EXPECT_TRUE(network.finished());
  EXPECT_TRUE(run.failed());
  EXPECT_FALSE(run.report().complete);
  EXPECT_EQ(run.report().bus_gbytes_per_s, 0.0);
}

TEST(ScheduleProblem, RefusesWhatCannotBeScheduled) {
  EXPECT_EQ(schedule_problem(hierarchical(12, 4, Algorithm::ring, Algorithm::ring)), "");
  EXPECT_NE(schedule_problem(hierarchical(12, 5, Algorithm::ring, Algorithm::ring)), "");
  EXPECT_NE(schedule_problem(hierarchical(12, 1, Algorithm::ring, Algorithm::ring)), "");
  EXPECT_NE(schedule_problem(spec_of(Collective::all_to_all, Algorithm::ring, 4)), "");
  EXPECT_NE(schedule_problem(spec_of(Collective::all_gather, Algorithm::hierarchical, 4)), "");
  EXPECT_NE(schedule_problem(spec_of(Collective::all_reduce, Algorithm::ring, 1)), "");
  auto twice = spec_of(Collective::all_reduce, Algorithm::ring, 3);
  twice.gpus[2] = twice.gpus[0];
  EXPECT_NE(schedule_problem(twice), "");
}
