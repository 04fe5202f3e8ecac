// SPDX-License-Identifier: Apache-2.0
// Training steps: computing, buckets, iterations, and messages that no flits carry.
#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <vector>

#include "ideal_network.hpp"
#include "workload/schedule/schedule_master.hpp"

using namespace fs;

namespace {

ScheduleSpec step_of(int count, Femtoseconds compute, std::int64_t iterations = 1, std::int64_t buckets = 1,
                     bool overlap = false) {
  ScheduleSpec spec;
  spec.collective = Collective::all_reduce;
  spec.algorithm = Algorithm::direct;
  for (int i = 0; i < count; ++i) spec.gpus.push_back(static_cast<NodeId>(i));
  spec.size = Bytes(64'000);
  spec.access = Bytes(1024);
  spec.compute = compute;
  spec.iterations = iterations;
  spec.buckets = buckets;
  spec.overlap = overlap;
  return spec;
}

struct StepRun {
  explicit StepRun(const ScheduleSpec& spec, MessagePort* port = nullptr)
      : schedule(make_schedule(spec)), run(schedule, port), network(usual_latency) {
    for (std::size_t r = 0; r < spec.gpus.size(); ++r) {
      network.add(spec.gpus[r], std::make_unique<ScheduleMaster>(run, r));
    }
  }
  ScheduleReport go() {
    network.run();
    return run.report();
  }
  Schedule schedule;
  ScheduleRun run;
  IdealNetwork network;
};

/// Takes messages between even and odd GPUs, and delivers none by itself.
class Pigeons final : public MessagePort {
 public:
  bool carries(NodeId source, NodeId target) const override { return index(source) % 2 != index(target) % 2; }
  void post(const CarriedMessage& message, Femtoseconds now) override { posted.emplace_back(message, now); }
  std::vector<std::pair<CarriedMessage, Femtoseconds>> posted;
};

}  // namespace

TEST(Step, BeginsItsCollectiveWhenAllIsComputed) {
  const auto plain = StepRun(step_of(4, Femtoseconds(0))).go();
  const auto computed = StepRun(step_of(4, microseconds(50))).go();
  ASSERT_TRUE(computed.complete);
  EXPECT_EQ(computed.start, microseconds(50));
  EXPECT_EQ(computed.end, plain.end + microseconds(50));
  EXPECT_EQ(computed.iterations[0].begin, Femtoseconds(0));
  EXPECT_EQ(computed.iterations[0].sends, microseconds(50));
  EXPECT_DOUBLE_EQ(computed.bus_gbytes_per_s, plain.bus_gbytes_per_s);
}

TEST(Step, BeginsTheNextIterationWithWhatTheLastOneWasFor) {
  const auto once = StepRun(step_of(4, microseconds(50))).go();
  const auto thrice = StepRun(step_of(4, microseconds(50), 3)).go();
  ASSERT_TRUE(thrice.complete);
  ASSERT_EQ(thrice.iterations.size(), 3U);
  for (std::size_t i = 0; i < 3; ++i) {
    const auto& iteration = thrice.iterations[i];
    EXPECT_EQ(iteration.end - iteration.begin, once.end) << i;
    if (i > 0) {
      EXPECT_EQ(iteration.begin, thrice.iterations[i - 1].end);
    }
  }
}

TEST(Step, HidesAllButTheLastBucket) {
  const auto at_the_end = StepRun(step_of(4, microseconds(80), 1, 8)).go();
  const auto overlapped = StepRun(step_of(4, microseconds(80), 1, 8, true)).go();
  ASSERT_TRUE(overlapped.complete);
  EXPECT_EQ(at_the_end.start, microseconds(80));
  EXPECT_EQ(overlapped.start, microseconds(10));
  // One bucket by itself is two steps of two round trips, data and flag (the last flag is there after half of one).
  EXPECT_EQ(overlapped.end, microseconds(80) + usual_latency * 3);
  EXPECT_GE(at_the_end.end, overlapped.end);
}

TEST(Step, SendsTheSameBytesInBuckets) {
  auto whole = step_of(4, Femtoseconds(0));
  auto cut = step_of(4, Femtoseconds(0), 2, 4);
  whole.size = cut.size = Bytes(64 * 1024);
  std::int64_t bytes[2] = {0, 0};
  const ScheduleSpec* specs[2] = {&whole, &cut};
  for (int i = 0; i < 2; ++i) {
    const auto schedule = make_schedule(*specs[i]);
    for (const auto& message : schedule.messages) bytes[i] += message.bytes.value();
    EXPECT_LE(schedule.padded.value() * specs[i]->buckets, 64 * 1024);
  }
  EXPECT_EQ(bytes[1], 2 * bytes[0]);
}

TEST(Step, KeepsBucketsApartInMemory) {
  const auto spec = step_of(4, Femtoseconds(0), 1, 4);
  const auto schedule = make_schedule(spec);
  std::map<NodeId, std::map<std::uint64_t, std::uint64_t>> flags;
  for (const auto& message : schedule.messages) {
    EXPECT_TRUE(flags[message.dst].emplace(message.flag_offset, message.id).second);
    EXPECT_LE(message.flag_offset + 16, schedule_memory_end(spec));
  }
}

TEST(Step, HandsInWhatIsCarriedAndWaitsForIt) {
  Pigeons pigeons;
  StepRun run(step_of(4, Femtoseconds(0)), &pigeons);
  run.network.run();
  EXPECT_FALSE(run.run.complete());
  // Each of four GPUs sends to two of the other sort in the first step.
  ASSERT_EQ(pigeons.posted.size(), 8U);
  while (!pigeons.posted.empty()) {
    const auto posted = std::exchange(pigeons.posted, {});
    for (const auto& [message, time] : posted) {
      EXPECT_EQ(run.schedule.message(message.id).bytes, message.bytes);
      run.network.master(index(message.target)).delivered(message.id, microseconds(20));
    }
    run.network.run();
  }
  EXPECT_TRUE(run.run.complete());
  EXPECT_EQ(run.run.report().carried, 16U);
}
