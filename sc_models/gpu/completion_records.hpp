// SPDX-License-Identifier: Apache-2.0
// What a target remembers of requests, so that one that comes twice is performed once.
#pragma once

#include <algorithm>
#include <array>
#include <cstdint>
#include <unordered_map>

#include "gpu/transaction.hpp"

namespace fs {

/// One record a (source, tag): the latest transaction that came with it, and how it ended. A source numbers its
/// transactions, and gives a tag to a later one only when no packet of the earlier one can be told from its own
/// (Tags), so that a record is as long as one tag needs it and no longer.
class CompletionRecords {
 public:
  enum class Found : std::uint8_t {
    fresh,        ///< not seen before: perform it
    in_progress,  ///< the same transaction is being performed: its response will come
    done,         ///< it has been performed: answer from the record
    ghost,        ///< the tag has gone to a later transaction: nobody waits for this one
  };

  /// What is known of a request that has reached the memory.
  Found look(const Transaction& t) const {
    const auto entry = records_.find(key_of(t));
    if (entry == records_.end() || t.number > entry->second.number) return Found::fresh;
    if (t.number < entry->second.number) return Found::ghost;
    return entry->second.done ? Found::done : Found::in_progress;
  }
  /// By tag and generation, all that packets carry, `ghost` is the later transaction: it came after its tag had been
  /// given out again too early. (The simulation goes by numbers, and is never deceived.)
  bool mistakable(const Transaction& ghost) const {
    const auto entry = records_.find(key_of(ghost));
    return entry != records_.end() && entry->second.number != ghost.number &&
           entry->second.generation == ghost.generation;
  }
  /// The memory has taken a fresh one.
  void begin(const Transaction& t) {
    Record& record = records_[key_of(t)];
    record = Record{};
    record.number = t.number;
    record.generation = t.generation;
  }
  /// The memory has performed `t`; `value`: an atomic's old value, or null.
  void performed(const Transaction& t, const std::uint8_t* value) {
    const auto entry = records_.find(key_of(t));
    if (entry == records_.end() || entry->second.number != t.number) return;
    entry->second.done = true;
    entry->second.status = t.status;
    entry->second.wrong = t.wrong;
    if (value != nullptr) std::copy(value, value + t.bytes, entry->second.value.begin());
  }
  /// For a transaction found done: its status, and an atomic's old value to `value` (or null). What was performed with
  /// wrong operands stays wrong.
  OperationStatus recall(Transaction& t, std::uint8_t* value) const {
    const Record& record = records_.at(key_of(t));
    t.wrong = t.wrong || record.wrong;
    if (value != nullptr) std::copy(record.value.begin(), record.value.begin() + t.bytes, value);
    return record.status;
  }
  std::size_t size() const { return records_.size(); }

 private:
  struct Record {
    std::uint64_t number = 0;
    std::array<std::uint8_t, 16> value{};
    OperationStatus status = OperationStatus::ok;
    bool done = false;
    bool wrong = false;
    std::uint8_t generation = 0;
  };
  static std::uint64_t key_of(const Transaction& t) {
    return static_cast<std::uint64_t>(index(t.source)) << 32 | t.tag;
  }

  std::unordered_map<std::uint64_t, Record> records_;  // never iterated
};

}  // namespace fs
