// SPDX-License-Identifier: Apache-2.0
// Messages as packets, groups and chunks: what headers tell the receiver.
#pragma once

#include <cstdint>
#include <deque>

namespace fs {

/// Both ends of a flow use one table, as every packet's header would say it. Sequence numbers run on from message to
/// message. With erasure coding a message is cut into groups; a group's data packets come first, then its parity.
class MessageTable {
 public:
  struct Shape {
    std::int64_t payload = 4096;
    std::int64_t data = 0;  ///< chunks of a group; 0: no coding, every packet stands for itself
    std::int64_t parity = 0;
    std::int64_t chunk = 1;  ///< packets of a chunk
  };
  struct Group {
    std::uint64_t first = 0;   ///< sequence number
    std::int64_t packets = 0;  ///< parity included
    std::int64_t data_chunks = 0;
    std::int64_t parity_chunks = 0;
    std::int64_t data_packets = 0;
    std::int64_t message = 0;
  };
  explicit MessageTable(const Shape& shape) : shape_(shape) {}

  /// The first sequence number behind the new message.
  std::uint64_t add(std::int64_t bytes);
  /// Without coding a group is a message.
  const Group& group_of(std::uint64_t sequence) const;
  /// Groups of a message that is not forgotten.
  std::int64_t groups_of_message(std::int64_t message) const;
  std::int64_t messages() const { return next_message_; }
  std::uint64_t end() const { return end_; }
  bool coded() const { return shape_.data > 0; }
  const Shape& shape() const { return shape_; }
  /// The chunk of its group that a packet belongs to: data chunks, then parity chunks.
  std::int64_t chunk_of(const Group& group, std::uint64_t sequence) const;
  std::int64_t chunk_packets(const Group& group, std::int64_t chunk) const;
  /// Both ends are through with what lies before.
  void forget_before(std::uint64_t sequence);

 private:
  Shape shape_;
  std::deque<Group> groups_;
  std::deque<std::int64_t> groups_a_message_;
  std::int64_t first_message_ = 0;  // of groups_a_message_
  std::int64_t next_message_ = 0;
  std::uint64_t end_ = 0;
};

}  // namespace fs
