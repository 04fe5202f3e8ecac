// SPDX-License-Identifier: Apache-2.0
#include "gpu/request/tracker.hpp"

#include <algorithm>
#include <stdexcept>

#include "common/check.hpp"

namespace fs {

Tracker::Tracker(GpuSite& site, const GpuConfig& config)
    : site_(&site),
      request_cycles_(site.clock.cycles_for(config.request_latency)),
      response_cycles_(site.clock.cycles_for(config.response_latency)),
      local_cycles_(site.clock.cycles_for(config.local_latency)),
      submit_depth_(config.submit_depth),
      per_cycle_(config.requests_per_cycle),
      source_queue_(static_cast<std::size_t>(config.source_queue)),
      posted_writes_(site.context->profile.packets.posted_writes),
      part_limit_(
          std::min(region_bytes, static_cast<std::uint64_t>(site.context->profile.packets.max_payload.value()))),
      striper_(config.striping, 0, 0, RandomStream()),
      tags_(static_cast<std::size_t>(config.window), site.context->profile.recovery,
            site.clock.cycles_for(site.context->profile.recovery.drain)) {
  if (part_limit_ == 0 || (part_limit_ & (part_limit_ - 1)) != 0) {
    throw std::invalid_argument("packets.max_payload must be a power of two");
  }
  const std::string problem = striping_problem(config.striping, site.context->profile);
  if (!problem.empty()) throw std::invalid_argument(problem);
  const int links = static_cast<int>(site.ports->size());
  striper_ = Striper(config.striping, links, site.context->map.gpus(),
                     RandomStream(site.context->seed, site.name, "striping"));
  if (per_cycle_ == 0) per_cycle_ = std::max(1, links);
  const RecoveryFormat& recovery = site.context->profile.recovery;
  recovering_ = site.context->lossy;
  if (recovering_ && recovery.request_timeout > Femtoseconds(0)) {
    timers_.enable(static_cast<std::size_t>(config.window), site.clock.cycles_for(recovery.request_timeout));
    retries_ = recovery.retries;
  }
  if (recovering_ && posted_writes_ && recovery.posted_loss == PostedLoss::flush) {
    posted_sent_.resize(static_cast<std::size_t>(site.context->map.gpus() * links));
  }
  // A resend may overtake what came after it, whatever the fabric's order.
  if (site.context->profile.order == Order::none || retries_ > 0) hazards_.enable(config.window);
}

int Tracker::add_socket(OperationSink& sink) {
  sockets_.emplace_back();
  sockets_.back().sink = &sink;
  return static_cast<int>(sockets_.size()) - 1;
}

void Tracker::submit(int socket, const Operation& operation, Femtoseconds now) {
  Socket& s = sockets_[static_cast<std::size_t>(socket)];
  if (!s.submitted.empty()) now = std::max(now, s.submitted.back().time);
  s.submitted.push({operation, now});
  s.was_full = ++s.inside >= submit_depth_;
  ++operations_;
  next_submission_ = std::min(next_submission_, now);
}

void Tracker::take_submissions(Cycles now, Femtoseconds time) {
  if (next_submission_ >= time) return;
  Femtoseconds later = Femtoseconds::max();
  next_submission_ = later;
  for (std::size_t i = 0; i < sockets_.size(); ++i) {
    while (!sockets_[i].submitted.empty() && sockets_[i].submitted.front().time < time) {
      accept(sockets_[i].submitted.pop(), static_cast<int>(i), now, time);
    }
    if (!sockets_[i].submitted.empty()) later = std::min(later, sockets_[i].submitted.front().time);
  }
  next_submission_ = std::min(next_submission_, later);
}

OperationStatus Tracker::check(const Operation& operation) const {
  const AddressMap& map = site_->context->map;
  if (operation.bytes == 0) return OperationStatus::burst_error;
  if (!map.contains(operation.address, operation.bytes)) return OperationStatus::address_error;
  if (map.owner(operation.address) != map.owner(operation.address + operation.bytes - 1)) {
    return OperationStatus::burst_error;
  }
  if (operation.enables != nullptr && operation.enable_length == 0) return OperationStatus::byte_enable_error;
  if (operation.kind != OperationKind::atomic) return OperationStatus::ok;
  if (operation.atomic == AtomicKind::none) return OperationStatus::command_error;
  if (operation.enables != nullptr) return OperationStatus::byte_enable_error;
  const bool width = operation.bytes == 4 || operation.bytes == 8 || operation.bytes == 16;
  return width && operation.address % operation.bytes == 0 ? OperationStatus::ok : OperationStatus::burst_error;
}

void Tracker::accept(const Submission& submission, int socket, Cycles now, Femtoseconds time) {
  const OperationHandle handle = site_->context->pools->operations.acquire();
  OperationRecord& r = record(handle);
  r.operation = submission.operation;
  r.created = submission.time;
  r.socket = static_cast<std::uint16_t>(socket);
  r.status = check(r.operation);
  r.parts_open = 1;
  if (r.status != OperationStatus::ok) return all_parts_made(handle, time);
  r.target = site_->context->map.owner(r.operation.address);
  r.offset = site_->context->map.offset(r.operation.address);
  const bool local = r.target == site_->node;
  if (ended_ != OperationStatus::ok && !local) {
    r.status = ended_;
    return all_parts_made(handle, time);
  }
  (local ? local_ : remote_).push({handle, now + (local ? local_cycles_ : request_cycles_)});
}

std::uint32_t Tracker::part_bytes(const OperationRecord& r) const {
  const std::uint64_t to_boundary = part_limit_ - (r.offset + r.next) % part_limit_;
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(r.operation.bytes - r.next, to_boundary));
}

