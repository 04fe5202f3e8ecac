// SPDX-License-Identifier: Apache-2.0
// What a generic payload cannot say of a memory operation. Ignorable: without it, or to a target that does not know it,
// a payload means what TLM-2.0 says.
#pragma once

#include <array>
#include <cstdint>
#include <tlm>

#include "gpu/operation.hpp"

namespace fs::tlm {

/// Who writes what: the initiator all of it before the call; the target `atomic_done` and `cause` before its response.
class AccessExtension : public ::tlm::tlm_extension<AccessExtension> {
 public:
  /// Not none: a read-modify-write of a TLM_READ payload of 4, 8 or 16 bytes; the data returned is the old value. Of a
  /// target that leaves `atomic_done` false it is the plain read that the payload says.
  AtomicKind atomic = AtomicKind::none;
  bool atomic_done = false;
  bool timing_only = false;                     ///< the target need not move data
  OperationStatus cause = OperationStatus::ok;  ///< why the response is an error; status_name() puts it in words
  std::uint64_t message = 0;                    ///< Operation::message
  std::array<std::uint8_t, 32> operands{};      ///< as Operation::data of an atomic

  ::tlm::tlm_extension_base* clone() const override { return new AccessExtension(*this); }
  void copy_from(const ::tlm::tlm_extension_base& other) override {
    *this = static_cast<const AccessExtension&>(other);
  }
};

}  // namespace fs::tlm
