// SPDX-License-Identifier: Apache-2.0
// The tags of a GPU's window: who holds which, and when one that may have ghosts is given out again.
#pragma once

#include <cstdint>
#include <vector>

#include "common/ids.hpp"
#include "common/quantity.hpp"
#include "common/ring.hpp"
#include "flit/profile/recovery.hpp"

namespace fs {

/// A ghost is a packet of a transaction that its source has ended without it: given up, or answered by a resend. A tag
/// with ghosts rests for the drain time, or, where packets carry generations, until one would come round again while
/// the drain time still runs.
class Tags {
 public:
  /// 1 .. 1048576 tags, of which those that were never used take no memory; `drain` in cycles of the GPU.
  Tags(std::size_t tags, const RecoveryFormat& recovery, Cycles drain);

  bool available() const { return !free_.empty() || holders_.size() < tags_; }
  /// available() must hold.
  std::uint32_t acquire(TransactionHandle holder);
  /// What packets of a tag's holder carry beside it: another with each use, as far as the bits go. Without bits 0.
  std::uint8_t generation(std::uint32_t tag) const { return generation_of_.empty() ? 0 : generation_of_[tag]; }
  /// Its transaction has ended and no packet of it is left.
  void release(std::uint32_t tag, Cycles now) {
    holders_[tag] = TransactionHandle::none;
    if (haunted_.size() <= tag || haunted_[tag].until <= now) {
      free_.push_back(tag);
    } else {
      reuse(tag, now);
    }
  }
  /// Its transaction has ended, packets of it may be left.
  void release_with_ghosts(std::uint32_t tag, Cycles now);
  /// Gives back tags that have rested until `now`.
  void wake(Cycles now);
  /// When wake() has something to do; Cycles::max() when nothing rests.
  Cycles next_wake() const { return resting_.empty() ? Cycles::max() : resting_.front().until; }

  TransactionHandle holder(std::uint32_t tag) const { return holders_[tag]; }
  void set_holder(std::uint32_t tag, TransactionHandle holder) { holders_[tag] = holder; }
  /// By tag, up to the highest that was ever used.
  const std::vector<TransactionHandle>& holders() const { return holders_; }
  std::size_t in_use() const { return holders_.size() - free_.size() - resting_.size(); }
  std::size_t resting() const { return resting_.size(); }

 private:
  struct Resting {
    std::uint32_t tag = 0;
    Cycles until{0};
  };
  struct Haunted {
    Cycles until{-1};
    std::uint32_t reuses = 0;  ///< since the tag first had ghosts that may still be there
  };
  void reuse(std::uint32_t tag, Cycles now);

  std::size_t tags_;
  std::vector<TransactionHandle> holders_;
  std::vector<std::uint32_t> free_;
  Ring<Resting> resting_;
  Cycles drain_;
  std::uint32_t generations_;  ///< a tag's reuses within a drain time; 0: none
  std::vector<Haunted> haunted_;
  std::vector<std::uint8_t> generation_of_;
};

}  // namespace fs
