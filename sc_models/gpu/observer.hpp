// SPDX-License-Identifier: Apache-2.0
// Who is told what the GPUs of a simulation send and receive.
#pragma once

#include "common/quantity.hpp"
#include "flit/packet.hpp"
#include "gpu/transaction.hpp"
#include "observe/measure_window.hpp"

namespace fs {

/// Called from within a GPU's step, at one of its edges. The records die after the call.
class DeliveryObserver {
 public:
  virtual ~DeliveryObserver() = default;
  /// A packet enters its source queue.
  virtual void packet_created(const Packet&, Femtoseconds /*now*/) {}
  /// A packet's tail is at its destination; its ledger has been found to explain its latency.
  virtual void packet_delivered(const Packet&, Femtoseconds /*now*/) {}
  /// Bytes of a write or send have reached the memory (send: the GPU) they were for.
  virtual void data_visible(const Transaction&, Femtoseconds /*now*/) {}
  /// A packet ended before its destination, or arrived there without all of its bytes. The record dies after the call.
  virtual void packet_lost(const Packet&, OperationStatus /*loss*/, Femtoseconds /*now*/) {}
  /// A source sends a request again: the record is that of the new attempt.
  virtual void transaction_resent(const Transaction&, Femtoseconds /*now*/) {}
  /// The memory has performed a remote atomic.
  virtual void atomic_performed(const Transaction&, Femtoseconds /*now*/) {}
  /// A packet of a transaction that its source has ended without it has reached its end.
  virtual void ghost_met(const Transaction&, Femtoseconds /*now*/) {}
  /// A transaction has ended; its ledger has been found to explain its latency.
  virtual void transaction_done(const Transaction&, Femtoseconds /*now*/) {}
  /// An operation has ended at its source, with its status. One refused at once (a bad address) had no transaction.
  virtual void operation_done(const OperationRecord&, Femtoseconds /*now*/) {}
};

}  // namespace fs
