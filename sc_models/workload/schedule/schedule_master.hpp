// SPDX-License-Identifier: Apache-2.0
// Runs a schedule: one master a GPU, and the record of what all of them have done.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/quantity.hpp"
#include "common/ring.hpp"
#include "workload/schedule/schedule.hpp"
#include "workload/streams/master.hpp"

namespace fs {

struct StepReport {
  std::string name;
  Femtoseconds start = Femtoseconds::max();  ///< its first write was issued; max(): none yet
  Femtoseconds end{};                        ///< its last message was delivered
  std::uint64_t messages = 0, delivered = 0;
};

/// Bandwidths as nccl-tests defines them (doc/PERFORMANCE.md): algbw = size / time; busbw = algbw times 2 (n - 1) / n
/// for all_reduce, (n - 1) / n for the others, which is the rate at which each GPU must send.
struct ScheduleReport {
  bool complete = false;                     ///< every message delivered
  Femtoseconds start = Femtoseconds::max();  ///< first write issued
  Femtoseconds end{};                        ///< last message delivered
  double algorithm_gbytes_per_s = 0;         ///< of the size asked for, padding not counted; 0 unless complete
  double bus_gbytes_per_s = 0;
  std::vector<StepReport> steps;
};

/// Progress of one schedule, shared by its masters; outlives them.
class ScheduleRun {
 public:
  /// `schedule` must outlive the run.
  explicit ScheduleRun(const Schedule& schedule);

  const Schedule& schedule() const { return *schedule_; }
  void started(const Message& message, Femtoseconds now);
  void delivered(const Message& message, Femtoseconds now);
  /// A write failed: the collective cannot end, and its masters issue nothing more.
  void fail() { failed_ = true; }
  bool failed() const { return failed_; }
  bool complete() const { return delivered_ == schedule_->messages.size(); }
  ScheduleReport report() const;

 private:
  const Schedule* schedule_;
  std::vector<StepReport> steps_;
  std::uint64_t delivered_ = 0;
  bool failed_ = false;
};

/// One GPU's part. A message goes out as writes of at most spec.access bytes; once all of them have been acknowledged,
/// a flag write carries the message's id (Access::message), so that its delivery means that all of it is there.
/// Messages start in the order of Schedule::sends, each when those it comes after have been delivered here. Up to
/// `interleave` messages are written in turn; a message counts no more once its last write has been issued.
/// Reading the local buffer and adding what arrives take no time.
class ScheduleMaster final : public Master {
 public:
  /// `member`: place in spec.gpus. `run` must outlive the master.
  ScheduleMaster(ScheduleRun& run, std::size_t member);

  std::optional<Access> next(Femtoseconds now) override;
  void completed(const Access& access, bool ok, Femtoseconds now) override;
  /// Ids of messages to other GPUs, or of other workloads, are not for this master: give it those delivered here.
  void delivered(std::uint64_t message, Femtoseconds now) override;
  Femtoseconds next_time(Femtoseconds now) const override;
  bool finished() const override { return (run_->complete() || run_->failed()) && outstanding() == 0; }

 private:
  struct Sending {
    std::uint64_t place;  ///< in *sends_
    std::int64_t issued;  ///< bytes
  };

  bool window_free() const { return outstanding() < static_cast<std::uint64_t>(run_->schedule().spec.window); }
  bool next_is_ready() const;
  void count_arrivals();
  bool has_work() const;
  Access flag_write(std::uint64_t place, Femtoseconds now) const;
  Access data_write(Femtoseconds now);

  ScheduleRun* run_;
  const std::vector<std::uint64_t>* sends_;
  NodeId gpu_;
  std::size_t interleave_;
  std::size_t next_send_ = 0;                 ///< place in *sends_ of the first message not started
  std::size_t arrivals_ = 0;                  ///< how many it comes after have been delivered, from the first
  std::vector<std::int64_t> unacknowledged_;  ///< by place in *sends_: bytes of data
  std::vector<bool> arrived_;                 ///< by id - 1: delivered to this GPU
  std::vector<Sending> sending_;              ///< messages being written, at most interleave_
  std::size_t turn_ = 0;
  Ring<std::uint64_t> flags_;  ///< places in *sends_ of messages whose data has been acknowledged
};

}  // namespace fs