TransactionHandle Tracker::make_transaction(OperationHandle handle, std::uint32_t bytes, Femtoseconds edge) {
  OperationRecord& r = record(handle);
  const TransactionHandle made = site_->context->pools->transactions.acquire();
  Transaction& t = site_->transaction(made);
  t.number = next_number_++;
  t.offset = r.offset + r.next;
  t.message = r.operation.message;
  t.created = r.created;
  t.source = site_->node;
  t.target = r.target;
  t.socket = r.socket;
  t.bytes = static_cast<std::uint16_t>(bytes);
  t.kind = r.operation.kind;
  t.atomic = r.operation.atomic;
  t.posted = posted(t.kind) && !t.local();
  t.measured = site_->context->measure.contains(t.created);
  const Operation& o = r.operation;
  const bool bare = o.timing_only && o.data == nullptr && o.enables == nullptr;
  if (!t.posted && bare && bytes == o.bytes) {
    t.cookie = o.cookie;
    r.moved = true;
  } else if (!t.posted) {
    t.operation = handle;
    ++r.parts_open;
  }
  t.account(Cause::clock_crossing, edge);
  attach_data(t, o, r.next);
  r.next += bytes;
  r.link = -1;
  return made;
}

void Tracker::issue(Cycles now, Femtoseconds time) {
  blocked_ = Blocked::no;
  for (std::int64_t made = 0; made < per_cycle_ && !remote_.empty(); ++made) {
    const Waiting head = remote_.front();
    if (head.eligible > now) return;
    OperationRecord& r = record(head.operation);
    if (!reroutes_.empty() && waits_for_reroute(r.target)) {
      blocked_ = Blocked::reroute;
      return;
    }
    if (striper_.links(r.target) == 0) {
      r.status = recovering_ ? OperationStatus::unreachable : OperationStatus::generic_error;
      r.next = r.operation.bytes;
    } else {
      blocked_ = issue_part(head.operation, now, time);
      if (blocked_ != Blocked::no) return;
    }
    if (r.next == r.operation.bytes) {
      remote_.pop();
      all_parts_made(head.operation, time);
    }
  }
}

bool Tracker::source_queue_room() const {
  const int link = record(remote_.front().operation).link;
  return site_->port(static_cast<std::size_t>(link)).waiting(site_->request_class) < source_queue_;
}

