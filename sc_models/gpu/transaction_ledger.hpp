// SPDX-License-Identifier: Apache-2.0
// The ledger of a transaction under way, in half the bytes of a ledger of whole femtoseconds.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstring>

#include "flit/ledger.hpp"

namespace fs {

/// Exact whatever it holds: a cause has 32 bits, 4.29 microseconds, which is enough for nearly all of nearly all
/// transactions; once one needs more, the ledger keeps its sums in a Ledger of its own outside.
class TransactionLedger {
 public:
  TransactionLedger() = default;
  TransactionLedger(const TransactionLedger& other) { take(other); }
  TransactionLedger& operator=(const TransactionLedger& other) {
    if (this != &other) {
      clear();
      take(other);
    }
    return *this;
  }
  ~TransactionLedger() { clear(); }

  void add(Cause cause, Femtoseconds span) {
    const auto slot = static_cast<std::size_t>(cause);
    const std::uint64_t sum = parts_[slot] + static_cast<std::uint64_t>(span.value());
    if (__builtin_expect(!wide() && sum <= most, 1)) {
      parts_[slot] = static_cast<std::uint32_t>(sum);
    } else {
      widened().add(cause, span);
    }
  }
  TransactionLedger& operator+=(const PacketLedger& other) {
    std::array<std::uint64_t, packet_cause_count> sums;
    std::uint64_t bits = 0;
    for (std::size_t i = 0; i < packet_cause_count; ++i) {
      sums[i] = parts_[i] + static_cast<std::uint64_t>(other.part(i));
      bits |= sums[i];
    }
    if (__builtin_expect(wide() || bits > most, 0)) {
      widened() += other;
    } else {
      for (std::size_t i = 0; i < packet_cause_count; ++i) parts_[i] = static_cast<std::uint32_t>(sums[i]);
    }
    return *this;
  }
  void clear() {
    if (wide()) delete outside();
    parts_.fill(0);
  }

  std::int64_t part(std::size_t cause) const { return wide() ? outside()->part(cause) : parts_[cause]; }
  Femtoseconds operator[](Cause cause) const { return Femtoseconds(part(static_cast<std::size_t>(cause))); }
  Femtoseconds sum() const {
    if (wide()) return outside()->sum();
    std::int64_t all = 0;
    for (std::size_t i = 0; i < cause_count; ++i) all += parts_[i];
    return Femtoseconds(all);
  }
  Ledger whole() const {
    if (wide()) return *outside();
    Ledger ledger;
    for (std::size_t i = 0; i < cause_count; ++i) {
      if (parts_[i] != 0) ledger.add(static_cast<Cause>(i), Femtoseconds(parts_[i]));
    }
    return ledger;
  }
  /// Keeps its sums outside.
  bool wide() const { return parts_[mark] != 0; }

 private:
  static constexpr std::uint64_t most = 0xffffffff;
  static constexpr std::size_t mark = cause_count;  ///< this part says whether the first two are an address

  Ledger* outside() const {
    std::uintptr_t address = 0;
    std::memcpy(&address, parts_.data(), sizeof address);
    return reinterpret_cast<Ledger*>(address);
  }
  void put_outside(const Ledger& ledger) {
    const auto address = reinterpret_cast<std::uintptr_t>(new Ledger(ledger));
    static_assert(sizeof address <= 2 * sizeof parts_[0]);
    std::memcpy(parts_.data(), &address, sizeof address);
    parts_[mark] = 1;
  }
  Ledger& widened() {
    if (!wide()) put_outside(whole());
    return *outside();
  }
  void take(const TransactionLedger& other) {
    if (other.wide()) {
      put_outside(*other.outside());
    } else {
      parts_ = other.parts_;
    }
  }

  std::array<std::uint32_t, cause_count + 1> parts_{};
};

}  // namespace fs
