// SPDX-License-Identifier: Apache-2.0
// Flows over one wave there and one back, from event to event.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "observe/digest.hpp"
#include "observe/latency_histogram.hpp"
#include "transport/channel/long_haul_channel.hpp"
#include "transport/end_to_end/transport.hpp"

namespace fs {

/// A flow and what it carries: messages of one size, a number of them under way at a time.
struct FlowSpec {
  std::string name;
  TransportSpec transport;
  std::int64_t bytes = 1 << 20;  ///< of a message
  std::int64_t messages = 0;     ///< 0: until the run ends
  std::int64_t outstanding = 2;  ///< submitted and not known to be complete
  Femtoseconds start{0};
  Femtoseconds gap{0};  ///< from one submission to the next, at least
};

struct FlowResult {
  std::string name;
  SenderCounts sender;
  std::uint64_t duplicates = 0;
  std::int64_t buffer_high_water = 0;  ///< bytes at the receiver (lossless)
  std::uint64_t overflowed = 0;        ///< packets lost for want of room there
  std::uint64_t submitted = 0;
  std::uint64_t completed = 0;     ///< at the receiver
  std::uint64_t out_of_order = 0;  ///< of these, before one submitted earlier
  std::uint64_t completed_bytes = 0;
  std::uint64_t data_arrived = 0;   ///< data packets, all
  LatencyHistogram at_receiver;     ///< submission to completion
  LatencyHistogram at_sender;       ///< submission to the sender's knowing
  Femtoseconds longest_silence{0};  ///< between two arrivals of data
  Femtoseconds silence_end{0};      ///< the arrival that ended it
  Femtoseconds first_arrival{0};
  Femtoseconds last_arrival{0};
  Femtoseconds last_completion{0};
};

/// Flows take turns on the wave, packet by packet. Deterministic: events of one instant happen in the order arrivals of
/// data, arrivals of acknowledgements, sending.
class FlowRun {
 public:
  FlowRun(const LongHaulChannel::Spec& forward, const LongHaulChannel::Spec& back, const std::vector<FlowSpec>& flows);

  /// Runs to `end`, or until all messages of all flows are known to be complete. Returns when it stopped. May be called
  /// again with a later end.
  Femtoseconds run(Femtoseconds end);
  bool finished() const;

  FlowResult result(std::size_t flow) const;
  std::size_t flows() const { return flows_.size(); }
  const LongHaulChannel& forward() const { return forward_; }
  const LongHaulChannel& back() const { return back_; }
  const Digest& digest() const { return digest_; }
  std::uint64_t events() const { return events_; }

 private:
  struct Flow {
    FlowSpec spec;
    TransportPair transport;
    FlowResult result;
    std::vector<Femtoseconds> submitted_at;  // by message, from first_kept
    std::int64_t known = 0;
    std::int64_t next_in_order = 0;
    Femtoseconds next_submission{0};
  };
  bool may_submit(const Flow& flow) const;
  Femtoseconds flow_ready(const Flow& flow) const;
  void submit(Flow& flow);
  void send_turn();
  void data_arrives();
  void acknowledgement_arrives();
  void answer(Flow& flow);
  void note_known(Flow& flow);

  LongHaulChannel forward_;
  LongHaulChannel back_;
  std::vector<Flow> flows_;
  std::size_t turn_ = 0;
  Femtoseconds now_{0};
  Digest digest_;
  std::uint64_t events_ = 0;
};

}  // namespace fs
