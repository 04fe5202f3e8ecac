// SPDX-License-Identifier: Apache-2.0
// Runs a schedule: one master a GPU, and the record of what all of them have done.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "common/quantity.hpp"
#include "common/ring.hpp"
#include "workload/schedule/message_port.hpp"
#include "workload/schedule/schedule.hpp"
#include "workload/streams/master.hpp"

namespace fs {

struct StepReport {
  std::string name;
  Femtoseconds start = Femtoseconds::max();  ///< its first write was issued; max(): none yet
  Femtoseconds end{};                        ///< its last message was delivered
  std::uint64_t messages = 0, delivered = 0;
};

/// One iteration: compute, then the collective.
struct IterationReport {
  Femtoseconds begin = Femtoseconds::max();  ///< the first GPU began to compute
  Femtoseconds sends = Femtoseconds::max();  ///< its first message set out
  Femtoseconds end{};                        ///< its last message was delivered
};

/// Bandwidths as nccl-tests defines them (doc/PERFORMANCE.md): algbw = size / time; busbw = algbw times 2 (n - 1) / n
/// for all_reduce, (n - 1) / n for the others, which is the rate at which each GPU must send.
struct ScheduleReport {
  bool complete = false;                     ///< every message delivered
  Femtoseconds start = Femtoseconds::max();  ///< first write issued
  Femtoseconds end{};                        ///< last message delivered
  double algorithm_gbytes_per_s = 0;         ///< of the size asked for, padding not counted; 0 unless complete
  double bus_gbytes_per_s = 0;
  std::vector<StepReport> steps;  ///< of all iterations and buckets
  std::vector<IterationReport> iterations;
  std::uint64_t carried = 0, carried_bytes = 0;  ///< messages that went by a carrier
};

/// Progress of one schedule, shared by its masters; outlives them.
class ScheduleRun {
 public:
  /// `schedule` must outlive the run, and `port`, where there is one.
  explicit ScheduleRun(const Schedule& schedule, MessagePort* port = nullptr);

  const Schedule& schedule() const { return *schedule_; }
  MessagePort* port() const { return port_; }
  std::size_t iteration_of(const Message& message) const {
    return message.lane / static_cast<std::size_t>(schedule_->spec.buckets);
  }
  /// A GPU begins to compute.
  void begun(std::size_t iteration, Femtoseconds now);
  void posted(const Message& message) {
    ++carried_;
    carried_bytes_ += static_cast<std::uint64_t>(message.bytes.value());
  }
  void started(const Message& message, Femtoseconds now);
  void delivered(const Message& message, Femtoseconds now);
  /// A write failed: the collective cannot end, and its masters issue nothing more.
  void fail() { failed_ = true; }
  bool failed() const { return failed_; }
  bool complete() const { return delivered_ == schedule_->messages.size(); }
  ScheduleReport report() const;

 private:
  const Schedule* schedule_;
  MessagePort* port_;
  std::vector<StepReport> steps_;
  std::vector<IterationReport> iterations_;
  std::uint64_t carried_ = 0, carried_bytes_ = 0;
  std::uint64_t delivered_ = 0;
  bool failed_ = false;
};

/// One GPU's part. A message goes out as writes of at most spec.access bytes; once all of them have been acknowledged,
/// a flag write carries the message's id (Access::message), so that its delivery means that all of it is there.
/// Messages of a lane start in the order of Schedule::sends, each when its bucket has been computed and those it comes
/// after have been delivered here; earlier lanes first. Up to `interleave` messages are written in turn; a message
/// counts no more once its last write has been issued. What the run's port carries is handed in there instead. An
/// iteration begins for a GPU when all messages to it of the one before have been delivered.
/// Reading the local buffer and adding what arrives take no time.
class ScheduleMaster final : public Master {
 public:
  /// `member`: place in spec.gpus. `run` must outlive the master.
  ScheduleMaster(ScheduleRun& run, std::size_t member);

  std::optional<Access> next(Femtoseconds now) override;
  void completed(const AccessName& access, bool ok, Femtoseconds now) override;
  /// Ids of messages to other GPUs, or of other workloads, are not for this master: give it those delivered here.
  void delivered(std::uint64_t message, Femtoseconds now) override;
  Femtoseconds next_time(Femtoseconds now) const override;
  bool finished() const override { return (run_->complete() || run_->failed()) && outstanding() == 0; }

 private:
  struct Sending {
    std::uint64_t place;  ///< in *sends_
    std::int64_t issued;  ///< bytes
  };

  /// A lane's next message, and what of it is still to be waited for.
  struct Lane {
    std::size_t next = 0, end = 0;             ///< places in *sends_
    std::size_t arrivals = 0;                  ///< how many it comes after have been delivered, from the first
    Femtoseconds ready = Femtoseconds::max();  ///< its bucket has been computed
  };

  bool window_free() const { return outstanding() < static_cast<std::uint64_t>(run_->schedule().spec.window); }
  const Message& message_at(std::size_t place) const { return run_->schedule().message((*sends_)[place]); }
  bool waits_for_time_alone(const Lane& lane) const {
    return lane.next < lane.end && lane.arrivals == message_at(lane.next).after.size();
  }
  bool carried(const Lane& lane) const;
  void begin_iteration(std::size_t iteration, Femtoseconds now);
  void start_messages(Femtoseconds now);
  void count_arrivals(Lane& lane);
  bool has_work(Femtoseconds now) const;
  Access flag_write(std::uint64_t place, Femtoseconds now) const;
  Access data_write(Femtoseconds now);

  ScheduleRun* run_;
  const std::vector<std::uint64_t>* sends_;
  NodeId gpu_;
  std::size_t interleave_;
  std::vector<Lane> lanes_;
  std::size_t first_open_ = 0;                ///< lanes before have nothing left to start
  std::size_t iteration_ = 0;                 ///< the one begun last
  std::vector<std::uint64_t> expected_;       ///< by iteration: messages still to be delivered here
  std::vector<std::int64_t> unacknowledged_;  ///< by place in *sends_: bytes of data
  std::vector<bool> arrived_;                 ///< by id - 1: delivered to this GPU
  std::vector<Sending> sending_;              ///< messages being written, at most interleave_
  std::size_t turn_ = 0;
  Ring<std::uint64_t> flags_;  ///< places in *sends_ of messages whose data has been acknowledged
};

}  // namespace fs
