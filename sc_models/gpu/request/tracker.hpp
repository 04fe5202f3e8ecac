// SPDX-License-Identifier: Apache-2.0
// The requesting side of a GPU: takes operations, splits them into transactions, keeps within the window, chooses
// links, and brings responses back to who asked.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "common/ring.hpp"
#include "gpu/gpu_config.hpp"
#include "gpu/operation.hpp"
#include "gpu/request/hazards.hpp"
#include "gpu/request/request_timers.hpp"
#include "gpu/request/striping.hpp"
#include "gpu/request/tags.hpp"
#include "gpu/site.hpp"

namespace fs {

/// The life of an operation: submitted at any time through a socket; taken at the next edge strictly after, sockets in
/// ascending order; after the request pipeline it is cut at max_payload boundaries, and each part leaves once it has a
/// place in the window (which stands for the room its response needs), a link with room in its source queue, and no
/// hazard; a part that waits holds up those behind it. Local operations wait in a queue of their own, for the memory.
class Tracker {
 public:
  Tracker(GpuSite& site, const GpuConfig& config);

  /// Sockets are numbered from 0 in the order of these calls.
  int add_socket(OperationSink& sink);
  bool has_room(int socket) const { return sockets_[static_cast<std::size_t>(socket)].inside < submit_depth_; }
  /// Submits at time `now`, which may lie ahead; has_room() must hold.
  void submit(int socket, const Operation& operation, Femtoseconds now);
  Striper& striper() { return striper_; }

  // --- what a failing fabric asks of it; at any time ---
  /// From now on only the links of `mask` lead to `target`; with an empty mask, requests to it end as unreachable.
  /// Where the protocol keeps order, new ones wait until what went by the old links had the profile's `drain` to
  /// arrive.
  void reroute(NodeId target, std::uint64_t mask, Femtoseconds now);
  /// Ends every remote operation, under way or waiting, with `status`, and from now on every new one.
  void end_all(OperationStatus status, Cycles now, Femtoseconds time);

  // The steps of a cycle; `time` is edge `now`.
  void take_submissions(Cycles now, Femtoseconds time);
  void response_arrived(TransactionHandle handle, Cycles now, Femtoseconds time);
  void complete_responses(Cycles now, Femtoseconds time);
  /// Timers that have ended, tags that have rested, reroutes that have waited. Nothing to do unless the fabric can lose
  /// something.
  void recover(Cycles now, Femtoseconds time) {
    if (recovering_) recover_now(now, time);
  }
  /// The memory has finished a local transaction; its ledger reaches up to `time`.
  void local_done(TransactionHandle handle, Femtoseconds time);
  void issue(Cycles now, Femtoseconds time);
  /// The next local transaction for the memory, made when first asked for; none while there is nothing to do.
  TransactionHandle next_local(Cycles now, Femtoseconds time);
  /// A local transaction was made and not taken yet.
  bool local_pending() const { return local_next_ != TransactionHandle::none; }
  void local_taken(Femtoseconds time);
  /// After the ports have sent: the next cycle in which one of the steps above has something to do without an arrival.
  Cycles next(Cycles now) const;

  std::uint64_t created() const { return next_number_; }
  std::size_t outstanding() const { return tags_.in_use(); }
  /// Tags whose ghosts may still arrive.
  std::size_t resting_tags() const { return tags_.resting(); }
  /// Operations submitted and not yet done.
  std::size_t operations() const { return operations_; }
  std::vector<std::string> waiting_lines(Femtoseconds now) const;

 private:
  struct Submission {
    Operation operation;
    Femtoseconds time{};
  };
  struct Socket {
    OperationSink* sink = nullptr;
    Ring<Submission> submitted;
    std::int64_t inside = 0;  ///< submitted or not yet all under way
    bool was_full = false;
  };
  struct Waiting {
    OperationHandle operation = OperationHandle::none;
    Cycles eligible{0};
  };
  struct Completing {
    TransactionHandle transaction = TransactionHandle::none;
    Cycles due{0};
  };
  enum class Blocked : std::uint8_t { no, window, source_queue, hazard, reroute };
  /// New links towards a target, from when what went by the old ones has ended.
  struct Reroute {
    NodeId target{};
    std::uint64_t mask = 0;
    Femtoseconds not_before{};
  };

  void accept(const Submission& submission, int socket, Cycles now, Femtoseconds time);
  OperationStatus check(const Operation& operation) const;
  /// For the first waiting part, whose link has been chosen.
  bool source_queue_room() const;
  Blocked issue_part(OperationHandle handle, Cycles now, Femtoseconds time);
  TransactionHandle make_transaction(OperationHandle handle, std::uint32_t bytes, Femtoseconds edge);
  /// What the operation brings for `t`, whose first byte is its byte `position`.
  void attach_data(Transaction& t, const Operation& operation, std::uint32_t position);
  std::uint32_t part_bytes(const OperationRecord& record) const;
  void all_parts_made(OperationHandle handle, Femtoseconds time);
  void send_request(const Transaction& t, TransactionHandle handle, int link, Femtoseconds time);
  bool waits_for_reroute(NodeId target) const;
  void recover_now(Cycles now, Femtoseconds time);
  void arm_timer(Cycles now);
  void apply_reroutes(Femtoseconds time);
  /// A response of a transaction that still waits for one; takes its record as the transaction's.
  bool accept(TransactionHandle handle);
  void meet_ghost(TransactionHandle handle, Femtoseconds time);
  /// Sends the open transaction of `tag` again, or ends it when it has been sent often enough.
  void try_again(std::uint32_t tag, OperationStatus why, Cycles now, Femtoseconds time);
  void resend(std::uint32_t tag, int link, Cycles now, Femtoseconds time);
  void give_up(std::uint32_t tag, OperationStatus status, Cycles now, Femtoseconds time);
  void finish_transaction(TransactionHandle handle, Femtoseconds time);
  void bring_back(const Transaction& t, const Operation& operation);
  void finish_operation(OperationHandle handle, Femtoseconds time);
  OperationRecord operation_of(const Transaction& t) const;
  void report(const OperationRecord& done, Femtoseconds time);
  OperationRecord& record(OperationHandle handle) const { return site_->context->pools->operations[handle]; }
  bool posted(OperationKind kind) const {
    return kind == OperationKind::send || (kind == OperationKind::write && posted_writes_);
  }

  GpuSite* site_;
  Cycles request_cycles_;
  Cycles response_cycles_;
  Cycles local_cycles_;
  std::int64_t submit_depth_;
  std::int64_t per_cycle_;
  std::size_t source_queue_;
  bool posted_writes_;
  std::uint64_t part_limit_;
  Striper striper_;
  Hazards hazards_;
  std::vector<Socket> sockets_;
  Femtoseconds next_submission_ = Femtoseconds::max();
  Ring<Waiting> remote_;
  Ring<Waiting> local_;
  TransactionHandle local_next_ = TransactionHandle::none;
  Ring<Completing> completing_;
  Tags tags_;
  RequestTimers timers_;
  bool recovering_ = false;
  OperationStatus ended_ = OperationStatus::ok;  ///< how remote operations end from now on
  std::int64_t retries_ = 0;
  Cycles timer_armed_{-1};
  Femtoseconds rerouted_at_{-1};
  std::vector<Reroute> reroutes_;
  std::vector<std::uint32_t> posted_sent_;  ///< by (target, link), where a flush learns of losses
  Blocked blocked_ = Blocked::no;
  std::uint64_t next_number_ = 0;
  std::size_t operations_ = 0;
};

}  // namespace fs
