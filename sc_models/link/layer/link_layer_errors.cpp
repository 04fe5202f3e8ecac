// SPDX-License-Identifier: Apache-2.0
// Where on the wire errors strike.
#include <algorithm>
#include <stdexcept>

#include "link/channel_timing.hpp"
#include "link/layer/link_layer.hpp"

namespace fs {

void LinkLayer::aim_errors() {
  const std::int64_t next = errors_.next();
  error_from_ = next < ErrorProcess::never / group_bytes_ ? next * group_bytes_ : ErrorProcess::never;
  error_from_ = std::min(error_from_, cut_from_);
}

bool LinkLayer::range_fails(std::int64_t begin, std::int64_t end) {
  if (end > cut_from_) return true;
  bool fails = false;
  while (errors_.next() < ErrorProcess::never / group_bytes_) {
    const std::int64_t group = errors_.next() * group_bytes_;
    const std::int64_t group_end = group + group_bytes_;
    if (group >= end) break;
    if (errors_.next_fails() && group_end > begin) {
      fails = true;
      if (group_end > end) break;  // what comes next lies in it as well
    }
    if (errors_.next_fails()) ++counters_.codewords_lost;
    errors_.pass();
  }
  aim_errors();
  return fails;
}

void LinkLayer::pass_errors(std::int64_t wire) {
  while (errors_.next() < ErrorProcess::never / group_bytes_ && errors_.next() * group_bytes_ < wire) {
    if (errors_.next_fails()) ++counters_.codewords_lost;
    errors_.pass();
  }
  aim_errors();
}

bool LinkLayer::fixed_frame_hit(std::int64_t frame) {
  if (frame == checked_frame_) return checked_hit_;
  const std::int64_t whole = channel_->config_.frame.payload.value() + channel_->config_.frame.overhead.value();
  checked_frame_ = frame;
  checked_hit_ = (frame + 1) * whole > error_from_ && range_fails(frame * whole, (frame + 1) * whole);
  return checked_hit_;
}

bool LinkLayer::slips_through() {
  // A decoder that fails takes a wrong codeword for a right one once in t! times (McEliece, Swanson, IEEE Trans.
  // Inform. Theory 1986); what it then hands on, or what has no decoder, passes the CRC once in 2^bits.
  double p = 1.0;
  for (int i = 2; i <= code_.correctable; ++i) p /= i;
  for (std::int64_t i = 0; i < channel_->config_.retry.crc_bits; ++i) p *= 0.5;
  return slips_.chance(p);
}

std::int64_t LinkLayer::first_unsent_wire_byte(Cycles now) const {
  const Channel& c = *channel_;
  const std::int64_t passed = c.config_.wire.boundary_at_or_after(clock().edge(now) + c.config_.lead);
  std::int64_t wire = std::max(passed, c.wire_position(c.next_));
  if (c.config_.frame.kind == FrameKind::fixed) {
    const std::int64_t whole = c.config_.frame.payload.value() + c.config_.frame.overhead.value();
    wire = std::max((wire + whole - 1) / whole, checked_frame_ + 1) * whole;
  }
  return wire;
}

void LinkLayer::set_errors(const std::vector<double>& lane_ber, const BurstModel& burst, Cycles now) {
  if (channel_->config_.codeword_group > Bytes(0) && code_.symbols <= 1) {
    throw std::invalid_argument(channel_->config_.name +
                                ": its codewords have no `fec.code`, so what they correct is not known");
  }
  const std::int64_t wire = first_unsent_wire_byte(now);
  const std::int64_t group = (wire + group_bytes_ - 1) / group_bytes_;
  pass_errors(group * group_bytes_);
  const auto ways =
      static_cast<int>(channel_->config_.codeword_group > Bytes(0) ? channel_->config_.fec.interleave : 1);
  errors_.change(group_chain(code_, ways, lane_ber, burst), group);
  aim_errors();
}

void LinkLayer::cut(Cycles now) {
  cut_from_ = std::min(cut_from_, first_unsent_wire_byte(now));
  aim_errors();
  note_exceptions();
}

void LinkLayer::join(Cycles now) {
  cut_from_ = ErrorProcess::never;
  if (channel_->config_.frame.kind == FrameKind::fixed) {
    const std::int64_t whole = channel_->config_.frame.payload.value() + channel_->config_.frame.overhead.value();
    checked_frame_ = first_unsent_wire_byte(now) / whole - 1;
  }
  aim_errors();
  note_exceptions();
}

}  // namespace fs
