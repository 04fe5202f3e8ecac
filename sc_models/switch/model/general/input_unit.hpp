// SPDX-License-Identifier: Apache-2.0
// The input units of a switch: one slot array an input, in which every queue of that input is a linked list.
#pragma once

#include <array>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <new>
#include <type_traits>
#include <vector>

#include "switch/core.hpp"

namespace fs {

/// Private and pooled buffers are the same structure: each VC has a reserve, and what exceeds it counts against a
/// shared part (of size zero when buffers are private). VcSlots: compile-time bound of the VCs; small ones make indices
/// cheap.
template <int VcSlots>
class InputUnits {
 public:
  static constexpr std::uint16_t nil = 0xffff;
  static constexpr std::uint16_t no_output = 0xffff;

  struct Slot {
    Flit flit;
    std::uint16_t next = nil;  ///< in a queue the slot behind this one; free: the next free one ^ (this one + 1)
    std::uint8_t output = 0;   ///< chosen when the packet's head entered
    std::uint8_t vcs = 0;      ///< heads: which VC mask of the route table
  };
  struct Queue {
    std::uint16_t head = nil;
    std::uint16_t tail = nil;
    bool empty() const { return head == nil; }
  };
  struct Unit {
    Slot* slots = nullptr;
    Queue* queues = nullptr;
    std::uint16_t free = 0;         ///< first free slot
    std::uint16_t shared_used = 0;  ///< slots in use beyond the reserves
    std::array<std::uint16_t, VcSlots> used;
    std::array<std::uint16_t, VcSlots> arriving;  ///< output of the packet now arriving; no_output between packets
  };

  explicit InputUnits(const SwitchConfig& config);
  void reset();

  Unit& unit(int input) { return units_[static_cast<std::size_t>(input)]; }
  const Unit& unit(int input) const { return units_[static_cast<std::size_t>(input)]; }
  int used(int input, int vc) const { return unit(input).used[static_cast<std::size_t>(vc)]; }

  /// A queue's number within its input.
  [[gnu::always_inline]] int queue_of(int vc, int output) const {
    if constexpr (VcSlots <= 4) return (output & output_mask_) * VcSlots + vc;
    return (output & output_mask_) * vcs_ + vc;
  }
  /// A queue's number within the switch.
  std::size_t queue_index(int input, int queue) const {
    return static_cast<std::size_t>(input) * queues_per_input_ + static_cast<std::size_t>(queue);
  }
  int queues_per_input() const { return static_cast<int>(queues_per_input_); }
  std::size_t queue_count() const { return queues_.size(); }
  std::size_t slot_count() const { return slot_count_; }
  std::size_t slot_index(int input, std::uint16_t slot) const {
    return static_cast<std::size_t>(input) * slots_per_input_ + slot;
  }

  /// Takes one buffer slot's room; false when the sender has overrun its credits.
  [[gnu::always_inline]] bool take_space(Unit& u, int vc) {
    auto& used = u.used[static_cast<std::size_t>(vc)];
    if (used >= reserve_[static_cast<std::size_t>(vc)]) {
      if (u.shared_used >= shared_depth_) return false;
      ++u.shared_used;
    }
    ++used;
    return true;
  }

  /// Appends a flit whose room was taken; returns its slot.
  [[gnu::always_inline]] std::uint16_t push(Unit& u, Queue& queue, const Flit& flit, int output, std::uint8_t vcs) {
    const std::uint16_t i = u.free;
    Slot& s = u.slots[i];
    u.free = static_cast<std::uint16_t>(s.next ^ (i + 1));
    s.flit = flit;
    s.next = nil;
    s.output = static_cast<std::uint8_t>(output);
    s.vcs = vcs;
    (queue.empty() ? queue.head : u.slots[queue.tail].next) = i;
    queue.tail = i;
    return i;
  }

  /// Removes the front flit, its slot and its room.
  [[gnu::always_inline]] void pop(Unit& u, int vc, Queue& queue) {
    const std::uint16_t i = queue.head;
    Slot& s = u.slots[i];
    queue.head = s.next;
    s.next = static_cast<std::uint16_t>(u.free ^ (i + 1));
    u.free = i;
    auto& used = u.used[static_cast<std::size_t>(vc)];
    u.shared_used = static_cast<std::uint16_t>(u.shared_used - (used > reserve_[static_cast<std::size_t>(vc)]));
    --used;
  }

 private:
  int vcs_;
  int output_mask_;  ///< 0: one queue a VC, whatever the output; -1: one a VC and output
  std::size_t queues_per_input_;
  std::size_t slots_per_input_;
  std::uint16_t shared_depth_;
  std::array<std::uint16_t, VcSlots> reserve_{};
  std::vector<Unit> units_;
  /// All zero at first, which is a list of free slots in their order: memory that no flit has come to is not touched.
  struct Free {
    void operator()(Slot* slots) const { std::free(slots); }
  };
  std::size_t slot_count_ = 0;
  std::unique_ptr<Slot[], Free> slots_;
  std::vector<Queue> queues_;
};

template <int VcSlots>
InputUnits<VcSlots>::InputUnits(const SwitchConfig& config)
    : vcs_(config.vcs), output_mask_(config.queueing == Queueing::vc_fifo ? 0 : -1) {
  const auto ports = static_cast<std::size_t>(config.ports);
  const auto vcs = static_cast<std::size_t>(VcSlots <= 4 ? VcSlots : config.vcs);
  queues_per_input_ = config.queueing == Queueing::vc_fifo ? vcs : vcs * ports;
  std::size_t reserved = 0;
  for (std::size_t v = 0; v < config.depth.size(); ++v) {
    reserve_[v] = static_cast<std::uint16_t>(config.depth[v]);
    reserved += reserve_[v];
  }
  slots_per_input_ = config.buffer == BufferKind::shared_pool ? static_cast<std::size_t>(config.pool_depth) : reserved;
  shared_depth_ = static_cast<std::uint16_t>(slots_per_input_ - reserved);
  slot_count_ = ports * slots_per_input_;
  queues_.resize(ports * queues_per_input_);
  units_.resize(ports);
  for (std::size_t i = 0; i < ports; ++i) {
    units_[i].queues = &queues_[i * queues_per_input_];
  }
  reset();
}

template <int VcSlots>
void InputUnits<VcSlots>::reset() {
  static_assert(std::is_trivially_destructible_v<Slot> && std::is_trivially_copyable_v<Slot>, "made of zeros");
  slots_.reset(static_cast<Slot*>(std::calloc(slot_count_, sizeof(Slot))));
  if (!slots_) throw std::bad_alloc();
  queues_.assign(queues_.size(), Queue());
  for (std::size_t i = 0; i < units_.size(); ++i) {
    Unit& u = units_[i];
    u.slots = &slots_[i * slots_per_input_];
    u.free = 0;
    u.shared_used = 0;
    u.used.fill(0);
    u.arriving.fill(no_output);
  }
}

}  // namespace fs
