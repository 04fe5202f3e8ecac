// SPDX-License-Identifier: Apache-2.0
// Generic payloads that are used again and again: steady traffic allocates nothing.
#pragma once

#include <cstdint>
#include <memory>
#include <tlm>
#include <vector>

#include "gpu/operation.hpp"
#include "tlm/memory/access_extension.hpp"

namespace fs::tlm {

/// A payload with its extension, which stays with it, and what its owner keeps with it: one piece of memory, for there
/// may be as many as accesses are under way.
class PooledPayload : public ::tlm::tlm_generic_payload {
 public:
  PooledPayload() { set_extension(&access_); }
  ~PooledPayload() override { clear_extension(&access_); }
  PooledPayload(const PooledPayload&) = delete;
  PooledPayload& operator=(const PooledPayload&) = delete;
  AccessExtension& access() { return access_; }

  std::uint64_t user = 0;            ///< its owner's
  std::vector<std::uint8_t> buffer;  ///< its owner's; keeps its capacity

 private:
  /// Part of its payload, whoever frees extensions.
  class Inside final : public AccessExtension {
    void free() override {}
  };

  Inside access_;
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

  std::size_t in_use() const { return made_ - free_.size(); }
  std::size_t made() const { return made_; }

 private:
  void make_more();

  static constexpr std::size_t at_once = 4;
  std::vector<std::unique_ptr<PooledPayload[]>> all_;  ///< at_once in each
  std::size_t made_ = 0;
  std::vector<PooledPayload*> free_;
};

::tlm::tlm_response_status to_response(OperationStatus status);
OperationStatus from_response(::tlm::tlm_response_status response);

}  // namespace fs::tlm
