// SPDX-License-Identifier: Apache-2.0
#include "system/waves/packet_label.hpp"

namespace fs {
namespace {

const char* word(PacketKind kind) {
  switch (kind) {
    case PacketKind::raw:
      return "pkt";
    case PacketKind::read_request:
      return "rd";
    case PacketKind::read_response:
      return "rd.data";
    case PacketKind::write_request:
      return "wr";
    case PacketKind::write_response:
      return "wr.ack";
    case PacketKind::atomic_request:
      return "at";
    case PacketKind::atomic_response:
      return "at.data";
  }
  return "?";
}

std::uint64_t number_of(const Packet& packet, const TransactionPools* pools) {
  if (pools == nullptr || packet.transaction == TransactionHandle::none) return packet.number;
  return pools->transactions[packet.transaction].number;
}

}  // namespace

std::string packet_label(const Packet& packet, const TransactionPools* pools) {
  std::string text = word(packet.kind);
  text += " #";
  text += std::to_string(number_of(packet, pools));
  text += " g";
  text += std::to_string(index(packet.src));
  text += "->g";
  text += std::to_string(index(packet.dst));
  return text;
}

const char* packet_colour(PacketKind kind) {
  switch (kind) {
    case PacketKind::raw:
      return "?SteelBlue4?";
    case PacketKind::read_request:
      return "?DarkGreen?";
    case PacketKind::read_response:
      return "?RoyalBlue4?";
    case PacketKind::write_request:
      return "?SaddleBrown?";
    case PacketKind::write_response:
      return "?DarkOliveGreen?";
    case PacketKind::atomic_request:
    case PacketKind::atomic_response:
      return "?MediumPurple4?";
  }
  return "";
}

std::uint64_t journey_key(const Packet& packet, const TransactionPools* pools) {
  const NodeId asker = is_response(packet.kind) ? packet.dst : packet.src;
  return (static_cast<std::uint64_t>(index(asker)) << 48) ^ number_of(packet, pools);
}

}  // namespace fs
