// SPDX-License-Identifier: Apache-2.0
// The input units of a switch: one slot array an input, in which every queue of that input is a linked list.
#pragma once

#include <cstdint>
#include <vector>

#include "common/check.hpp"
#include "switch/core.hpp"

namespace fs {

/// Private and pooled buffers are the same structure: each VC has a reserve, and what exceeds it counts against a
/// shared part (of size zero when buffers are private).
class InputUnits {
 public:
  static constexpr std::uint16_t nil = 0xffff;
  static constexpr std::uint16_t no_output = 0xffff;

  struct Slot {
    Flit flit;
    std::uint16_t next = nil;
    std::uint8_t output = 0;  ///< heads: the output chosen
    std::uint8_t vcs = 0;     ///< heads: which VC mask of the route table
  };
  struct Queue {
    std::uint16_t head = nil;
    std::uint16_t tail = nil;
    bool empty() const { return head == nil; }
  };

  explicit InputUnits(const SwitchConfig& config);
  void reset();

  /// Takes one buffer slot; false when the sender has overrun its credits.
  bool take_space(int input, int vc) {
    auto& used = used_[at(input, vc)];
    if (used >= reserve_[static_cast<std::size_t>(vc)]) {
      if (shared_used_[static_cast<std::size_t>(input)] >= shared_depth_) return false;
      ++shared_used_[static_cast<std::size_t>(input)];
    }
    ++used;
    return true;
  }
  int used(int input, int vc) const { return used_[at(input, vc)]; }

  std::size_t queue_index(int input, int vc, int output) const {
    return static_cast<std::size_t>(input) * queues_ + static_cast<std::size_t>(vc) * vc_stride_ +
           static_cast<std::size_t>(output) * output_stride_;
  }
  Queue& queue(std::size_t i) { return queue_[i]; }
  const Queue& queue(std::size_t i) const { return queue_[i]; }
  std::size_t queue_count() const { return queue_.size(); }
  Slot& slot(int input, std::uint16_t i) { return slots_[static_cast<std::size_t>(input) * slots_per_input_ + i]; }
  const Slot& slot(int input, std::uint16_t i) const {
    return slots_[static_cast<std::size_t>(input) * slots_per_input_ + i];
  }
  std::size_t slot_index(int input, std::uint16_t i) const {
    return static_cast<std::size_t>(input) * slots_per_input_ + i;
  }
  std::size_t slot_count() const { return slots_.size(); }

  /// Appends a flit whose space was taken; returns its slot.
  std::uint16_t push(int input, Queue& queue, const Flit& flit, int output, std::uint8_t vcs) {
    auto& free = free_[static_cast<std::size_t>(input)];
    const std::uint16_t i = free;
    Slot& s = slot(input, i);
    free = s.next;
    s.flit = flit;
    s.next = nil;
    s.output = static_cast<std::uint8_t>(output);
    s.vcs = vcs;
    if (queue.empty()) {
      queue.head = i;
    } else {
      slot(input, queue.tail).next = i;
    }
    queue.tail = i;
    return i;
  }
  /// Removes the front flit, its slot and its space.
  void pop(int input, int vc, Queue& queue) {
    const std::uint16_t i = queue.head;
    Slot& s = slot(input, i);
    queue.head = s.next;
    auto& free = free_[static_cast<std::size_t>(input)];
    s.next = free;
    free = i;
    auto& used = used_[at(input, vc)];
    if (used > reserve_[static_cast<std::size_t>(vc)]) --shared_used_[static_cast<std::size_t>(input)];
    --used;
  }

  /// The output of the packet that is arriving at (input, vc); no_output between packets.
  std::uint16_t& arriving(int input, int vc) { return arriving_[at(input, vc)]; }

 private:
  std::size_t at(int input, int vc) const {
    return static_cast<std::size_t>(input) * vcs_ + static_cast<std::size_t>(vc);
  }

  std::size_t ports_;
  std::size_t vcs_;
  std::size_t queues_;  ///< of one input
  std::size_t vc_stride_;
  std::size_t output_stride_;  ///< 0: one queue a VC, whatever the output
  std::size_t slots_per_input_;
  std::uint16_t shared_depth_;
  std::vector<std::uint16_t> reserve_;
  std::vector<Slot> slots_;
  std::vector<Queue> queue_;
  std::vector<std::uint16_t> free_;         ///< per input: first free slot
  std::vector<std::uint16_t> shared_used_;  ///< per input
  std::vector<std::uint16_t> used_;         ///< per (input, VC)
  std::vector<std::uint16_t> arriving_;     ///< per (input, VC)
};

inline InputUnits::InputUnits(const SwitchConfig& config)
    : ports_(static_cast<std::size_t>(config.ports)),
      vcs_(static_cast<std::size_t>(config.vcs)),
      queues_(config.queueing == Queueing::vc_fifo ? vcs_ : vcs_ * ports_),
      vc_stride_(config.queueing == Queueing::vc_fifo ? 1 : ports_),
      output_stride_(config.queueing == Queueing::vc_fifo ? 0 : 1) {
  std::size_t reserved = 0;
  for (const int depth : config.depth) {
    reserve_.push_back(static_cast<std::uint16_t>(depth));
    reserved += static_cast<std::size_t>(depth);
  }
  slots_per_input_ = config.buffer == BufferKind::shared_pool ? static_cast<std::size_t>(config.pool_depth) : reserved;
  shared_depth_ = static_cast<std::uint16_t>(slots_per_input_ - reserved);
  slots_.resize(ports_ * slots_per_input_);
  queue_.resize(ports_ * queues_);
  free_.resize(ports_);
  shared_used_.resize(ports_);
  used_.resize(ports_ * vcs_);
  arriving_.resize(ports_ * vcs_);
  reset();
}

inline void InputUnits::reset() {
  for (std::size_t i = 0; i < slots_.size(); ++i) {
    const auto within = i % slots_per_input_;
    slots_[i] = Slot();
    slots_[i].next = within + 1 < slots_per_input_ ? static_cast<std::uint16_t>(within + 1) : nil;
  }
  queue_.assign(queue_.size(), Queue());
  free_.assign(free_.size(), 0);
  shared_used_.assign(shared_used_.size(), 0);
  used_.assign(used_.size(), 0);
  arriving_.assign(arriving_.size(), no_output);
}

}  // namespace fs
