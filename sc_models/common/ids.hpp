// SPDX-License-Identifier: Apache-2.0
// Typed indices, and a vector that takes only its own.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace fs {

enum class ChipId : std::uint32_t {};     ///< any chip of the fabric: GPU, switch, gateway
enum class NodeId : std::uint16_t {};     ///< an endpoint (GPU): what a packet's source and destination name
enum class PortId : std::uint16_t {};     ///< a port of one chip
enum class VcId : std::uint8_t {};        ///< a virtual channel of one port
enum class ClassId : std::uint8_t {};     ///< a traffic class (request, response, ...)
enum class ChannelId : std::uint32_t {};  ///< one direction of a link
enum class PacketHandle : std::uint32_t { none = 0xffffffff };       ///< a place in the packet pool
enum class TransactionHandle : std::uint32_t { none = 0xffffffff };  ///< a place in the transaction pool

template <class Id>
constexpr std::size_t index(Id id) {
  return static_cast<std::size_t>(id);
}

/// std::vector indexed by one id type only.
template <class Id, class T>
class IdVector {
 public:
  IdVector() = default;
  explicit IdVector(std::size_t count, const T& value = T()) : items_(count, value) {}

  T& operator[](Id id) { return items_[index(id)]; }
  const T& operator[](Id id) const { return items_[index(id)]; }
  std::size_t size() const { return items_.size(); }
  bool empty() const { return items_.empty(); }
  void resize(std::size_t count) { items_.resize(count); }
  void push_back(T item) { items_.push_back(std::move(item)); }
  auto begin() { return items_.begin(); }
  auto end() { return items_.end(); }
  auto begin() const { return items_.begin(); }
  auto end() const { return items_.end(); }

 private:
  std::vector<T> items_;
};

}  // namespace fs
