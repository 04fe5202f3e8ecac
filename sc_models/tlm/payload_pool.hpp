// SPDX-License-Identifier: Apache-2.0
// Generic payloads that are used again and again: steady traffic allocates nothing.
#pragma once

#include <cstdint>
#include <deque>
#include <tlm>
#include <vector>

#include "gpu/operation.hpp"
#include "tlm/access_extension.hpp"

namespace fs::tlm {

/// A payload with its extension, which stays with it, and what its owner keeps with it.
class PooledPayload : public ::tlm::tlm_generic_payload {
 public:
  explicit PooledPayload(::tlm::tlm_mm_interface* pool) : tlm_generic_payload(pool), access_(new AccessExtension) {
    set_extension(access_);  // deleted with the payload
  }
  AccessExtension& access() { return *access_; }

  std::uint64_t user = 0;            ///< its owner's
  std::vector<std::uint8_t> buffer;  ///< its owner's; keeps its capacity

 private:
  AccessExtension* access_;
};

class PayloadPool : public ::tlm::tlm_mm_interface {
 public:
  PayloadPool() = default;
  PayloadPool(const PayloadPool&) = delete;
  PayloadPool& operator=(const PayloadPool&) = delete;

  /// A payload with one reference, for `bytes` bytes at `address`: streaming width the length, no byte enables, status
  /// incomplete, extension cleared. Goes back to the pool with its last release().
  PooledPayload& acquire(::tlm::tlm_command command, std::uint64_t address, std::uint8_t* data, std::uint32_t bytes);
  void free(::tlm::tlm_generic_payload* payload) override;

  std::size_t in_use() const { return all_.size() - free_.size(); }
  std::size_t made() const { return all_.size(); }

 private:
  std::deque<PooledPayload> all_;
  std::vector<PooledPayload*> free_;
};

::tlm::tlm_response_status to_response(OperationStatus status);
OperationStatus from_response(::tlm::tlm_response_status response);

}  // namespace fs::tlm
