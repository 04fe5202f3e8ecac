// SPDX-License-Identifier: Apache-2.0
#include "gpu/request/tags.hpp"

namespace fs {

Tags::Tags(std::size_t tags, const RecoveryFormat& recovery, Cycles drain)
    : tags_(tags),
      drain_(drain),
      generations_(recovery.tag_reuse == TagReuse::generation ? (1U << recovery.generation_bits) - 1 : 0) {}

std::uint32_t Tags::acquire(TransactionHandle holder) {
  std::uint32_t tag = 0;
  if (free_.empty()) {
    tag = static_cast<std::uint32_t>(holders_.size());
    holders_.push_back(holder);
    if (generations_ > 0) generation_of_.push_back(0);
  } else {
    tag = free_.back();
    free_.pop_back();
    holders_[tag] = holder;
  }
  if (generations_ > 0) generation_of_[tag] = static_cast<std::uint8_t>((generation_of_[tag] + 1U) & generations_);
  return tag;
}

void Tags::release_with_ghosts(std::uint32_t tag, Cycles now) {
  holders_[tag] = TransactionHandle::none;
  if (generations_ == 0) return resting_.push({tag, now + drain_});
  if (haunted_.size() <= tag) haunted_.resize(holders_.size());
  Haunted& haunted = haunted_[tag];
  if (haunted.until <= now) haunted.reuses = 0;
  haunted.until = now + drain_;
  reuse(tag, now);
}

void Tags::reuse(std::uint32_t tag, Cycles now) {
  Haunted& haunted = haunted_[tag];
  if (++haunted.reuses <= generations_) return free_.push_back(tag);
  haunted.reuses = 0;
  resting_.push({tag, now + drain_});
}

void Tags::wake(Cycles now) {
  while (!resting_.empty() && resting_.front().until <= now) free_.push_back(resting_.pop().tag);
}

}  // namespace fs
