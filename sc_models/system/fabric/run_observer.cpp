// SPDX-License-Identifier: Apache-2.0
#include "system/fabric/run_observer.hpp"

#include "common/check.hpp"
#include "gpu/site.hpp"

#include <utility>

namespace fs {

RunObserver::RunObserver(Recorder& recorder, const std::vector<std::string>& streams, OrderMonitor order)
    : recorder_(&recorder), order_(std::move(order)) {
  const MeasureWindow window = recorder.window();
  for (const auto& name : streams) streams_.emplace_back(name, window.begin, window.end);
  streams_.emplace_back("other", window.begin, window.end);
}

void RunObserver::assign(NodeId gpu, int socket, std::size_t stream) {
  if (stream_of_socket_.size() <= index(gpu)) stream_of_socket_.resize(index(gpu) + 1);
  auto& sockets = stream_of_socket_[index(gpu)];
  if (sockets.size() <= static_cast<std::size_t>(socket)) {
    sockets.resize(static_cast<std::size_t>(socket) + 1, streams_.size() - 1);
  }
  sockets[static_cast<std::size_t>(socket)] = stream;
}

ClassStats& RunObserver::stream_of(const Transaction& transaction) {
  const std::size_t gpu = index(transaction.source);
  if (gpu >= stream_of_socket_.size()) return streams_.back();
  const auto& sockets = stream_of_socket_[gpu];
  return transaction.socket < sockets.size() ? streams_[sockets[transaction.socket]] : streams_.back();
}

void RunObserver::packet_created(const Packet& packet, Femtoseconds) { recorder_->packet_created(packet); }

void RunObserver::packet_delivered(const Packet& packet, Femtoseconds now) {
  recorder_->packet_delivered(packet, now);
  order_.delivered(packet);
}

void RunObserver::packet_lost(const Packet& packet, OperationStatus loss, Femtoseconds now) {
  if (loss == OperationStatus::poisoned) {
    recorder_->packet_poisoned(packet, now);
  } else {
    recorder_->packet_dropped(packet, now);
  }
  if (desk_ != nullptr) desk_->packet_met(packet, loss, now);
}

void RunObserver::transaction_resent(const Transaction& transaction, Femtoseconds) {
  if (desk_ != nullptr) desk_->log().resent(transaction, desk_->only_open_fault());
}

namespace {

std::uint64_t name_of(const Transaction& t) { return static_cast<std::uint64_t>(index(t.source)) << 40 | t.number; }

}  // namespace

void RunObserver::atomic_performed(const Transaction& transaction, Femtoseconds) {
  const bool first = performed_.insert(name_of(transaction)).second;
  FS_CHECK(first, describe(transaction) + " was performed twice");
}

void RunObserver::ghost_met(const Transaction& transaction, Femtoseconds) {
  if (desk_ == nullptr) return;
  ++desk_->log().ghosts;
  if (transaction.mistakable) ++desk_->log().ghosts_mistakable;
}

void RunObserver::data_visible(const Transaction& transaction, Femtoseconds) {
  if (transaction.message != 0 && message_) message_(transaction.target, transaction.message);
}

void RunObserver::note_wrong(const Transaction& transaction) {
  constexpr std::size_t most_named = 16;
  ++wrong_;
  if (first_wrong_.size() < most_named) first_wrong_.push_back(describe(transaction));
}

void RunObserver::transaction_done(const Transaction& transaction, Femtoseconds now) {
  ++(transaction.status == OperationStatus::ok ? ok_ : errors_);
  if (transaction.wrong && transaction.status == OperationStatus::ok) note_wrong(transaction);
  if (transaction.status != OperationStatus::ok && error_) std::exchange(error_, {})(transaction, now);
  if (desk_ != nullptr && transaction.kind == OperationKind::atomic && !transaction.local() &&
      transaction.status == OperationStatus::ok) {
    FS_CHECK(performed_.count(name_of(transaction)) == 1, describe(transaction) + " is done and was never performed");
  }
  if (desk_ != nullptr) desk_->log().transaction_done(transaction, desk_->only_open_fault(), now);
  ClassStats& stream = stream_of(transaction);
  stream.created(transaction.created, 1, transaction.bytes);
  stream.delivered(transaction.created, now, transaction.ledger.whole(), 1, transaction.bytes);
}

}  // namespace fs
