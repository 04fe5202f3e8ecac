// SPDX-License-Identifier: Apache-2.0
#include "transport/channel/long_haul_channel.hpp"

#include <algorithm>

#include "common/check.hpp"

namespace fs {
namespace {

double exponential(RandomStream& draws) {
  return -portable_log(static_cast<double>((draws.next() >> 11) + 1) * 0x1.0p-53);
}

}  // namespace

LongHaulChannel::LongHaulChannel(const Spec& spec)
    : spec_(spec), byte_clock_(spec.rate.value(), 1), drops_(spec.seed, spec.name, "drop") {
  const LightCourse* courses[2] = {spec.line.get(), spec.spare.get()};
  const char* const purposes[2] = {"errors", "spare_errors"};
  for (std::size_t i = 0; i < 2; ++i) {
    lines_[i].course = courses[i];
    lines_[i].flight = (courses[i] != nullptr ? courses[i]->delay() : spec.delay) + spec.latency;
    lines_[i].draws = RandomStream(spec.seed, spec.name, purposes[i]);
    lines_[i].luck = exponential(lines_[i].draws);
  }
  if (spec.spare != nullptr && spec.recovery.kind != LineRecovery::Kind::none) {
    FS_CHECK(spec.line != nullptr, "a spare line protects a line");
    selection_.emplace(spec.recovery, *spec.line, *spec.spare);
  }
}

void LongHaulChannel::look(LineState& line, Femtoseconds at) {
  if (at < line.known_until) return;
  line.state = line.course->at(at);
  line.known_until = line.course->constant_until(at);
}

LongHaulChannel::Fate LongHaulChannel::fate(LineState& line, Femtoseconds begin, Femtoseconds end,
                                            std::uint32_t bytes) {
  if (line.course == nullptr) return Fate::arrives;
  look(line, begin);
  if (!line.state.lit) return Fate::dark;
  if (!line.state.tracked) return Fate::untracked;
  double failure = line.state.codeword_failure;
  if (line.known_until <= end) {  // the light changes while the packet leaves: its end decides too
    look(line, end);
    if (!line.state.lit) return Fate::dark;
    if (!line.state.tracked) return Fate::untracked;
    failure = std::max(failure, line.state.codeword_failure);
  }
  if (failure >= 1.0) return Fate::errors;
  if (failure < 1e-30) return Fate::arrives;
  line.luck += codewords_touched(line.course->mode().fec, bytes) * portable_log(1.0 - failure);
  if (line.luck > 0) return Fate::arrives;
  line.luck = exponential(line.draws);
  return Fate::errors;
}

void LongHaulChannel::count(Fate fate) {
  if (fate == Fate::dark) ++counts_.dark;
  if (fate == Fate::untracked) ++counts_.untracked;
  if (fate == Fate::errors) ++counts_.errors;
}

void LongHaulChannel::put(LineState& line, Femtoseconds end, const WirePacket& packet) {
  line.arriving.push({end + line.flight, packet});
  if (packet.damaged) ++damaged_;
}

void LongHaulChannel::send_over_one(LineState& line, Femtoseconds begin, Femtoseconds end, const WirePacket& packet) {
  const Fate how = fate(line, begin, end, packet.bytes);
  if (how == Fate::arrives) return put(line, end, packet);
  if (!packet.damaged) count(how);
  if (how != Fate::errors || !spec_.deliver_damaged) return;
  WirePacket damaged = packet;
  damaged.damaged = true;
  put(line, end, damaged);
}

void LongHaulChannel::send_over_both(Femtoseconds begin, Femtoseconds end, const WirePacket& packet) {
  int copies = 0;
  Fate selected_fate = Fate::arrives;
  for (int i = 0; i < 2; ++i) {
    LineState& line = lines_[static_cast<std::size_t>(i)];
    const Fate how = fate(line, begin, end, packet.bytes);
    if (selection_->at(end + line.course->delay()) != i) continue;  // chosen before the transponder
    if (how != Fate::arrives) {
      selected_fate = how;
      continue;
    }
    put(line, end, packet);
    ++copies;
  }
  if (packet.damaged) return;
  if (copies == 2) ++counts_.twice;
  if (copies > 0) return;
  if (selected_fate == Fate::arrives) ++counts_.unselected;
  count(selected_fate);
}

void LongHaulChannel::send(Femtoseconds now, const WirePacket& packet) {
  if (now > free_at_) {  // after silence bytes are counted anew, so that rates stay exact
    busy_since_ = now;
    busy_bytes_ = 0;
  }
  WirePacket sent = packet;
  const Femtoseconds begin = std::max(now, free_at_);
  busy_bytes_ += packet.bytes;
  const Femtoseconds end = busy_since_ + byte_clock_.end_of(busy_bytes_);
  free_at_ = end;
  ++counts_.sent;
  bytes_sent_ += packet.bytes;
  if (spec_.drop > 0 && drops_.chance(spec_.drop)) {
    ++counts_.dropped;
    if (!spec_.deliver_damaged) return;
    sent.damaged = true;
  }
  if (selection_ && spec_.recovery.kind == LineRecovery::Kind::one_plus_one) return send_over_both(begin, end, sent);
  const int line = selection_ ? selection_->at(begin) : 0;
  send_over_one(lines_[static_cast<std::size_t>(line)], begin, end, sent);
}

Femtoseconds LongHaulChannel::next_arrival() const {
  Femtoseconds next = Femtoseconds::max();
  for (const auto& line : lines_) {
    if (!line.arriving.empty()) next = std::min(next, line.arriving.front().time);
  }
  return next;
}

WirePacket LongHaulChannel::take() {
  auto& first = lines_[0].arriving;
  auto& second = lines_[1].arriving;
  const bool from_second = first.empty() || (!second.empty() && second.front().time < first.front().time);
  const WirePacket packet = (from_second ? second : first).pop().packet;
  packet.damaged ? --damaged_ : ++counts_.received;
  return packet;
}

}  // namespace fs
