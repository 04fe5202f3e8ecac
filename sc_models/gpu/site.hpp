// SPDX-License-Identifier: Apache-2.0
// What the two sides of one GPU share: its name, its ports, and how it makes packets.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/clock.hpp"
#include "common/ids.hpp"
#include "flit/profile/profile.hpp"
#include "gpu/address_map.hpp"
#include "gpu/observer.hpp"
#include "gpu/port.hpp"
#include "gpu/transaction.hpp"

namespace fs {

/// Who steps the core: told when a call from outside needs the core to be stepped at a cycle. May be told a cycle that
/// is already on its list.
class StepRequest {
 public:
  virtual ~StepRequest() = default;
  virtual void step_at(Cycles cycle) = 0;
};

/// What all GPUs of one clock domain share; outlives them.
struct GpuContext {
  Profile profile;
  AddressMap map;
  PacketPool* packets = nullptr;
  TransactionPools* pools = nullptr;
  DeliveryObserver* observer = nullptr;
  MeasureWindow measure;
  std::uint64_t seed = 1;
  bool lossy = false;  ///< the fabric can lose packets: timers, resends and completion records as the profile says
};

struct GpuSite {
  const GpuContext* context = nullptr;
  NodeId node{};
  std::string name;
  Clock clock;
  ClassId request_class{};
  ClassId response_class{};
  std::vector<GpuPort>* ports = nullptr;
  std::uint64_t next_packet = 0;
  std::uint64_t filled = 0;  ///< bit l: link l got a packet to send

  std::uint64_t credited = 0;  ///< bit l: link l may have credits to send back
  StepRequest* step_request = nullptr;

  GpuPort& port(std::size_t link) const { return (*ports)[link]; }

  Femtoseconds edge(Cycles cycle) const { return clock.edge(cycle); }
  Transaction& transaction(TransactionHandle handle) const { return context->pools->transactions[handle]; }

  /// Makes a packet created at `now` and queues it at `link`. `transaction` may be none, for a raw packet of `bytes`.
  void send(int link, PacketKind kind, NodeId dst, ClassId cls, Bytes bytes, std::uint16_t payload,
            TransactionHandle transaction, Femtoseconds now);
};

/// Finds the classes `request` and `response` of a profile; with a single class both are that one. Throws
/// std::invalid_argument when they are not there.
void find_classes(const Profile& profile, ClassId& request, ClassId& response);

/// Bytes of a request or response packet of this transaction, header and payload.
Bytes request_bytes(const Profile& profile, const Transaction& t);
Bytes response_bytes(const Profile& profile, const Transaction& t);

/// Checks that the ledger explains the latency, tells the observer, and frees the record.
void end_transaction(const GpuSite& site, TransactionHandle handle, Femtoseconds now);

/// A transaction's packet, or its access, has come to an end in the fabric: `loss` says how. Its record stays while its
/// source waits for it.
void end_journey(TransactionPools& pools, TransactionHandle handle, OperationStatus loss);

/// "gpu3: read #17 to gpu5+0x1200"
std::string describe(const Transaction& t);

}  // namespace fs
