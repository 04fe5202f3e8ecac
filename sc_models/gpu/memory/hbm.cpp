// SPDX-License-Identifier: Apache-2.0
#include "gpu/memory/hbm.hpp"

#include <algorithm>
#include <stdexcept>

namespace fs {

namespace {

void require(bool condition, const char* message) {
  if (!condition) throw std::invalid_argument(message);
}

}  // namespace

Hbm::Hbm(const HbmConfig& config) : config_(config) {
  require(config.size > Bytes(0), "hbm.size must be positive");
  require(config.channels > 0, "hbm.channels must be positive");
  require(config.bandwidth > BitsPerSecond(0), "hbm.bandwidth must be positive");
  require(config.queue > 0, "hbm.queue must be positive");
  const bool cached = config.l2.size > Bytes(0);
  const Bytes grain = cached ? config.l2.line : config.burst;
  require(grain > Bytes(0) && grain <= config.interleave && config.interleave % grain == Bytes(0),
          "hbm.interleave must be a multiple of the L2 line (of hbm.burst without an L2)");
  interleave_ = static_cast<std::uint64_t>(config.interleave.value());
  grain_ = static_cast<std::uint64_t>(grain.value());
  wire_ = ByteClock(config.bandwidth.value(), config.channels);
  channels_.resize(static_cast<std::size_t>(config.channels));
  if (cached) {
    l2_.emplace(config.l2, (static_cast<std::uint64_t>(config.size.value()) + grain_ - 1) / grain_);
    fills_.resize(recent_fills);
  }
}

Femtoseconds Hbm::transfer(Channel& channel, Femtoseconds now, std::uint64_t bytes) {
  channel_bytes_ += bytes;
  const std::int64_t start = std::max(channel.next_byte, wire_.boundary_at_or_after(now));
  channel.next_byte = start + static_cast<std::int64_t>(bytes);
  return wire_.end_of(channel.next_byte);
}

bool Hbm::full(Channel& channel, Femtoseconds now) const {
  while (!channel.open.empty() && channel.open.front() <= now) channel.open.pop();
  return channel.open.size() >= static_cast<std::size_t>(config_.queue);
}

bool Hbm::cached(std::uint64_t begin, std::uint64_t end) const {
  if (!l2_) return false;
  for (std::uint64_t at = begin; at < end; at += grain_) {
    if (!l2_->holds(at / grain_)) return false;
  }
  return true;
}

Femtoseconds Hbm::touch_channel(Femtoseconds now, std::uint64_t offset, std::uint64_t bytes) {
  Channel& channel = channel_of(offset);
  const Femtoseconds done = transfer(channel, now, bytes) + config_.latency;
  channel.open.push(done);
  return done;
}

Femtoseconds Hbm::touch_line(Femtoseconds now, std::uint64_t line, OperationKind kind) {
  const L2Tags::Result result = l2_->touch(line, kind != OperationKind::read);
  if (result.writeback) touch_channel(now, result.victim * grain_, grain_);
  result.hit ? ++hits_ : ++misses_;
  const Femtoseconds present = now + config_.l2.latency;
  Fill& fill = fills_[static_cast<std::size_t>(line % fills_.size())];
  if (kind == OperationKind::write) return present;
  if (result.hit) return fill.line == line ? std::max(present, fill.done) : present;
  fill = {line, touch_channel(now, line * grain_, grain_)};
  return fill.done;
}

Hbm::Outcome Hbm::access(Femtoseconds now, std::uint64_t offset, std::uint64_t bytes, OperationKind kind) {
  const std::uint64_t begin = offset / grain_ * grain_;
  const std::uint64_t end = (offset + bytes + grain_ - 1) / grain_ * grain_;
  for (std::uint64_t at = begin; at < end;) {
    const std::uint64_t next = std::min(end, (at / interleave_ + 1) * interleave_);
    Channel& channel = channel_of(at);
    if (full(channel, now) && !cached(at, next)) {
      return {false, channel.open[channel.open.size() - static_cast<std::size_t>(config_.queue)]};
    }
    at = next;
  }
  Femtoseconds done = now;
  if (l2_) {
    for (std::uint64_t at = begin; at < end; at += grain_) done = std::max(done, touch_line(now, at / grain_, kind));
  } else {
    for (std::uint64_t at = begin; at < end;) {
      const std::uint64_t next = std::min(end, (at / interleave_ + 1) * interleave_);
      done = std::max(done, touch_channel(now, at, next - at));
      at = next;
    }
  }
  return {true, done};
}

MemoryAnswer perform(Hbm& hbm, MemoryAccess& access, Femtoseconds now) {
  access.status = OperationStatus::ok;
  access.time = now;
  if (!hbm.contains(access.offset, access.bytes)) {
    access.status = OperationStatus::address_error;
    return MemoryAnswer::done_at;
  }
  const Hbm::Outcome outcome = hbm.access(now, access.offset, access.bytes, access.kind);
  access.time = outcome.time;
  if (!outcome.accepted) return MemoryAnswer::refused;
  if (access.data == nullptr) return MemoryAnswer::done_at;
  Storage& storage = hbm.storage();
  if (access.kind == OperationKind::read) storage.read(access.offset, access.data, access.bytes);
  if (access.kind == OperationKind::write) {
    storage.write(access.offset, access.data, access.bytes, access.enables, access.bytes);
  }
  if (access.kind == OperationKind::atomic) storage.atomic(access.atomic, access.offset, access.data, access.bytes);
  return MemoryAnswer::done_at;
}

}  // namespace fs
