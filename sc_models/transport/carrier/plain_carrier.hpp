// SPDX-License-Identifier: Apache-2.0
// The simplest carrier: endpoints with a rate, and the same latency from each to each of its group.
#pragma once

#include <queue>
#include <vector>

#include "common/clock.hpp"
#include "common/ring.hpp"
#include "transport/carrier/message_carrier.hpp"

namespace fs {

/// A network in which nothing is ever in the way but the two ends: a message leaves when its source is free, its first
/// byte arrives `latency` later, and its target takes messages one after the other in the order in which their first
/// bytes arrive. (Ties: in the order in which they were posted.)
class PlainCarrier final : public MessageCarrier {
 public:
  struct Spec {
    std::vector<BitsPerSecond> rates;     ///< by endpoint, each way; > 0
    std::vector<std::size_t> group_of;    ///< by endpoint: whose latency it has
    std::vector<Femtoseconds> latencies;  ///< by group: from first bit out to first bit in; between groups nothing goes
  };
  explicit PlainCarrier(const Spec& spec);

  void report_to(MessageSink& sink) override { sink_ = &sink; }
  void post(const CarriedMessage& message, Femtoseconds now) override;
  Femtoseconds next_event() const override;
  void advance(Femtoseconds until) override;
  std::uint64_t under_way() const override { return under_way_; }

 private:
  struct Event {
    Femtoseconds time{0};
    std::uint64_t order = 0;
    bool done = false;  ///< else its first byte arrives
    Femtoseconds last_byte{0};
    CarriedMessage message;
    bool operator<(const Event& other) const {  // the earliest on top
      return time != other.time ? other.time < time : other.order < order;
    }
  };
  void push(Event event) {
    event.order = order_++;
    events_.push(event);
  }

  std::vector<ByteClock> clocks_;
  std::vector<Femtoseconds> out_free_, in_free_;
  std::vector<std::size_t> group_of_;
  std::vector<Femtoseconds> latencies_;
  std::priority_queue<Event> events_;
  std::uint64_t order_ = 0;
  std::uint64_t under_way_ = 0;
  MessageSink* sink_ = nullptr;
};

}  // namespace fs
