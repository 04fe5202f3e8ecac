// SPDX-License-Identifier: Apache-2.0
#include "gpu/target_side.hpp"

#include <algorithm>

#include "common/bits.hpp"
#include "common/check.hpp"

namespace fs {

namespace {

constexpr std::size_t most_links = 64;  // of a GPU

}  // namespace

TargetSide::TargetSide(GpuSite& site, Tracker& tracker, const GpuConfig& config, MemoryPort& memory)
    : site_(&site),
      tracker_(&tracker),
      memory_(&memory),
      target_cycles_(site.clock.cycles_for(config.target_latency)),
      response_queue_(config.response_queue),
      ports_(site.ports->size()) {
  const RecoveryFormat& recovery = site.context->profile.recovery;
  if (!site.context->lossy) return;
  exactly_once_ = recovery.retries > 0;
  if (recovery.posted_loss == PostedLoss::flush && site.context->profile.packets.posted_writes) {
    posted_arrived_.resize(static_cast<std::size_t>(site.context->map.gpus()) * most_links);
  }
}

void TargetSide::request_arrived(PacketHandle packet, int port, VcId vc, Cycles now) {
  const TransactionHandle transaction = (*site_->context->packets)[packet].transaction;
  ports_[static_cast<std::size_t>(port)].requests.push({packet, transaction, vc, now + target_cycles_});
  waiting_ports_ |= 1ULL << port;
}

void TargetSide::memory_done(TransactionHandle transaction, OperationStatus status, Femtoseconds now) {
  site_->transaction(transaction).status = status;
  expect(transaction, site_->clock.at_or_after(now + Femtoseconds(1)), now);
}

void TargetSide::memory_ready(Femtoseconds now) {
  if (closed_until_ == Femtoseconds::max()) closed_until_ = now + Femtoseconds(1);
}

void TargetSide::expect(TransactionHandle handle, Cycles due, Femtoseconds done) {
  if (answers_.size() == answers_.capacity()) answers_.reserve(answers_.size() + answers_.size() / 4 + 16);
  answers_.push_back({due, done, next_number_++, handle});
  std::push_heap(answers_.begin(), answers_.end());
}

void TargetSide::take_memory_answers(Cycles now, Femtoseconds time) {
  while (!answers_.empty() && answers_.front().due <= now) {
    const Answer answer = answers_.front();
    std::pop_heap(answers_.begin(), answers_.end());
    answers_.pop_back();
    if (!answers_.empty()) site_->context->pools->transactions.prefetch(answers_.front().transaction);
    finish(answer, time);
  }
}

void TargetSide::finish(const Answer& answer, Femtoseconds time) {
  const TransactionHandle handle = answer.transaction;
  Transaction& t = site_->transaction(handle);
  --in_memory_;
  t.account(Cause::memory, answer.time);
  t.account(Cause::clock_crossing, time);
  const bool writes = t.kind == OperationKind::write || t.kind == OperationKind::send;
  if (writes && !t.replayed) site_->context->observer->data_visible(t, time);
  if (site_->context->lossy && t.kind == OperationKind::atomic && !t.local() && !t.replayed && !is_loss(t.status)) {
    site_->context->observer->atomic_performed(t, time);
  }
  if (exactly_once_ && !t.local() && !t.posted && !t.replayed && !is_loss(t.status)) {
    completions_.performed(t, t.kind == OperationKind::atomic ? site_->context->pools->data_of(t) : nullptr);
  }
  if (t.loss_learned && t.status == OperationStatus::ok) t.status = OperationStatus::posted_lost;
  if (t.local()) return tracker_->local_done(handle, time);
  --ports_[t.arrived_by].in_memory;
  if (t.posted) return end_transaction(*site_, handle, time);
  respond(handle, time);
}

void TargetSide::respond(TransactionHandle handle, Femtoseconds time) {
  const Transaction& t = site_->transaction(handle);
  constexpr PacketKind kinds[] = {PacketKind::read_response, PacketKind::write_response, PacketKind::atomic_response};
  const bool data = t.kind == OperationKind::read && !is_loss(t.status);
  const std::uint16_t payload = data ? t.bytes : std::uint16_t{0};
  site_->send(t.arrived_by, kinds[static_cast<std::size_t>(t.kind)], t.source, site_->response_class,
              response_bytes(site_->context->profile, t), payload, handle, time);
}

void TargetSide::serve(Cycles now, Femtoseconds time) {
  const bool local_first = now.value() % 2 == 0;
  if (local_first) serve_local(now, time);
  if (waiting_ports_ != 0) {
    const std::uint64_t first = waiting_ports_ & (~0ULL << now.value() % static_cast<std::int64_t>(ports_.size()));
    for (std::uint64_t half : {first, waiting_ports_ & ~first}) {
      for (; half != 0; half &= half - 1) serve_port(lowest_bit(half), now, time);
    }
  }
  if (!local_first) serve_local(now, time);
}

void TargetSide::prefetch(const Request& request) const {
  site_->context->packets->prefetch(request.packet);
  site_->context->pools->transactions.prefetch(request.transaction);
}

void TargetSide::serve_port(int port, Cycles now, Femtoseconds time) {
  Port& p = ports_[static_cast<std::size_t>(port)];
  while (!p.requests.empty() && p.requests.front().eligible <= now && p.retry_at <= now && closed_until_ <= time) {
    const Request request = p.requests.front();
    const Packet& packet = (*site_->context->packets)[request.packet];
    Transaction& t = site_->transaction(packet.transaction);
    p.blocked = !t.posted && !response_room(port);
    if (p.blocked) return;
    const Femtoseconds eligible = site_->edge(request.eligible);
    if (t.mark() < eligible) t.account(Cause::endpoint, eligible);
    t.arrived_by = static_cast<std::uint8_t>(port);
    if (exactly_once_ && !t.posted && !to_be_performed(packet.transaction, now, time)) {
      take_request(port, request, now);
      continue;
    }
    if (!offer(packet.transaction, now, time, p.retry_at)) return;
    ++p.in_memory;
    if (exactly_once_ && !t.posted) completions_.begin(t);
    if (!posted_arrived_.empty()) learn_losses(packet, t);
    take_request(port, request, now);
  }
  if (p.requests.empty()) waiting_ports_ &= ~(1ULL << port);
}

bool TargetSide::to_be_performed(TransactionHandle handle, Cycles now, Femtoseconds time) {
  Transaction& t = site_->transaction(handle);
  switch (completions_.look(t)) {
    case CompletionRecords::Found::fresh:
      return true;
    case CompletionRecords::Found::done: {
      // A load is performed again: nobody keeps its data, and its bytes are those of this instant either way.
      if (t.kind == OperationKind::read) return true;
      t.status = completions_.recall(t, t.kind == OperationKind::atomic ? site_->context->pools->data_of(t) : nullptr);
      t.replayed = true;
      ++in_memory_;
      ++ports_[t.arrived_by].in_memory;
      expect(handle, now + Cycles(1), time);
      return false;
    }
    case CompletionRecords::Found::ghost:
      t.mistakable = completions_.mistakable(t);
      break;
    case CompletionRecords::Found::in_progress:
      break;
  }
  site_->context->observer->ghost_met(t, time);
  end_journey(*site_->context->pools, handle, OperationStatus::ok);
  return false;
}

/// Requests of one link are served in the order in which its source sent them.
void TargetSide::learn_losses(const Packet& packet, Transaction& t) {
  std::uint32_t& arrived = posted_arrived_[index(t.source) * most_links + packet.link];
  if (t.posted) {
    ++arrived;
  } else {
    const std::uint32_t before = site_->context->pools->rest(t).posted_before;
    t.loss_learned = arrived != before;
    arrived = before;
  }
}

void TargetSide::refuse_poisoned(TransactionHandle handle, int port, Cycles now, Femtoseconds time) {
  Transaction& t = site_->transaction(handle);
  if (t.posted) return end_journey(*site_->context->pools, handle, OperationStatus::poisoned);
  t.status = OperationStatus::poisoned;
  t.arrived_by = static_cast<std::uint8_t>(port);
  ++in_memory_;
  ++ports_[t.arrived_by].in_memory;
  expect(handle, now + Cycles(1), time);
}

void TargetSide::take_request(int port, const Request& request, Cycles now) {
  site_->port(static_cast<std::size_t>(port)).consume((*site_->context->packets)[request.packet], request.vc, now);
  site_->credited |= 1ULL << port;
  site_->context->packets->release(request.packet);
  auto& requests = ports_[static_cast<std::size_t>(port)].requests;
  requests.pop();
  if (!requests.empty()) prefetch(requests.front());
}

void TargetSide::serve_local(Cycles now, Femtoseconds time) {
  while (local_retry_at_ <= now && closed_until_ <= time) {
    const TransactionHandle handle = tracker_->next_local(now, time);
    if (handle == TransactionHandle::none || !offer(handle, now, time, local_retry_at_)) return;
    tracker_->local_taken(time);
  }
}

bool TargetSide::response_room(int port) const {
  const Port& p = ports_[static_cast<std::size_t>(port)];
  const auto queued = site_->port(static_cast<std::size_t>(port)).waiting(site_->response_class);
  return p.in_memory + static_cast<std::int64_t>(queued) < response_queue_;
}

bool TargetSide::offer(TransactionHandle handle, Cycles now, Femtoseconds time, Cycles& retry_at) {
  Transaction& t = site_->transaction(handle);
  if (t.kind == OperationKind::send) {
    ++in_memory_;
    expect(handle, now + Cycles(1), time);
    return true;
  }
  MemoryAccess access;
  access.kind = t.kind;
  access.atomic = t.atomic;
  access.offset = t.offset;
  access.bytes = t.bytes;
  access.transaction = handle;
  access.data = site_->context->pools->data_of(t);
  access.enables = site_->context->pools->enables_of(t);
  switch (memory_->access(access, time)) {
    case MemoryAnswer::refused:
      FS_CHECK(access.time > time, site_->name + ": its memory refused an access and asks for it at the same time");
      if (access.time == Femtoseconds::max()) {
        closed_until_ = access.time;
      } else {
        retry_at = site_->clock.at_or_after(access.time);
      }
      return false;
    case MemoryAnswer::done_at:
      t.status = access.status;
      expect(handle, std::max(now + Cycles(1), site_->clock.at_or_after(access.time)), access.time);
      break;
    case MemoryAnswer::later:
      break;
  }
  ++in_memory_;
  return true;
}

Cycles TargetSide::next(Cycles now) const {
  Cycles next = answers_.empty() ? Cycles::max() : answers_.front().due;
  const Cycles soon = now + Cycles(1);
  if (closed_until_ < Femtoseconds::max()) {
    const Cycles open = std::max(soon, site_->clock.at_or_after(closed_until_));
    if (tracker_->local_pending()) next = std::min(next, std::max(open, local_retry_at_));
    for (std::uint64_t ports = waiting_ports_; ports != 0; ports &= ports - 1) {
      const int port = lowest_bit(ports);
      const Port& p = ports_[static_cast<std::size_t>(port)];
      if (p.blocked && !response_room(port)) continue;
      next = std::min(next, std::max({open, p.requests.front().eligible, p.retry_at}));
    }
  }
  return std::max(next, soon);
}

std::vector<std::string> TargetSide::waiting_lines() const {
  std::vector<std::string> lines;
  for (std::size_t i = 0; i < ports_.size(); ++i) {
    const Port& p = ports_[i];
    if (p.requests.empty()) continue;
    const Packet& packet = (*site_->context->packets)[p.requests.front().packet];
    lines.push_back(site_->name + "." + std::to_string(i) + ": " + std::to_string(p.requests.size()) +
                    " requests wait, first of them " + describe(site_->transaction(packet.transaction)) +
                    (response_room(static_cast<int>(i)) ? ", for the memory" : ", for room in the response queue"));
  }
  if (in_memory_ > 0) lines.push_back(site_->name + ": " + std::to_string(in_memory_) + " accesses are in its memory");
  return lines;
}

}  // namespace fs
