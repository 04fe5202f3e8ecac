// SPDX-License-Identifier: Apache-2.0
#include "workload/schedule/schedule_master.hpp"

#include <algorithm>

#include "common/check.hpp"
#include "common/wide.hpp"

namespace fs {

ScheduleRun::ScheduleRun(const Schedule& schedule, MessagePort* port)
    : schedule_(&schedule), port_(port), iterations_(static_cast<std::size_t>(schedule.spec.iterations)) {
  for (const auto& name : schedule.steps) {
    steps_.emplace_back();
    steps_.back().name = name;
  }
  for (const auto& message : schedule.messages) ++steps_[message.step].messages;
}

void ScheduleRun::begun(std::size_t iteration, Femtoseconds now) {
  iterations_[iteration].begin = std::min(iterations_[iteration].begin, now);
}

void ScheduleRun::started(const Message& message, Femtoseconds now) {
  auto& iteration = iterations_[iteration_of(message)];
  iteration.sends = std::min(iteration.sends, now);
  auto& step = steps_[message.step];
  step.start = std::min(step.start, now);
}

void ScheduleRun::delivered(const Message& message, Femtoseconds now) {
  ++delivered_;
  auto& step = steps_[message.step];
  ++step.delivered;
  step.end = std::max(step.end, now);
  auto& iteration = iterations_[iteration_of(message)];
  iteration.end = std::max(iteration.end, now);
}

ScheduleReport ScheduleRun::report() const {
  ScheduleReport report;
  report.complete = complete();
  report.steps = steps_;
  for (const auto& step : steps_) {
    report.start = std::min(report.start, step.start);
    report.end = std::max(report.end, step.end);
  }
  report.iterations = iterations_;
  report.carried = carried_;
  report.carried_bytes = carried_bytes_;
  if (!report.complete || report.end <= report.start) return report;
  const auto& spec = schedule_->spec;
  const auto n = static_cast<double>(spec.gpus.size());
  double moving = 0;  // bytes per nanosecond are GB/s
  for (const auto& iteration : iterations_) moving += to_nanoseconds(iteration.end - iteration.sends);
  report.algorithm_gbytes_per_s =
      static_cast<double>(spec.size.value()) * static_cast<double>(spec.iterations) / moving;
  const double factor = (spec.collective == Collective::all_reduce ? 2.0 : 1.0) * (n - 1) / n;
  report.bus_gbytes_per_s = report.algorithm_gbytes_per_s * factor;
  return report;
}

namespace {

/// Automatic: a ring has one message at a time for its one neighbour, a direct step one for each member.
std::size_t messages_in_turn(const ScheduleSpec& spec) {
  if (spec.interleave > 0) return static_cast<std::size_t>(spec.interleave);
  const bool direct =
      spec.algorithm == Algorithm::direct || (spec.algorithm == Algorithm::hierarchical &&
                                              (spec.inside == Algorithm::direct || spec.between == Algorithm::direct));
  return direct ? spec.gpus.size() * static_cast<std::size_t>(spec.slices) : 1;
}

}  // namespace

ScheduleMaster::ScheduleMaster(ScheduleRun& run, std::size_t member)
    : run_(&run),
      sends_(&run.schedule().sends.at(member)),
      gpu_(run.schedule().spec.gpus.at(member)),
      interleave_(messages_in_turn(run.schedule().spec)),
      arrived_(run.schedule().messages.size()) {
  const Schedule& schedule = run.schedule();
  for (const auto id : *sends_) unacknowledged_.push_back(schedule.message(id).bytes.value());
  std::size_t begin = 0;
  for (const auto end : schedule.lane_ends.at(member)) {
    lanes_.push_back({begin, end, 0, Femtoseconds::max()});
    begin = end;
  }
  expected_.assign(static_cast<std::size_t>(schedule.spec.iterations), 0);
  for (const auto& message : schedule.messages) {
    if (message.dst == gpu_) ++expected_[run.iteration_of(message)];
  }
  begin_iteration(0, schedule.spec.start);
}

void ScheduleMaster::begin_iteration(std::size_t iteration, Femtoseconds now) {
  const ScheduleSpec& spec = run_->schedule().spec;
  iteration_ = iteration;
  run_->begun(iteration, now);
  for (std::int64_t b = 0; b < spec.buckets; ++b) {
    const auto lane = iteration * static_cast<std::size_t>(spec.buckets) + static_cast<std::size_t>(b);
    const std::int64_t computed = spec.overlap ? b + 1 : spec.buckets;
    lanes_[lane].ready =
        now +
        Femtoseconds(static_cast<std::int64_t>(static_cast<Int128>(spec.compute.value()) * computed / spec.buckets));
  }
}

bool ScheduleMaster::carried(const Lane& lane) const {
  return run_->port() != nullptr && run_->port()->carries(gpu_, message_at(lane.next).dst);
}

/// Steps over what has been delivered of the messages that the lane's next one comes after.
void ScheduleMaster::count_arrivals(Lane& lane) {
  if (lane.next == lane.end) return;
  const auto& after = message_at(lane.next).after;
  while (lane.arrivals < after.size() && arrived_[after[lane.arrivals] - 1]) ++lane.arrivals;
}

bool ScheduleMaster::has_work(Femtoseconds now) const {
  if (run_->failed()) return false;
  if (window_free() && (!flags_.empty() || !sending_.empty())) return true;
  for (std::size_t l = first_open_; l < lanes_.size(); ++l) {
    const Lane& lane = lanes_[l];
    if (lane.ready > now || !waits_for_time_alone(lane)) continue;
    if (carried(lane) || (window_free() && sending_.size() < interleave_)) return true;
  }
  return false;
}

Femtoseconds ScheduleMaster::next_time(Femtoseconds now) const {
  if (has_work(now)) return now;
  Femtoseconds next = Femtoseconds::max();
  for (std::size_t l = first_open_; l < lanes_.size() && !run_->failed(); ++l) {
    if (lanes_[l].ready > now && waits_for_time_alone(lanes_[l])) next = std::min(next, lanes_[l].ready);
  }
  return next;
}

Access ScheduleMaster::flag_write(std::uint64_t place, Femtoseconds now) const {
  const auto& message = run_->schedule().message((*sends_)[place]);
  Access access;
  access.op = AccessOp::write;
  access.target = message.dst;
  access.offset = message.flag_offset;
  access.bytes = static_cast<std::uint32_t>(Schedule::flag_bytes);
  access.tag = place;
  access.message = message.id;
  access.due = now;
  return access;
}

Access ScheduleMaster::data_write(Femtoseconds now) {
  if (turn_ >= sending_.size()) turn_ = 0;
  auto& sending = sending_[turn_];
  const auto& message = run_->schedule().message((*sends_)[sending.place]);
  const auto bytes = std::min(run_->schedule().spec.access.value(), message.bytes.value() - sending.issued);
  Access access;
  access.op = AccessOp::write;
  access.target = message.dst;
  access.offset = message.offset + static_cast<std::uint64_t>(sending.issued);
  access.bytes = static_cast<std::uint32_t>(bytes);
  access.tag = sending.place;
  access.due = now;
  if (sending.issued == 0) run_->started(message, now);
  sending.issued += bytes;
  if (sending.issued == message.bytes.value()) {
    sending_.erase(sending_.begin() + static_cast<std::ptrdiff_t>(turn_));
  } else {
    ++turn_;
  }
  return access;
}

/// Hands in what a carrier takes, and puts others among those being written.
void ScheduleMaster::start_messages(Femtoseconds now) {
  for (std::size_t l = first_open_; l < lanes_.size(); ++l) {
    Lane& lane = lanes_[l];
    while (lane.ready <= now && waits_for_time_alone(lane)) {
      const Message& message = message_at(lane.next);
      if (carried(lane)) {
        run_->started(message, now);
        run_->posted(message);
        run_->port()->post({message.id, message.src, message.dst, message.bytes}, now);
      } else if (window_free() && sending_.size() < interleave_) {
        sending_.push_back({lane.next, 0});
      } else {
        break;
      }
      ++lane.next;
      lane.arrivals = 0;
      count_arrivals(lane);
    }
    if (l == first_open_ && lane.next == lane.end) ++first_open_;
  }
}

std::optional<Access> ScheduleMaster::next(Femtoseconds now) {
  if (now < run_->schedule().spec.start || !has_work(now)) return std::nullopt;
  if (!flags_.empty() && window_free()) {
    ++issued_;
    return flag_write(flags_.pop(), now);
  }
  start_messages(now);
  if (sending_.empty() || !window_free()) return std::nullopt;
  ++issued_;
  return data_write(now);
}

void ScheduleMaster::completed(const AccessName& access, bool ok, Femtoseconds) {
  count_completion(ok);
  if (!ok) {
    run_->fail();
    return;
  }
  if (access.message != 0) return;
  auto& left = unacknowledged_[access.tag];
  left -= access.bytes;
  if (left == 0) flags_.push(access.tag);
}

void ScheduleMaster::delivered(std::uint64_t message, Femtoseconds now) {
  const auto& schedule = run_->schedule();
  if (message == 0 || message > schedule.messages.size() || schedule.message(message).dst != gpu_) return;
  FS_CHECK(!arrived_[message - 1], "message " + std::to_string(message) + " was delivered twice");
  arrived_[message - 1] = true;
  const Message& here = schedule.message(message);
  count_arrivals(lanes_[here.lane]);
  run_->delivered(here, now);
  const std::size_t iteration = run_->iteration_of(here);
  if (--expected_[iteration] == 0 && iteration + 1 < expected_.size()) begin_iteration(iteration + 1, now);
}

}  // namespace fs
