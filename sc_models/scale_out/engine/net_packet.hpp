// SPDX-License-Identifier: Apache-2.0
// A packet of the scale-out network, and the store that all of them live in.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "common/ids.hpp"
#include "common/quantity.hpp"

namespace fs {

enum class NetPortId : std::uint32_t { none = 0xffffffff };  ///< one end of a link of the scale-out network
enum class NetPacketId : std::uint32_t { none = 0xffffffff };
enum class QueuePairId : std::uint32_t { none = 0xffffffff };

/// 64 bytes: one line of a cache.
struct NetPacket {
  enum class Kind : std::uint8_t {
    data,
    probe,  ///< of selective repeat
    acknowledgement,
    congestion_notification,  ///< of DCQCN
    pause,                    ///< flow control, between neighbours: `sequence` 1 stops, 0 lets go on
    credit,                   ///< flow control, between neighbours: `sequence` bytes are free again
  };
  std::uint64_t number = 0;    ///< the transport's; see WirePacket
  std::uint64_t sequence = 0;  ///< the transport's; see WirePacket
  Femtoseconds tail{0};        ///< when its last byte has arrived where it is, or will
  std::uint64_t flow = 0;      ///< what its path is chosen by
  std::uint32_t bytes = 0;     ///< on the wire: headers, preamble and gap included
  QueuePairId queue_pair = QueuePairId::none;
  NetPacketId next = NetPacketId::none;  ///< behind it in its queue
  NetPortId ingress = NetPortId::none;   ///< by which it came into the switch that holds it
  NodeId target{};
  Kind kind = Kind::data;
  std::uint8_t priority = 0;
  bool marked = false;  ///< congestion experienced
};

/// Packets by handle; they stay where they are. Room is reused, never given back.
class NetPacketStore {
 public:
  NetPacketId create() {
    if (free_ == NetPacketId::none) grow();
    ++created_;
    const NetPacketId id = free_;
    free_ = (*this)[id].next;
    (*this)[id] = NetPacket{};
    return id;
  }
  void destroy(NetPacketId id) {
    (*this)[id].next = free_;
    free_ = id;
    ++destroyed_;
  }
  NetPacket& operator[](NetPacketId id) { return blocks_[index(id) / block][index(id) % block]; }
  const NetPacket& operator[](NetPacketId id) const { return blocks_[index(id) / block][index(id) % block]; }
  std::uint64_t created() const { return created_; }
  std::uint64_t inside() const { return created_ - destroyed_; }

 private:
  static constexpr std::size_t block = 4096;
  void grow() {
    const auto first = static_cast<std::uint32_t>(blocks_.size() * block);
    blocks_.push_back(std::make_unique<NetPacket[]>(block));
    for (std::uint32_t i = block; i-- > 0;) {
      blocks_.back()[i].next = free_;
      free_ = static_cast<NetPacketId>(first + i);
    }
  }

  std::vector<std::unique_ptr<NetPacket[]>> blocks_;
  NetPacketId free_ = NetPacketId::none;
  std::uint64_t created_ = 0;
  std::uint64_t destroyed_ = 0;
};

}  // namespace fs
