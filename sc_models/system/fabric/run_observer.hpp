// SPDX-License-Identifier: Apache-2.0
// Listens to all GPUs of a run: packets to the recorder, transactions to their stream's statistics, messages to
// masters.
#pragma once

#include <functional>
#include <string>
#include <unordered_set>
#include <vector>

#include "gpu/observer.hpp"
#include "gpu/order_monitor.hpp"
#include "observe/class_stats.hpp"
#include "observe/recorder.hpp"
#include "system/faults/fault_desk.hpp"

namespace fs {

class RunObserver final : public DeliveryObserver {
 public:
  /// `streams`: names under which transactions are reported; those of a master that belongs to none go under `other`.
  RunObserver(Recorder& recorder, const std::vector<std::string>& streams, OrderMonitor order);

  /// Transactions that come through `socket` of `gpu` belong to `stream`.
  void assign(NodeId gpu, int socket, std::size_t stream);
  /// Called when a write that carries a message has been performed.
  void on_message(std::function<void(NodeId target, std::uint64_t message)> listener) {
    message_ = std::move(listener);
  }

  /// Called when the first transaction ends with an error.
  void on_error(std::function<void(const Transaction&, Femtoseconds now)> listener) { error_ = std::move(listener); }

  /// Tells `desk` what happens to packets and transactions, from now on.
  void watch_faults(FaultDesk& desk) { desk_ = &desk; }

  void packet_lost(const Packet& packet, OperationStatus loss, Femtoseconds now) override;
  void transaction_resent(const Transaction& transaction, Femtoseconds now) override;
  void atomic_performed(const Transaction& transaction, Femtoseconds now) override;
  void ghost_met(const Transaction& transaction, Femtoseconds now) override;
  void packet_created(const Packet& packet, Femtoseconds now) override;
  void packet_delivered(const Packet& packet, Femtoseconds now) override;
  void data_visible(const Transaction& transaction, Femtoseconds now) override;
  void transaction_done(const Transaction& transaction, Femtoseconds now) override;

  /// By stream, `other` last.
  const std::vector<ClassStats>& streams() const { return streams_; }
  std::uint64_t issued() const { return ok_ + errors_; }
  std::uint64_t ok() const { return ok_; }
  std::uint64_t errors() const { return errors_; }
  /// Of those that ended well, as it seemed: with wrong data that nobody noticed, and the first of them by name.
  std::uint64_t wrong() const { return wrong_; }
  const std::vector<std::string>& first_wrong() const { return first_wrong_; }

 private:
  void note_wrong(const Transaction& transaction);
  ClassStats& stream_of(const Transaction& transaction);

  Recorder* recorder_;
  OrderMonitor order_;
  std::vector<ClassStats> streams_;
  std::vector<std::vector<std::size_t>> stream_of_socket_;  ///< by GPU
  std::function<void(NodeId, std::uint64_t)> message_;
  std::function<void(const Transaction&, Femtoseconds)> error_;
  FaultDesk* desk_ = nullptr;
  std::unordered_set<std::uint64_t> performed_;  ///< atomics, by name, where packets can be lost; never iterated
  std::uint64_t ok_ = 0;
  std::uint64_t errors_ = 0;
  std::uint64_t wrong_ = 0;
  std::vector<std::string> first_wrong_;
};

}  // namespace fs
