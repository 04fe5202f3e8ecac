// SPDX-License-Identifier: Apache-2.0
// The serving side of a GPU: requests that arrived at its ports go to the memory, and their responses back.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/ring.hpp"
#include "gpu/completion_records.hpp"
#include "gpu/gpu_config.hpp"
#include "gpu/memory/memory_port.hpp"
#include "gpu/request/tracker.hpp"
#include "gpu/site.hpp"

namespace fs {

/// Requests wait in their port's receive buffer, in order of arrival, until the target pipeline is through, the memory
/// takes them and the response queue of their link has room. Ports are served in a cyclic order that starts one port
/// further each cycle, the tracker's local requests before them in even cycles and after them in odd ones. What the
/// memory refuses until a known time holds up its own port only.
class TargetSide {
 public:
  TargetSide(GpuSite& site, Tracker& tracker, const GpuConfig& config, MemoryPort& memory);

  // The steps of a cycle; `time` is edge `now`.
  void request_arrived(PacketHandle packet, int port, VcId vc, Cycles now);
  /// A request that came by `port` without all of its bytes: answered with an error, or, posted, lost.
  void refuse_poisoned(TransactionHandle handle, int port, Cycles now, Femtoseconds time);
  void take_memory_answers(Cycles now, Femtoseconds time);
  void serve(Cycles now, Femtoseconds time);
  /// After the ports have sent: the next cycle in which there is something to do without an arrival.
  Cycles next(Cycles now) const;

  // From a memory that answers later; at any time.
  void memory_done(TransactionHandle transaction, OperationStatus status, Femtoseconds now);
  void memory_ready(Femtoseconds now);

  std::size_t in_memory() const { return in_memory_; }
  /// Requests that hold slots of a port's receive buffer.
  std::size_t waiting(int port) const { return ports_[static_cast<std::size_t>(port)].requests.size(); }
  std::vector<std::string> waiting_lines() const;

 private:
  struct Request {
    PacketHandle packet = PacketHandle::none;
    TransactionHandle transaction = TransactionHandle::none;  ///< the packet's
    VcId vc{};
    Cycles eligible{0};
  };
  struct Port {
    Ring<Request> requests;
    Cycles retry_at{0};          ///< the memory refused the first one until then
    bool blocked = false;        ///< the first one waits for room in the response queue
    std::int64_t in_memory = 0;  ///< requests of this link whose response is not made yet
  };
  struct Answer {
    Cycles due{0};
    Femtoseconds time{};
    std::uint32_t number = 0;  ///< breaks ties in order of acceptance; goes round
    TransactionHandle transaction = TransactionHandle::none;
    friend bool operator<(const Answer& a, const Answer& b) {  // for a heap whose top is the earliest
      return a.due != b.due ? a.due > b.due : static_cast<std::int32_t>(a.number - b.number) > 0;
    }
  };

  void serve_port(int port, Cycles now, Femtoseconds time);
  /// Brings near what serving this request will touch.
  void prefetch(const Request& request) const;
  void serve_local(Cycles now, Femtoseconds time);
  /// Offers to the memory; when refused, `retry_at` says from which cycle on to ask again.
  bool offer(TransactionHandle handle, Cycles now, Femtoseconds time, Cycles& retry_at);
  void expect(TransactionHandle handle, Cycles due, Femtoseconds done);
  void finish(const Answer& answer, Femtoseconds time);
  void respond(TransactionHandle handle, Femtoseconds time);
  bool response_room(int port) const;
  /// Of a request that has reached the memory: whether it is to be performed. If not, it has been answered or dropped.
  bool to_be_performed(TransactionHandle handle, Cycles now, Femtoseconds time);
  void learn_losses(const Packet& packet, Transaction& t);
  /// The request at the front of a port leaves its receive buffer.
  void take_request(int port, const Request& request, Cycles now);

  GpuSite* site_;
  Tracker* tracker_;
  MemoryPort* memory_;
  Cycles target_cycles_;
  std::int64_t response_queue_;
  std::vector<Port> ports_;
  std::uint64_t waiting_ports_ = 0;
  Cycles local_retry_at_{0};
  Femtoseconds closed_until_{0};  ///< the memory takes nothing before; max: until memory_ready()
  std::vector<Answer> answers_;   ///< heap
  std::uint32_t next_number_ = 0;
  std::size_t in_memory_ = 0;
  bool exactly_once_ = false;
  CompletionRecords completions_;
  std::vector<std::uint32_t> posted_arrived_;  ///< by (source, its link), where a flush learns of losses
};

}  // namespace fs
