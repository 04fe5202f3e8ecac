// SPDX-License-Identifier: Apache-2.0
// The global address space: GPU g owns the bytes from g * bytes_per_gpu on.
#pragma once

#include <cstdint>
#include <stdexcept>

#include "common/ids.hpp"
#include "common/quantity.hpp"

namespace fs {

class AddressMap {
 public:
  AddressMap() = default;
  /// `gpus` >= 1; `bytes_per_gpu` a positive multiple of 256 bytes, so that no region has two owners.
  /// Throws std::invalid_argument otherwise.
  AddressMap(int gpus, Bytes bytes_per_gpu) : gpus_(gpus), span_(static_cast<std::uint64_t>(bytes_per_gpu.value())) {
    if (gpus < 1 || gpus > 65535) throw std::invalid_argument("an address map needs 1 to 65535 GPUs");
    if (bytes_per_gpu <= Bytes(0) || span_ % 256 != 0) {
      throw std::invalid_argument("each GPU's share of the address space must be a positive multiple of 256 bytes");
    }
  }

  bool contains(std::uint64_t address, std::uint64_t bytes) const {
    const std::uint64_t end = span_ * static_cast<std::uint64_t>(gpus_);
    return address < end && bytes <= end - address;
  }
  NodeId owner(std::uint64_t address) const { return static_cast<NodeId>(address / span_); }
  std::uint64_t offset(std::uint64_t address) const { return address % span_; }
  std::uint64_t global(NodeId gpu, std::uint64_t offset) const { return index(gpu) * span_ + offset; }
  Bytes bytes_per_gpu() const { return Bytes(static_cast<std::int64_t>(span_)); }
  int gpus() const { return gpus_; }

 private:
  int gpus_ = 1;
  std::uint64_t span_ = 256;
};

}  // namespace fs
