// SPDX-License-Identifier: Apache-2.0
#include "gpu/port.hpp"

#include <algorithm>

#include "common/check.hpp"

namespace fs {

GpuPort::GpuPort(const GpuPortConfig& config, PacketPool& packets, Channel& out)
    : out_(&out),
      flit_bytes_(config.flit_bytes),
      wire_unit_(config.wire_unit),
      link_(config.link),
      node_(config.node),
      vc_choice_(config.vc_choice),
      whole_packet_credit_(config.whole_packet_credit),
      credits_(config.peer_shared_pool ? SenderCredits(config.peer_reserve) : SenderCredits(config.vcs)),
      more_classes_(config.classes.size() - std::min(config.classes.size(), few_classes)),
      packets_(&packets),
      queues_(config.classes.size()),
      sending_(static_cast<std::size_t>(config.vcs)),
      held_(static_cast<std::size_t>(config.vcs)),
      config_(config) {
  for (std::size_t c = 0; c < queues_.size(); ++c) {
    ClassVcs& vcs = vcs_of(static_cast<ClassId>(c));
    vcs.first = static_cast<std::uint8_t>(config.classes[c].first);
    vcs.count = static_cast<std::uint8_t>(config.classes[c].count);
    vcs.drained = c < config.drained.size() && config.drained[c];
  }
  active_.reserve(sending_.size());
}

void GpuPort::enqueue(PacketHandle handle) {
  const Packet& packet = (*packets_)[handle];
  if (waiting_ == 0 && packet.length == 1) {
    wait_alone(handle, packet.cls);
    return;
  }
  join_queue();
  queues_[index(packet.cls)].push(handle);
  ++waiting_;
}

void GpuPort::start_packets(Cycles now) {
  for (std::size_t c = 0; c < queues_.size(); ++c) {
    if (queues_[c].empty()) continue;
    const PacketHandle handle = queues_[c].front();
    Packet& packet = (*packets_)[handle];
    ClassVcs& vcs = vcs_of(static_cast<ClassId>(c));
    const int vc = choose_vc(vcs, packet);
    if (vc < 0) continue;
    queues_[c].pop();
    if (!queues_[c].empty()) packets_->prefetch(queues_[c].front());
    vcs.favour_after(vc);
    packet.vc = static_cast<VcId>(vc);
    packet.link = link_;
    Sending& s = sending_[static_cast<std::size_t>(vc)];
    s.handle = handle;
    busy_[static_cast<std::size_t>(vc) >> 6] |= 1ULL << (vc & 63);
    s.length = packet.length;
    s.sent = 0;
    s.wire_bytes = packet.wire_bytes;
    s.hash_key = packet.hash_key();
    s.dst = packet.dst;
    s.cls = packet.cls;
    s.reserved = whole_packet_credit_;
    s.head_at = now;
    s.stalled_since = Cycles(-1);
    s.stalled = Cycles(0);
    if (s.reserved) credits_.use(packet.vc, packet.length);
    active_.push_back(vc);
    ++started_;
  }
}

int GpuPort::pick_flit(Cycles now) {
  const std::size_t count = active_.size();
  if (next_active_ >= count) next_active_ = 0;
  std::size_t place = next_active_;
  for (std::size_t i = 0; i < count; ++i) {
    Sending& s = sending_[static_cast<std::size_t>(active_[place])];
    if (s.reserved || credits_.available(static_cast<VcId>(active_[place])) > 0) {
      next_active_ = place;
      return active_[place];
    }
    if (s.stalled_since < Cycles(0)) s.stalled_since = now;
    if (++place == count) place = 0;
  }
  return -1;
}

bool GpuPort::send_one(Cycles now, Femtoseconds time) {
  if (!wire_ready(now, time)) return true;
  start_packets(now);
  const int vc = active_.empty() ? -1 : pick_flit(now);
  if (vc < 0) return false;
  send_flit(vc, now, time);
  return waiting_ > 0;
}

void GpuPort::send_flit(int vc, Cycles now, Femtoseconds time) {
  Sending& s = sending_[static_cast<std::size_t>(vc)];
  if (s.stalled_since >= Cycles(0)) {
    s.stalled += now - s.stalled_since;
    s.stalled_since = Cycles(-1);
  }
  Flit flit = make_flit(s.handle, s.hash_key, s.dst, s.length, s.cls, s.wire_bytes - s.sent * flit_bytes_);
  if (s.sent == 0) {
    flit.flags |= Flit::head_flag;
    s.head_at = now - s.stalled;  // what the head has waited for credit is no part of what lies between it and the tail
  }
  if (!s.reserved) credits_.use(static_cast<VcId>(vc), 1);
  ++s.sent;
  ++flits_sent_;
  if (s.sent == s.length) {
    flit.flags |= Flit::tail_flag;
    Packet& packet = (*packets_)[s.handle];
    const Femtoseconds period = out_->config().tx_clock.period();
    const Femtoseconds stalled = period * s.stalled.value();
    const Femtoseconds behind_own = period * (now - s.head_at).value() - stalled;
    packet.ledger.add(Cause::credit_stall, stalled);
    packet.ledger.add(Cause::serialization, behind_own);
    packet.ledger.add(Cause::source_queue, time - packet.created - packet.ledger.sum());
    s.handle = PacketHandle::none;
    busy_[static_cast<std::size_t>(vc) >> 6] &= ~(1ULL << (vc & 63));
    active_.erase(active_.begin() + static_cast<std::ptrdiff_t>(next_active_));
    --started_;
    --waiting_;
  } else {
    ++next_active_;
  }
  out_->send(flit, static_cast<VcId>(vc), now);
}

void GpuPort::hold(const PortFlit& arrival) {
  const int held = ++held_[index(arrival.vc)];
  FS_CHECK(config_.depth.empty() || held <= config_.depth[index(arrival.vc)],
           "gpu" + std::to_string(index(config_.node)) + "." + std::to_string(config_.link) +
               ": a flit arrived on VC " + std::to_string(index(arrival.vc)) + " without credit");
}

std::uint64_t GpuPort::flits_waiting() const {
  std::uint64_t flits = alone_ != PacketHandle::none ? 1 : 0;
  for (const auto& queue : queues_) {
    for (std::size_t i = 0; i < queue.size(); ++i) flits += (*packets_)[queue[i]].length;
  }
  for (const auto& s : sending_) {
    if (s.handle != PacketHandle::none) flits += static_cast<std::uint64_t>(s.length - s.sent);
  }
  return flits;
}

/// " VC 0 has 3, VC 1 has 0"
std::string GpuPort::credits_text(VcRange range) const {
  std::string text;
  for (int vc = range.first; vc < range.first + range.count; ++vc) {
    text += (text.empty() ? " VC " : ", VC ") + std::to_string(vc) + " has " +
            std::to_string(credits_.available(static_cast<VcId>(vc)));
  }
  return text;
}

std::vector<std::string> GpuPort::waiting_lines(const PacketPool& pool) const {
  std::vector<std::string> lines;
  const std::string here = "gpu" + std::to_string(index(config_.node)) + "." + std::to_string(config_.link);
  for (std::size_t c = 0; c < queues_.size(); ++c) {
    if (waiting(static_cast<ClassId>(c)) == 0 || (queues_[c].empty() && alone_ == PacketHandle::none)) continue;
    const Packet& packet = pool[queues_[c].empty() ? alone_ : queues_[c].front()];
    lines.push_back(here + ": packet " + std::to_string(index(packet.src)) + "#" + std::to_string(packet.number) +
                    " to gpu" + std::to_string(index(packet.dst)) + " waits for " + std::to_string(packet.length) +
                    " credits in one VC:" + credits_text(config_.classes[index(packet.cls)]));
  }
  for (std::size_t vc = 0; vc < sending_.size(); ++vc) {
    if (sending_[vc].handle == PacketHandle::none) continue;
    lines.push_back(here + ": VC " + std::to_string(vc) + " sent " + std::to_string(sending_[vc].sent) + " of " +
                    std::to_string(sending_[vc].length) + " flits, credits " +
                    std::to_string(credits_.available(static_cast<VcId>(vc))));
  }
  return lines;
}

}  // namespace fs
