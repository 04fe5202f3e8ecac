// SPDX-License-Identifier: Apache-2.0
#include "workload/schedule/schedule_master.hpp"

#include <algorithm>

#include "common/check.hpp"

namespace fs {

ScheduleRun::ScheduleRun(const Schedule& schedule) : schedule_(&schedule) {
  for (const auto& name : schedule.steps) {
    steps_.emplace_back();
    steps_.back().name = name;
  }
  for (const auto& message : schedule.messages) ++steps_[message.step].messages;
}

void ScheduleRun::started(const Message& message, Femtoseconds now) {
  auto& step = steps_[message.step];
  step.start = std::min(step.start, now);
}

void ScheduleRun::delivered(const Message& message, Femtoseconds now) {
  ++delivered_;
  auto& step = steps_[message.step];
  ++step.delivered;
  step.end = std::max(step.end, now);
}

ScheduleReport ScheduleRun::report() const {
  ScheduleReport report;
  report.complete = complete();
  report.steps = steps_;
  for (const auto& step : steps_) {
    report.start = std::min(report.start, step.start);
    report.end = std::max(report.end, step.end);
  }
  if (!report.complete || report.end <= report.start) return report;
  const auto& spec = schedule_->spec;
  const auto n = static_cast<double>(spec.gpus.size());
  // Bytes per nanosecond are GB/s.
  report.algorithm_gbytes_per_s = static_cast<double>(spec.size.value()) / to_nanoseconds(report.end - report.start);
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
  for (const auto id : *sends_) unacknowledged_.push_back(run.schedule().message(id).bytes.value());
}

bool ScheduleMaster::next_is_ready() const {
  return next_send_ < sends_->size() && sending_.size() < interleave_ &&
         arrivals_ == run_->schedule().message((*sends_)[next_send_]).after.size();
}

/// Steps over what has been delivered of the messages that the next one comes after.
void ScheduleMaster::count_arrivals() {
  if (next_send_ == sends_->size()) return;
  const auto& after = run_->schedule().message((*sends_)[next_send_]).after;
  while (arrivals_ < after.size() && arrived_[after[arrivals_] - 1]) ++arrivals_;
}

bool ScheduleMaster::has_work() const {
  return !run_->failed() && window_free() && (!flags_.empty() || !sending_.empty() || next_is_ready());
}

Femtoseconds ScheduleMaster::next_time(Femtoseconds now) const {
  return has_work() ? std::max(now, run_->schedule().spec.start) : Femtoseconds::max();
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

std::optional<Access> ScheduleMaster::next(Femtoseconds now) {
  if (now < run_->schedule().spec.start || !has_work()) return std::nullopt;
  ++issued_;
  if (!flags_.empty()) return flag_write(flags_.pop(), now);
  while (next_is_ready()) {
    sending_.push_back({next_send_++, 0});
    arrivals_ = 0;
    count_arrivals();
  }
  return data_write(now);
}

void ScheduleMaster::completed(const Access& access, bool ok, Femtoseconds) {
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
  count_arrivals();
  run_->delivered(schedule.message(message), now);
}

}  // namespace fs
