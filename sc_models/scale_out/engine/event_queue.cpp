// SPDX-License-Identifier: Apache-2.0
#include "scale_out/engine/event_queue.hpp"

namespace fs {

void EventQueue::insert_in_slot(const NetEvent& event, std::size_t slot) {
  std::uint32_t place = heads_[slot];
  if (place == none || blocks_[place].count == Block::room) {
    if (free_ == none) {
      free_ = static_cast<std::uint32_t>(blocks_.size());
      blocks_.push_back({});
    }
    const std::uint32_t before = place;
    place = free_;
    free_ = blocks_[place].next;
    blocks_[place].next = before;
    blocks_[place].count = 0;
    heads_[slot] = place;
    filled_[slot / 64] |= 1ULL << (slot % 64);
    filled_words_[slot / 4096] |= 1ULL << (slot / 64 % 64);
  }
  Block& block = blocks_[place];
  block.events[block.count++] = event;
}

/// The first filled slot after the cursor, counted on without turning; max: none.
std::int64_t EventQueue::next_filled() const {
  const std::int64_t first = cursor_ + 1;
  const auto begin = static_cast<std::size_t>(first & (slots - 1));
  const auto distance = [&](std::size_t slot) {
    return first + static_cast<std::int64_t>((slot - begin) & static_cast<std::size_t>(slots - 1));
  };
  const std::uint64_t here = filled_[begin / 64] >> (begin % 64);
  if (here != 0) return distance(begin + static_cast<std::size_t>(__builtin_ctzll(here)));
  constexpr std::size_t words = slots / 64;
  for (std::size_t step = 1; step <= words; ++step) {
    const std::size_t word = (begin / 64 + step) % words;
    const std::uint64_t rest = filled_words_[word / 64] >> (word % 64);
    if (rest == 0) {
      step += 63 - word % 64;  // the rest of this word of words is empty
      continue;
    }
    step += static_cast<std::size_t>(__builtin_ctzll(rest));
    if (step > words) break;
    const std::size_t found = (begin / 64 + step) % words;
    return distance(found * 64 + static_cast<std::size_t>(__builtin_ctzll(filled_[found])));
  }
  return Femtoseconds::max().value();
}

/// The newest first: what was scheduled in the order of time needs no sorting then.
void EventQueue::take_slot(std::size_t slot) {
  for (std::uint32_t place = heads_[slot]; place != none;) {
    Block& block = blocks_[place];
    for (std::uint32_t i = block.count; i-- > 0;) due_.push_back(block.events[i]);
    const std::uint32_t next = block.next;
    block.next = free_;
    free_ = place;
    place = next;
  }
  heads_[slot] = none;
  filled_[slot / 64] &= ~(1ULL << (slot % 64));
  if (filled_[slot / 64] == 0) filled_words_[slot / 4096] &= ~(1ULL << (slot / 64 % 64));
}

bool EventQueue::turn() {
  const std::int64_t near = next_filled();
  const std::int64_t far = far_.empty() ? Femtoseconds::max().value() : far_.front().time.value() >> slot_bits;
  const std::int64_t next = std::min(near, far);
  if (next == Femtoseconds::max().value()) return false;
  cursor_ = next;
  if (next == near) take_slot(static_cast<std::size_t>(next & (slots - 1)));
  while (!far_.empty() && far_.front().time.value() >> slot_bits == next) {
    std::pop_heap(far_.begin(), far_.end(), Later());
    due_.push_back(far_.back());
    far_.pop_back();
  }
  std::sort(due_.begin(), due_.end(), Later());
  return true;
}

}  // namespace fs
