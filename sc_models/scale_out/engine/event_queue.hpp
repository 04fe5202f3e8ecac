// SPDX-License-Identifier: Apache-2.0
// What is still to happen, by time and, at one instant, in the order in which it was scheduled.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <vector>

#include "common/quantity.hpp"

namespace fs {

enum class NetEventKind : std::uint8_t {
  switch_decides,    ///< a = port it came in by, b = packet
  packet_arrives,    ///< a = port (of a NIC) it came in by, b = packet
  control_acts,      ///< a = port whose sending it is about, b = packet
  wire_free,         ///< a = port
  port_wakes,        ///< a = port
  queue_pair_wakes,  ///< a = queue pair
  rate_timer,        ///< a = queue pair
  message_ready,     ///< a = posted message
  message_done,      ///< a = finished message
  link_changes,      ///< a = link or switch, b = LinkChange
};

struct NetEvent {
  Femtoseconds time{0};
  std::uint64_t order = 0;  ///< the kind in the low byte, above it when it was scheduled
  std::uint32_t a = 0, b = 0;
  NetEventKind kind() const { return static_cast<NetEventKind>(order & 0xffU); }
};

/// A wheel of slots of 1.05 ns, 17 us around, and a heap for what lies beyond. A slot is sorted when its turn comes.
/// Nothing is allocated once the largest number of pending events has been seen.
class EventQueue {
 public:
  EventQueue() : heads_(slots, none), filled_(slots / 64), filled_words_(slots / 64 / 64) {}

  /// `time` is not before that of the last event popped.
  void push(Femtoseconds time, NetEventKind kind, std::uint32_t a, std::uint32_t b = 0) {
    const NetEvent event{time, ++scheduled_ << 8U | static_cast<std::uint64_t>(kind), a, b};
    const std::int64_t slot = time.value() >> slot_bits;
    if (slot <= cursor_) {
      insert_sorted(event);
    } else if (slot < cursor_ + slots) {
      insert_in_slot(event, static_cast<std::size_t>(slot & (slots - 1)));
    } else {
      far_.push_back(event);
      std::push_heap(far_.begin(), far_.end(), Later());
    }
    ++pending_;
  }
  /// max(): nothing is pending.
  Femtoseconds next_time() {
    if (due_.empty() && !turn()) return Femtoseconds::max();
    return due_.back().time;
  }
  /// The next event; there is one.
  NetEvent pop() {
    if (due_.empty()) turn();
    const NetEvent event = due_.back();
    due_.pop_back();
    --pending_;
    return event;
  }
  std::size_t size() const { return pending_; }
  /// The next one, if it is at hand: to fetch what it is about while the one before it happens.
  const NetEvent* upcoming() const { return due_.empty() ? nullptr : &due_.back(); }

 private:
  static constexpr int slot_bits = 20;
  static constexpr std::int64_t slots = 16384;
  static constexpr std::uint32_t none = 0xffffffff;
  /// Events of one slot lie together, for each line of memory that is fetched costs more than what is done with it.
  struct Block {
    static constexpr std::uint32_t room = 10;
    std::array<NetEvent, room> events;
    std::uint32_t next = none;
    std::uint32_t count = 0;
  };

  struct Later {
    bool operator()(const NetEvent& x, const NetEvent& y) const {
      return x.time != y.time ? x.time > y.time : x.order >> 8U > y.order >> 8U;
    }
  };
  void insert_sorted(const NetEvent& event) {
    due_.insert(std::upper_bound(due_.begin(), due_.end(), event, Later()), event);
  }
  void insert_in_slot(const NetEvent& event, std::size_t slot);
  /// Moves on to the next slot that holds anything and sorts it; false: there is none.
  bool turn();
  std::int64_t next_filled() const;
  void take_slot(std::size_t slot);

  std::vector<NetEvent> due_;  // of the slot at the cursor, the next one last
  std::vector<std::uint32_t> heads_;
  std::vector<std::uint64_t> filled_;        // a bit a slot
  std::vector<std::uint64_t> filled_words_;  // a bit a word of filled_
  std::vector<Block> blocks_;
  std::uint32_t free_ = none;
  std::vector<NetEvent> far_;  // heap
  std::int64_t cursor_ = -1;
  std::uint64_t scheduled_ = 0;
  std::size_t pending_ = 0;
};

}  // namespace fs
