// SPDX-License-Identifier: Apache-2.0
// The tracker's part in recovery: timers, resends, ghosts, new routes.
#include <algorithm>

#include "gpu/request/tracker.hpp"

namespace fs {

void Tracker::recover_now(Cycles now, Femtoseconds time) {
  tags_.wake(now);
  while (timers_.running() && timers_.first_due() <= now) {
    const std::uint32_t tag = timers_.first();
    timers_.stop(tag);
    const Transaction& t = site_->transaction(tags_.holder(tag));
    try_again(tag, t.loss == OperationStatus::ok ? OperationStatus::timeout : t.loss, now, time);
  }
  arm_timer(now);
  if (!reroutes_.empty()) apply_reroutes(time);
}

/// One wake-up stands for all timers: it is asked for again when it has come and not before.
void Tracker::arm_timer(Cycles now) {
  if (!timers_.running() || site_->step_request == nullptr) return;
  const Cycles due = timers_.first_due();
  if (timer_armed_ > now && timer_armed_ <= due) return;
  timer_armed_ = due;
  site_->step_request->step_at(due);
}

bool Tracker::accept(TransactionHandle handle) {
  Transaction& t = site_->transaction(handle);
  const TransactionHandle holder = tags_.holder(t.tag);
  if (holder == handle) return !t.answered;
  if (holder == TransactionHandle::none) return false;
  Transaction& latest = site_->transaction(holder);
  if (latest.number != t.number || latest.answered || is_loss(t.status)) return false;
  // An earlier attempt's response after all.
  t.held = true;
  t.attempt = latest.attempt;
  latest.held = false;
  if (!latest.travelling) site_->context->pools->release(holder);
  tags_.set_holder(t.tag, handle);
  return true;
}

void Tracker::meet_ghost(TransactionHandle handle, Femtoseconds time) {
  Transaction& t = site_->transaction(handle);
  const TransactionHandle holder = tags_.holder(t.tag);
  if (holder != TransactionHandle::none) {
    const Transaction& later = site_->transaction(holder);
    t.mistakable = later.number != t.number && later.generation == t.generation;
  }
  site_->context->observer->ghost_met(t, time);
  end_journey(*site_->context->pools, handle, OperationStatus::ok);
}

void Tracker::try_again(std::uint32_t tag, OperationStatus why, Cycles now, Femtoseconds time) {
  const Transaction& t = site_->transaction(tags_.holder(tag));
  if (t.attempt >= retries_) return give_up(tag, why, now, time);
  const bool elsewhere = site_->context->profile.order == Order::none;
  const int link = striper_.choose_again(t.target, t.offset, elsewhere ? t.attempt + 1U : 0U);
  if (link < 0) return give_up(tag, OperationStatus::unreachable, now, time);
  resend(tag, link, now, time);
}

void Tracker::resend(std::uint32_t tag, int link, Cycles now, Femtoseconds time) {
  const TransactionHandle made = site_->context->pools->transactions.acquire();
  const TransactionHandle old = tags_.holder(tag);
  Transaction& t = site_->transaction(made);
  Transaction& before = site_->transaction(old);
  TransactionPools& pools = *site_->context->pools;
  const TransactionRest rest_before = pools.rest(before);
  t = before;
  t.account_all(rerouted_at_ > rest_before.sent ? Cause::reroute : Cause::retry, time);
  t.rest = RestHandle::none;
  pools.rest(t).sent = time;
  t.status = OperationStatus::ok;
  t.loss = OperationStatus::ok;
  t.travelling = true;
  t.answered = false;
  t.replayed = false;
  t.wrong = false;
  ++t.attempt;
  if (!posted_sent_.empty()) {
    pools.rest(t).posted_before = posted_sent_[index(t.target) * site_->ports->size() + static_cast<std::size_t>(link)];
  }
  // Its data comes from the caller again: the target may have put the answer in place of the operands.
  if (t.operation != OperationHandle::none) attach_data(t, record(t.operation).operation, rest_before.position);
  before.held = false;
  if (!before.travelling) site_->context->pools->release(old);
  tags_.set_holder(tag, made);
  timers_.start(tag, now);
  site_->context->observer->transaction_resent(t, time);
  send_request(t, made, link, time);
}

void Tracker::give_up(std::uint32_t tag, OperationStatus status, Cycles now, Femtoseconds time) {
  TransactionHandle handle = tags_.holder(tag);
  timers_.stop(tag);
  hazards_.leave(site_->transaction(handle));
  tags_.release_with_ghosts(tag, now);
  const Femtoseconds sent = site_->context->pools->rest(site_->transaction(handle)).sent;
  if (site_->transaction(handle).travelling) {
    // Its packet goes on with the record; the error needs one of its own.
    const TransactionHandle report = site_->context->pools->transactions.acquire();
    Transaction& ghost = site_->transaction(handle);
    ghost.held = false;
    site_->transaction(report) = ghost;
    site_->transaction(report).rest = RestHandle::none;
    handle = report;
  }
  Transaction& t = site_->transaction(handle);
  t.status = status;
  t.account_all(rerouted_at_ > sent ? Cause::reroute : Cause::retry, time);
  finish_transaction(handle, time);
}

void Tracker::end_all(OperationStatus status, Cycles now, Femtoseconds time) {
  ended_ = status;
  for (std::uint32_t tag = 0; tag < tags_.holders().size(); ++tag) {
    const TransactionHandle holder = tags_.holder(tag);
    if (holder != TransactionHandle::none && !site_->transaction(holder).answered) give_up(tag, status, now, time);
  }
  while (!remote_.empty()) {
    OperationRecord& r = record(remote_.front().operation);
    if (r.status == OperationStatus::ok) r.status = status;
    r.next = r.operation.bytes;
    const OperationHandle handle = remote_.pop().operation;
    all_parts_made(handle, time);
  }
  blocked_ = Blocked::no;
}

void Tracker::reroute(NodeId target, std::uint64_t mask, Femtoseconds now) {
  rerouted_at_ = now;
  if (site_->context->profile.order == Order::none) return striper_.restrict_links(target, mask);
  const Femtoseconds quiet = now + site_->context->profile.recovery.drain;
  const auto same = std::find_if(reroutes_.begin(), reroutes_.end(), [&](const auto& r) { return r.target == target; });
  if (same != reroutes_.end()) {
    same->mask = mask;
    same->not_before = quiet;
  } else {
    reroutes_.push_back({target, mask, quiet});
  }
}

bool Tracker::waits_for_reroute(NodeId target) const {
  return std::any_of(reroutes_.begin(), reroutes_.end(), [&](const auto& r) { return r.target == target; });
}

void Tracker::apply_reroutes(Femtoseconds time) {
  const auto ready = [&](const Reroute& r) { return r.not_before <= time; };
  for (const Reroute& r : reroutes_) {
    if (ready(r)) striper_.restrict_links(r.target, r.mask);
  }
  reroutes_.erase(std::remove_if(reroutes_.begin(), reroutes_.end(), ready), reroutes_.end());
  if (blocked_ == Blocked::reroute) blocked_ = Blocked::no;
}

}  // namespace fs
