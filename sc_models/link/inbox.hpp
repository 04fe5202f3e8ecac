// SPDX-License-Identifier: Apache-2.0
// What is on its way to one chip: flits and credits, by the receiving chip's cycle in which they reach its pins.
#pragma once

#include <algorithm>
#include <cstdint>
#include <map>
#include <memory>
#include <utility>
#include <vector>

#include "common/quantity.hpp"
#include "flit/port_flit.hpp"
#include "link/wake_wheel.hpp"
#include "observe/probes/probes.hpp"

namespace fs {

/// A timing wheel of arrivals. Every arrival wakes its chip, so each slot is taken at its own cycle; arrivals beyond
/// the wheel's reach wait in a map whose size follows what is in flight, not the distance.
class Inbox {
 public:
  /// A list of plain values that is filled and emptied each time its cycle comes round.
  template <class T>
  class Batch {
   public:
    void push_back(const T& item) { append() = item; }
    /// Room for one more, to be filled.
    T& append() {
      if (__builtin_expect(count_ == capacity_, 0)) grow();
      return items_[count_++];
    }
    void clear() { count_ = 0; }
    bool empty() const { return count_ == 0; }
    std::size_t size() const { return count_; }
    const T* data() const { return items_.get(); }
    const T* begin() const { return items_.get(); }
    const T* end() const { return items_.get() + count_; }
    const T& operator[](std::size_t i) const { return items_[i]; }

   private:
    friend class Inbox;
    [[gnu::noinline]] void grow() {
      capacity_ = capacity_ == 0 ? 4 : 2 * capacity_;
      auto larger = std::make_unique<T[]>(capacity_);
      std::copy(begin(), end(), larger.get());
      items_ = std::move(larger);
    }

    std::unique_ptr<T[]> items_;
    std::uint32_t count_ = 0;
    std::uint32_t capacity_ = 0;
  };

  struct Slot {
    Batch<PortFlit> flits;       ///< at most one a port
    Batch<CreditPulse> credits;  ///< at most one a (port, VC)
    void clear() {
      flits.clear();
      credits.clear();
    }
    bool empty() const { return flits.empty() && credits.empty(); }
  };

  /// `reach`: cycles ahead that the wheel covers; rounded up to a power of two.
  Inbox(WakeWheel& wheel, int chip, int reach);
  Inbox(const Inbox&) = delete;
  Inbox& operator=(const Inbox&) = delete;

  void put_flit(Cycles at, const PortFlit& flit) { append(at_cycle(at).flits, spare_flits_) = flit; }
  /// The same without a PortFlit that would have to be made first.
  void put_flit(Cycles at, const Flit& flit, PortId port, VcId vc) {
    PortFlit& arrival = append(at_cycle(at).flits, spare_flits_);
    arrival.flit = flit;
    arrival.port = port;
    arrival.vc = vc;
  }
  void put_credit(Cycles at, CreditPulse pulse) { append(at_cycle(at).credits, spare_credits_) = pulse; }

  /// Arrivals of `now`; the caller is done() with the slot when it has read them.
  Slot& take(Cycles now) {
    Slot& slot = first_slot_[static_cast<std::size_t>(now.value()) & mask_];
    if (!plain_) take_otherwise(now, slot);
    return slot;
  }
  /// Empties a slot that was taken, and lends its arrays to those that fill next.
  void done(Slot& slot) {
    if (__builtin_expect(!lends_, 1)) return slot.clear();
    spare_flits_.take_back(slot.flits);
    spare_credits_.take_back(slot.credits);
  }
  /// From now on `probe` is told what arrives; null: nobody.
  void watch(ArrivalProbe* probe);

  /// Calls visit(flits, credits) for everything not yet taken: for the conservation check.
  template <class F>
  void for_each(F&& visit) const {
    for (const auto& slot : slots_) visit(slot);
    for (const auto& [cycle, slot] : far_) visit(slot);
  }

 private:
  /// The arrays of slots that are empty, the last one used on top: as many slots hold something as a channel has
  /// cycles, which are few of a wheel's, and what was used just now is in the cache. A few wait here; a burst's go.
  template <class T>
  class Spares {
   public:
    /// For one more in a full batch, or in one that has nothing yet.
    [[gnu::noinline]] void make_room(Batch<T>& batch) {
      if (batch.capacity_ != 0 || count_ == 0) return batch.grow();
      --count_;
      batch.items_.swap(arrays_[count_].items_);
      std::swap(batch.capacity_, arrays_[count_].capacity_);
    }
    [[gnu::noinline]] void take_back(Batch<T>& batch) {
      batch.count_ = 0;
      if (batch.capacity_ == 0) return;
      if (__builtin_expect(count_ == most, 0)) {
        batch = Batch<T>();
        return;
      }
      batch.items_.swap(arrays_[count_].items_);
      std::swap(batch.capacity_, arrays_[count_].capacity_);
      ++count_;
    }

   private:
    static constexpr std::uint32_t most = 8;
    Batch<T> arrays_[most];
    std::uint32_t count_ = 0;
  };

  template <class T>
  static T& append(Batch<T>& batch, Spares<T>& spares) {
    if (__builtin_expect(batch.count_ == batch.capacity_, 0)) spares.make_room(batch);
    return batch.items_[batch.count_++];
  }
  Slot& at_cycle(Cycles at) {
    if (__builtin_expect(static_cast<std::size_t>(at.value() - wheel_->now().value()) > near_, 0)) {
      return at_later_cycle(at);
    }
    wheel_->wake_near(chip_, at);  // cheaper than asking whether something has done so: nobody could guess the answer
    return first_slot_[static_cast<std::size_t>(at.value()) & mask_];
  }
  Slot& at_later_cycle(Cycles at);
  void take_otherwise(Cycles now, Slot& slot);
  void take_far(Cycles now, Slot& slot);

  WakeWheel* wheel_;
  int chip_;
  bool plain_ = true;  ///< nothing is far away and nobody is to be told: one question for what is common
  std::size_t mask_;
  /// A wheel of so few slots as wires of a few cycles need keeps an array in each.
  static constexpr std::size_t few_slots = 32;
  bool lends_ = false;
  std::size_t near_;  ///< cycles ahead that both this wheel and the wakes' bytes cover
  Slot* first_slot_;
  std::vector<Slot> slots_;
  std::map<std::int64_t, Slot> far_;
  Spares<PortFlit> spare_flits_;
  Spares<CreditPulse> spare_credits_;
  ArrivalProbe* probe_ = nullptr;
};

}  // namespace fs
