// SPDX-License-Identifier: Apache-2.0
// What a run keeps of its faults: when each was noticed, answered and over, and whom it touched.
#pragma once

#include <cstdint>
#include <string>
#include <unordered_map>
#include <vector>

#include "common/bits.hpp"
#include "common/quantity.hpp"
#include "fault/fabric_manager.hpp"
#include "fault/fault_schedule.hpp"
#include "flit/packet.hpp"
#include "gpu/transaction.hpp"
#include "observe/latency_histogram.hpp"

namespace fs {

constexpr Femtoseconds not_yet{-1};

/// One fault of a run.
struct FaultRecord {
  std::string kind;
  std::string where;
  Femtoseconds began = not_yet;
  Femtoseconds ended = not_yet;      ///< by itself
  Femtoseconds detected = not_yet;   ///< by what fault_detection() says
  Femtoseconds reacted = not_yet;    ///< the manager's last order took effect, or the link was trained again
  Femtoseconds recovered = not_yet;  ///< that, and the last transaction it touched has ended
  std::string reaction;
  std::uint64_t packets_lost = 0;
  std::uint64_t transactions_touched = 0;  ///< lost a packet, or were sent again, or ended as errors, through it
  std::uint64_t transactions_failed = 0;   ///< of these, ended as errors
  std::uint64_t transactions_wrong = 0;    ///< of these, ended well, as it seemed, with wrong data
  std::uint64_t transactions_open = 0;     ///< of these, not yet ended
  DynamicBits gpus;                        ///< sources and targets of those touched
  /// The first few touched, by name: source, number there.
  std::vector<std::pair<NodeId, std::uint64_t>> first_touched;
};

/// The run cut where faults begin and are over: before the first, while one is open, after the last. Bytes belong to
/// the phase in which they moved; a latency that spans two phases belongs to the faults.
enum class Phase : std::uint8_t { before, during, after };

struct PhaseStats {
  Femtoseconds span{0};
  std::uint64_t ok = 0;
  std::uint64_t failed = 0;
  std::uint64_t bytes = 0;  ///< of transactions that ended well
  LatencyHistogram latency;
};

/// A span of the run, for curves.
struct TimelineBin {
  std::uint64_t bytes = 0;
  std::uint64_t ok = 0;
  std::uint64_t failed = 0;
  std::int64_t latency_sum = 0;  ///< fs, of those that ended well
  std::int64_t latency_max = 0;
};

class FaultLog {
 public:
  FaultLog(int gpus, Femtoseconds begin) : gpus_(gpus), begin_(begin), phase_since_(begin), slowed_gpus_(gpus) {}

  std::size_t add(const Fault& fault);
  FaultRecord& record(std::size_t fault) { return records_[fault]; }
  const std::vector<FaultRecord>& records() const { return records_; }

  // The life of a fault.
  void begin(std::size_t fault, Femtoseconds now);
  void end(std::size_t fault, Femtoseconds now) { records_[fault].ended = now; }
  /// True the first time.
  bool detect(std::size_t fault, Femtoseconds now);
  void react(std::size_t fault, Femtoseconds now, const std::string& reaction);
  /// The fault is worked around, or over: it is recovered once the transactions it touched have ended.
  void settle(std::size_t fault, Femtoseconds now);
  /// It has broken something again: a flap.
  void unsettle(std::size_t fault);

  // What transactions go through; `fault` may be no_fault.
  void packet_lost(const Packet& packet, const Transaction* transaction, int fault, const char* cause);
  /// It goes on with wrong data that nobody has noticed.
  void packet_wrong(const Packet& packet, const Transaction* transaction, int fault);
  void resent(const Transaction& transaction, int fault);
  void transaction_done(const Transaction& transaction, int fault, Femtoseconds now);
  /// The same for a packet of open-loop traffic, that has no transaction.
  void packet_done(const Packet& packet, bool ok, Femtoseconds now);

  /// The only fault that is open; no_fault where several are, or none.
  int only_open() const { return open_ == 1 ? static_cast<int>(open_sum_) : no_fault; }

  /// The run has ended.
  void finish(Femtoseconds now) { count_span(now); }

  const PhaseStats& phase(Phase phase) const { return phases_[static_cast<std::size_t>(phase)]; }
  const std::vector<TimelineBin>& bins() const { return bins_; }
  Femtoseconds bin_width() const { return bin_width_; }
  std::uint64_t slowed() const { return slowed_; }
  const DynamicBits& slowed_gpus() const { return slowed_gpus_; }
  const DynamicBits& touched_gpus() const { return touched_gpus_; }
  /// Packets that were lost, by cause, in the order in which causes first came up.
  const std::vector<std::pair<std::string, std::uint64_t>>& losses() const { return losses_; }
  std::uint64_t resends() const { return resends_; }
  std::uint64_t bytes_resent() const { return bytes_resent_; }
  /// Errors by cause, likewise.
  const std::vector<std::pair<std::string, std::uint64_t>>& errors() const { return errors_; }
  std::uint64_t ghosts = 0;
  std::uint64_t ghosts_mistakable = 0;  ///< that came when their tag and generation stood for another transaction

 private:
  static void count(std::vector<std::pair<std::string, std::uint64_t>>& counts, const std::string& what);
  static std::uint64_t name_of(const Transaction& t) {
    return static_cast<std::uint64_t>(index(t.source)) << 40 | t.number;
  }
  void touch(const Transaction& transaction, int fault);
  void touch_gpus(NodeId source, NodeId target, int fault);
  /// One thing that ended: for phases and timeline.
  void count_end(Femtoseconds created, Femtoseconds now, std::uint64_t bytes, bool ok);
  void count_slow(NodeId source, Femtoseconds created, Femtoseconds now);
  void check_recovered(std::size_t fault, Femtoseconds now);
  void count_span(Femtoseconds now);
  void enter(Phase phase, Femtoseconds now);
  TimelineBin& bin_at(Femtoseconds now);

  int gpus_;
  Femtoseconds begin_;  ///< of the measurement: what ends before belongs to no phase
  std::vector<FaultRecord> records_;
  std::vector<char> settled_;
  std::size_t open_ = 0;                            ///< faults begun and not recovered ...
  std::size_t open_sum_ = 0;                        ///< ... and the sum of their numbers
  std::unordered_map<std::uint64_t, int> touched_;  ///< open transactions by name: the fault; never iterated
  Phase phase_ = Phase::before;
  Femtoseconds phase_since_;
  PhaseStats phases_[3];
  PhaseStats warmup_;
  Femtoseconds changed_at_{0};  ///< when the phase began
  Femtoseconds slow_above_ = Femtoseconds::max();
  std::uint64_t slowed_ = 0;
  DynamicBits slowed_gpus_;
  DynamicBits touched_gpus_{gpus_};
  Femtoseconds bin_width_ = nanoseconds(50);
  std::vector<TimelineBin> bins_;
  std::vector<std::pair<std::string, std::uint64_t>> losses_;
  std::vector<std::pair<std::string, std::uint64_t>> errors_;
  std::uint64_t resends_ = 0;
  std::uint64_t bytes_resent_ = 0;
};

}  // namespace fs