Tracker::Blocked Tracker::issue_part(OperationHandle handle, Cycles now, Femtoseconds time) {
  OperationRecord& r = record(handle);
  const std::uint64_t offset = r.offset + r.next;
  const OperationKind kind = r.operation.kind;
  const bool needs_slot = !posted(kind);
  if (needs_slot && !tags_.available()) return Blocked::window;
  if (kind != OperationKind::send && hazards_.blocked(r.target, offset, part_bytes(r), kind)) return Blocked::hazard;
  if (r.link < 0) r.link = static_cast<std::int16_t>(striper_.choose(r.target, offset));
  const int link = r.link;
  if (!source_queue_room()) return Blocked::source_queue;
  const Cycles eligible = remote_.front().eligible;
  const TransactionHandle made = make_transaction(handle, part_bytes(r), site_->edge(eligible - request_cycles_));
  Transaction& t = site_->transaction(made);
  t.account(Cause::endpoint, site_->edge(eligible));
  t.account(Cause::source_queue, time);
  if (recovering_) site_->context->pools->rest(t).sent = time;
  if (needs_slot) {
    t.tag = tags_.acquire(made);
    t.generation = tags_.generation(t.tag);
    t.held = true;
    hazards_.enter(t);
    if (timers_.enabled()) timers_.start(t.tag, now);
  }
  if (!posted_sent_.empty() && kind != OperationKind::send) {
    std::uint32_t& sent = posted_sent_[index(t.target) * site_->ports->size() + static_cast<std::size_t>(link)];
    site_->context->pools->rest(t).posted_before = t.posted ? sent++ : sent;
  }
  send_request(t, made, link, time);
  return Blocked::no;
}

void Tracker::send_request(const Transaction& t, TransactionHandle handle, int link, Femtoseconds time) {
  constexpr PacketKind kinds[] = {PacketKind::read_request, PacketKind::write_request, PacketKind::atomic_request,
                                  PacketKind::raw};
  const std::uint16_t payload = t.kind == OperationKind::read ? std::uint16_t{0} : t.bytes;
  site_->send(link, kinds[static_cast<std::size_t>(t.kind)], t.target, site_->request_class,
              request_bytes(site_->context->profile, t), payload, handle, time);
}

TransactionHandle Tracker::next_local(Cycles now, Femtoseconds time) {
  if (local_next_ != TransactionHandle::none) return local_next_;
  if (local_.empty() || local_.front().eligible > now) return TransactionHandle::none;
  const Waiting head = local_.front();
  OperationRecord& r = record(head.operation);
  local_next_ = make_transaction(head.operation, part_bytes(r), site_->edge(head.eligible - local_cycles_));
  Transaction& t = site_->transaction(local_next_);
  t.account(Cause::endpoint, site_->edge(head.eligible));
  t.account(Cause::source_queue, time);
  return local_next_;
}

void Tracker::local_taken(Femtoseconds time) {
  const OperationHandle handle = local_.front().operation;
  local_next_ = TransactionHandle::none;
  const OperationRecord& r = record(handle);
  if (r.next < r.operation.bytes) return;
  local_.pop();
  all_parts_made(handle, time);
}

void Tracker::all_parts_made(OperationHandle handle, Femtoseconds time) {
  OperationRecord& r = record(handle);
  Socket& s = sockets_[static_cast<std::size_t>(r.socket)];
  const int socket = r.socket;
  --s.inside;
  if (r.moved) {
    site_->context->pools->operations.release(handle);
  } else if (--r.parts_open == 0) {
    finish_operation(handle, time);
  }
  Socket& again = sockets_[static_cast<std::size_t>(socket)];
  if (!again.was_full || again.inside >= submit_depth_) return;
  again.was_full = false;
  again.sink->room_freed(socket, time);
}

void Tracker::response_arrived(TransactionHandle handle, Cycles now, Femtoseconds time) {
  if (recovering_ && !accept(handle)) return meet_ghost(handle, time);
  Transaction& t = site_->transaction(handle);
  FS_CHECK(t.source == site_->node && tags_.holder(t.tag) == handle, describe(t) + ": a response nobody waits for");
  t.travelling = false;
  if (recovering_) {
    timers_.stop(t.tag);
    if (is_loss(t.status)) return try_again(t.tag, t.status, now, time);
    t.answered = true;
  }
  completing_.push({handle, now + response_cycles_});
  if (response_cycles_ == Cycles(0)) complete_responses(now, time);
}

