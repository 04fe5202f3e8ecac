// SPDX-License-Identifier: Apache-2.0
// One GPU at transaction level, without a kernel: masters' operations in, flits out, and the other way round.
#pragma once

#include <algorithm>
#include <cstdint>
#include <string>
#include <vector>

#include "gpu/gpu_config.hpp"
#include "gpu/memory/memory_port.hpp"
#include "gpu/request/tracker.hpp"
#include "gpu/site.hpp"
#include "gpu/target_side.hpp"
#include "link/inbox.hpp"

namespace fs {

struct GpuSetup {
  NodeId node{};
  std::string name;  ///< "gpu3": for messages and random streams
  GpuConfig config;
  std::uint64_t first_packet = 0;  ///< packets are numbered from here on
};

/// Stepped as a whole, step(), or in its parts by a shell that moves flits between pins and ports itself: deliver() for
/// each packet, work(), the ports' sending, next().
class GpuCore final : public MemoryClient {
 public:
  /// `ports`: one a link, 0 .. 64, complete. `context`, `ports` and `memory` outlive the core. Throws
  /// std::invalid_argument for a configuration that cannot work.
  GpuCore(const GpuContext& context, const GpuSetup& setup, std::vector<GpuPort>& ports, MemoryPort& memory);
  GpuCore(const GpuCore&) = delete;
  GpuCore& operator=(const GpuCore&) = delete;

  void set_step_request(StepRequest& request) { site_.step_request = &request; }
  /// Only the links of `mask` lead to `target`; without this, all do.
  void restrict_links(NodeId target, std::uint64_t mask) { tracker_.striper().restrict_links(target, mask); }

  // --- masters; at any time ---
  int add_socket(OperationSink& sink) { return tracker_.add_socket(sink); }
  bool has_room(int socket) const { return tracker_.has_room(socket); }
  /// Submits at time `now` (which may lie ahead); taken at the first edge strictly after it, sockets in ascending
  /// order.
  void submit(int socket, const Operation& operation, Femtoseconds now);

  /// A later change of that; see Tracker::reroute().
  void reroute(NodeId target, std::uint64_t mask, Femtoseconds now) {
    tracker_.reroute(target, mask, now);
    request_step(now);
  }
  /// At one of the GPU's edges, `now`: every remote operation ends with `status`.
  void end_all(OperationStatus status, Femtoseconds now);

  // --- the memory, when it answers later; at any time ---
  void memory_done(TransactionHandle transaction, OperationStatus status, Femtoseconds now) override;
  void memory_ready(Femtoseconds now) override;

  // --- the parts of a step ---
  /// The packet whose tail arrived has left the pins. Consumes it, or holds it in its port until the memory takes it.
  void deliver(PacketHandle handle, const PortFlit& arrival, Cycles now);
  /// Takes what has been waiting for this edge, and fills the memory and the source queues.
  void work(Cycles now);
  /// The links that got a packet to send since the last call, bit l for link l.
  std::uint64_t take_filled() {
    const std::uint64_t filled = site_.filled;
    site_.filled = 0;
    return filled;
  }
  /// After the ports have sent: the next cycle at which work() has something to do without a delivery.
  Cycles next(Cycles now) const { return std::min(tracker_.next(now), target_.next(now)); }

  /// One edge, with what reached the pins. Returns the next cycle at which the core must be stepped even if nothing
  /// arrives: Cycles::max() when idle.
  Cycles step(Cycles now, const Inbox::Slot& arrivals);

  // --- for checks and reports ---
  NodeId node() const { return site_.node; }
  const std::string& name() const { return site_.name; }
  const Clock& clock() const { return site_.clock; }
  const AddressMap& map() const { return site_.context->map; }
  const std::vector<GpuPort>& ports() const { return *site_.ports; }
  const Tracker& tracker() const { return tracker_; }
  const TargetSide& target_side() const { return target_; }
  std::uint64_t packets_created() const { return site_.next_packet; }
  std::uint64_t packets_delivered() const { return delivered_; }
  /// Nothing under way: no operation, no access, no packet waiting or held.
  bool idle() const;
  /// Who waits for whom, a line each: for deadlock reports.
  std::vector<std::string> waiting_lines(Femtoseconds now) const;

 private:
  void request_step(Femtoseconds after);
  Cycles send(Cycles now);
  /// A packet that is here in vain, its tail at `arrival`.
  void take_wrong(const Packet& packet, Transaction& t);
  void lose(PacketHandle handle, const PortFlit& arrival, OperationStatus loss, Cycles now);

  GpuSite site_;
  Tracker tracker_;
  TargetSide target_;
  std::uint64_t sending_ = 0;  ///< bit l: link l may have a flit to send
  std::uint64_t delivered_ = 0;
};

}  // namespace fs
