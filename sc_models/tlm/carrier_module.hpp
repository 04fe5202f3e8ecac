// SPDX-License-Identifier: Apache-2.0
// A carrier of messages beside a fabric of flits, in one kernel.
#pragma once

#include <functional>
#include <systemc>
#include <unordered_map>
#include <vector>

#include "common/clock.hpp"
#include "observe/digest.hpp"
#include "transport/carrier/message_carrier.hpp"
#include "workload/schedule/message_port.hpp"

namespace fs::tlm {

/// One process, which lets happen what the carrier has due and sleeps until its next event. It works half-way between
/// the edges of the fabric's clock, where no chip does anything: what is posted at an edge is handed over half a cycle
/// later, in the order of ids; what arrives is told at the next half-way point, in the order of (time, id). So neither
/// depends on the order in which the kernel runs processes.
class CarrierModule : public sc_core::sc_module, public MessagePort, private MessageSink {
 public:
  struct Hooks {
    std::function<bool(NodeId source, NodeId target)> carries;
    std::function<void(NodeId target, std::uint64_t id)> deliver;
  };
  /// `carrier` outlives this; nothing has been posted to it yet.
  CarrierModule(sc_core::sc_module_name name, MessageCarrier& carrier, Clock clock, Hooks hooks);

  bool carries(NodeId source, NodeId target) const override { return hooks_.carries(source, target); }
  void post(const CarriedMessage& message, Femtoseconds now) override;
  /// Posted and not yet told to who they are for.
  std::uint64_t under_way() const { return carrier_->under_way() + posted_.size() + arrivals_.size(); }
  /// Messages whose ends it remembers: those under way, none for longer.
  std::size_t remembered() const { return ends_.size(); }

  /// Of messages that have been told to who they are for.
  std::uint64_t delivered_bytes() const { return delivered_bytes_; }
  /// Of all messages delivered: their source, id, and time.
  const Digest& digest() const { return digest_; }

  SC_HAS_PROCESS(CarrierModule);

 private:
  struct Posted {
    CarriedMessage message;
    Femtoseconds at{0};
  };
  struct Arrival {
    Femtoseconds time{0};
    std::uint64_t id = 0;
    bool operator<(const Arrival& other) const {  // the first on top of a heap
      return time != other.time ? other.time < time : other.id < id;
    }
  };

  void delivered(std::uint64_t id, Femtoseconds time) override;
  void work();
  void hand_over(Femtoseconds now);
  void sleep(Femtoseconds now);
  /// The first point half-way between two edges at or after `time`.
  Femtoseconds half_way(Femtoseconds time) const;

  MessageCarrier* carrier_;
  Clock clock_;
  Hooks hooks_;
  std::vector<Posted> posted_;
  std::vector<Arrival> arrivals_;  ///< a heap
  struct Ends {
    NodeId source{};
    NodeId target{};
    Bytes bytes{0};
  };
  std::unordered_map<std::uint64_t, Ends> ends_;  ///< by id, of what is under way; looked up, never walked through
  std::uint64_t delivered_bytes_ = 0;
  Digest digest_;
  sc_core::sc_event due_{"due"};
};

}  // namespace fs::tlm