void Tracker::complete_responses(Cycles now, Femtoseconds time) {
  while (!completing_.empty() && completing_.front().due <= now) {
    const TransactionHandle handle = completing_.pop().transaction;
    Transaction& t = site_->transaction(handle);
    t.account(Cause::endpoint, time);
    hazards_.leave(t);
    if (t.attempt == 0) {
      tags_.release(t.tag, now);
    } else {
      tags_.release_with_ghosts(t.tag, now);
    }
    finish_transaction(handle, time);
  }
}

void Tracker::local_done(TransactionHandle handle, Femtoseconds time) { finish_transaction(handle, time); }

void Tracker::finish_transaction(TransactionHandle handle, Femtoseconds time) {
  const Transaction& t = site_->transaction(handle);
  const OperationHandle operation = t.operation;
  if (operation == OperationHandle::none) {
    const OperationRecord done = operation_of(t);
    end_transaction(*site_, handle, time);
    return report(done, time);
  }
  OperationRecord& r = record(operation);
  if (t.status != OperationStatus::ok && r.status == OperationStatus::ok) r.status = t.status;
  if (t.status == OperationStatus::ok) bring_back(t, r.operation);
  end_transaction(*site_, handle, time);
  if (--r.parts_open == 0) finish_operation(operation, time);
}

void Tracker::finish_operation(OperationHandle handle, Femtoseconds time) {
  auto& pool = site_->context->pools->operations;
  const OperationRecord done = pool[handle];
  pool.release(handle);
  report(done, time);
}

void Tracker::report(const OperationRecord& done, Femtoseconds time) {
  --operations_;
  site_->context->observer->operation_done(done, time);
  sockets_[static_cast<std::size_t>(done.socket)].sink->operation_done(done.operation, done.status, time);
}

Cycles Tracker::next(Cycles now) const {
  Cycles next = Cycles::max();
  if (next_submission_ < Femtoseconds::max()) {
    next = site_->clock.at_or_after(next_submission_ + Femtoseconds(1));
  }
  if (!completing_.empty()) next = std::min(next, completing_.front().due);
  if (recovering_) next = std::min(next, tags_.next_wake());
  for (const Reroute& r : reroutes_) {
    next = std::min(next, site_->clock.at_or_after(r.not_before));
  }
  if (!remote_.empty() && blocked_ == Blocked::no) next = std::min(next, remote_.front().eligible);
  if (blocked_ == Blocked::source_queue && source_queue_room()) next = now + Cycles(1);
  if (!local_.empty() && local_next_ == TransactionHandle::none) next = std::min(next, local_.front().eligible);
  return std::max(next, now + Cycles(1));
}

std::vector<std::string> Tracker::waiting_lines(Femtoseconds now) const {
  std::vector<std::string> lines;
  const Transaction* oldest = nullptr;
  for (const auto handle : tags_.holders()) {
    if (handle == TransactionHandle::none) continue;
    const Transaction& t = site_->transaction(handle);
    if (oldest == nullptr || t.number < oldest->number) oldest = &t;
  }
  if (oldest != nullptr) {
    lines.push_back(describe(*oldest) + " has waited " + std::to_string((now - oldest->created).value() / 1'000'000) +
                    " ns for its response, with " + std::to_string(outstanding() - 1) + " younger ones" +
                    (oldest->loss == OperationStatus::ok
                         ? ""
                         : std::string("; its packet was lost: ") + status_name(oldest->loss)));
  }
  constexpr const char* reasons[] = {"its turn", "a place in the window", "room in a source queue",
                                     "an earlier request to the same region", "requests by its old links to end"};
  if (!remote_.empty()) {
    lines.push_back(site_->name + ": an operation to gpu" +
                    std::to_string(index(record(remote_.front().operation).target)) + " waits for " +
                    reasons[static_cast<std::size_t>(blocked_)]);
  }
  return lines;
}

}  // namespace fs
