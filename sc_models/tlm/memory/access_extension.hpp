// SPDX-License-Identifier: Apache-2.0
// What a generic payload cannot say of a memory operation. Ignorable: without it, or to a target that does not know it,
// a payload means what TLM-2.0 says.
#pragma once

#include <array>
#include <cstdint>
#include <tlm>

#include "gpu/operation.hpp"

namespace fs::tlm {

/// Who writes what: the initiator all of it before the call; the target `atomic_done` and `cause` before its response,
/// and `split` before its END_REQ.
///
/// Split accesses. An initiator that sets `may_split` lets the target keep less than a payload while an access is under
/// way. A target that does so sets `split` before its END_REQ, drops its reference and never touches that payload
/// again. Its BEGIN_RESP comes with a payload of its own, without command and data, whose extension has `split` and the
/// initiator's `ticket` beside status, `cause` and `atomic_done`. Only for initiators bound straight to such a target:
/// what stands between may know responses by their payload.
class AccessExtension : public ::tlm::tlm_extension<AccessExtension> {
 public:
  /// Not none: a read-modify-write of a TLM_READ payload of 4, 8 or 16 bytes; the data returned is the old value. Of a
  /// target that leaves `atomic_done` false it is the plain read that the payload says.
  AtomicKind atomic = AtomicKind::none;
  bool atomic_done = false;
  bool timing_only = false;                     ///< the target need not move data
  bool may_split = false;                       ///< BEGIN_RESP may come with another payload
  bool split = false;                           ///< and will, or has
  OperationStatus cause = OperationStatus::ok;  ///< why the response is an error; status_name() puts it in words
  std::uint32_t ticket = 0;                     ///< the initiator's name for an access that may be split
  std::uint64_t message = 0;                    ///< Operation::message
  std::array<std::uint8_t, 32> operands{};      ///< as Operation::data of an atomic

  ::tlm::tlm_extension_base* clone() const override { return new AccessExtension(*this); }
  void copy_from(const ::tlm::tlm_extension_base& other) override {
    *this = static_cast<const AccessExtension&>(other);
  }
};

}  // namespace fs::tlm
