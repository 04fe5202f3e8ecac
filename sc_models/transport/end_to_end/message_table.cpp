// SPDX-License-Identifier: Apache-2.0
#include "transport/end_to_end/message_table.hpp"

#include <algorithm>

#include "common/check.hpp"

namespace fs {
namespace {

std::int64_t divide_up(std::int64_t a, std::int64_t b) { return (a + b - 1) / b; }

}  // namespace

std::uint64_t MessageTable::add(std::int64_t bytes) {
  FS_CHECK(bytes >= 1, "a message has at least one byte");
  std::int64_t rest = divide_up(bytes, shape_.payload);
  std::int64_t groups = 0;
  while (rest > 0) {
    Group group;
    group.first = end_;
    group.message = next_message_;
    group.data_packets = coded() ? std::min(rest, shape_.data * shape_.chunk) : rest;
    if (coded()) {
      group.data_chunks = divide_up(group.data_packets, shape_.chunk);
      group.parity_chunks = divide_up(group.data_chunks * shape_.parity, shape_.data);
    }
    // Parity of a short chunk is as long as the longest chunk of its group.
    const std::int64_t longest = std::min(shape_.chunk, group.data_packets);
    group.packets = group.data_packets + group.parity_chunks * longest;
    rest -= group.data_packets;
    end_ += static_cast<std::uint64_t>(group.packets);
    groups_.push_back(group);
    ++groups;
  }
  groups_a_message_.push_back(groups);
  ++next_message_;
  return end_;
}

const MessageTable::Group& MessageTable::group_of(std::uint64_t sequence) const {
  const auto next = std::upper_bound(groups_.begin(), groups_.end(), sequence,
                                     [](std::uint64_t s, const Group& group) { return s < group.first; });
  FS_CHECK(next != groups_.begin(), "a packet of a message that is forgotten");
  return *std::prev(next);
}

std::int64_t MessageTable::groups_of_message(std::int64_t message) const {
  return groups_a_message_.at(static_cast<std::size_t>(message - first_message_));
}

std::int64_t MessageTable::chunk_of(const Group& group, std::uint64_t sequence) const {
  const auto place = static_cast<std::int64_t>(sequence - group.first);
  if (place < group.data_packets) return place / shape_.chunk;
  const std::int64_t longest = std::min(shape_.chunk, group.data_packets);
  return group.data_chunks + (place - group.data_packets) / longest;
}

std::int64_t MessageTable::chunk_packets(const Group& group, std::int64_t chunk) const {
  const std::int64_t longest = std::min(shape_.chunk, group.data_packets);
  if (chunk + 1 == group.data_chunks) return group.data_packets - chunk * shape_.chunk;
  return longest;
}

void MessageTable::forget_before(std::uint64_t sequence) {
  while (groups_.size() > 1 && groups_[1].first <= sequence) groups_.pop_front();
  while (!groups_.empty() && first_message_ < groups_.front().message) {
    groups_a_message_.pop_front();
    ++first_message_;
  }
}

}  // namespace fs
