// SPDX-License-Identifier: Apache-2.0
// The HBM core as a TLM-2.0 target.
#pragma once

#include <tlm_utils/simple_target_socket.h>

#include <systemc>
#include <tlm>

#include "common/ring.hpp"
#include "gpu/memory/hbm.hpp"
#include "tlm/memory/access_extension.hpp"

namespace fs::tlm {

/// Base protocol, addresses from 0 to the memory's size. BEGIN_REQ is answered with TLM_COMPLETED and the time at which
/// the access is done; only when a channel's queue is full with TLM_ACCEPTED, an END_REQ once it has room, and
/// BEGIN_RESP with the time annotated. Data moves in the order of the calls. Knows AccessExtension. DMI is refused.
class HbmMemory : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<HbmMemory> socket{"socket"};

  HbmMemory(sc_core::sc_module_name name, const HbmConfig& config);
  const Hbm& core() const { return hbm_; }

  SC_HAS_PROCESS(HbmMemory);

 private:
  void b_transport(::tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  ::tlm::tlm_sync_enum nb_transport_fw(::tlm::tlm_generic_payload& payload, ::tlm::tlm_phase& phase,
                                       sc_core::sc_time& delay);
  unsigned int transport_dbg(::tlm::tlm_generic_payload& payload);
  bool get_direct_mem_ptr(::tlm::tlm_generic_payload& payload, ::tlm::tlm_dmi& dmi);

  /// Takes an access at `now`: sets the response, moves data, and returns when it is done. When refused, the payload is
  /// as it was, and the time says when to ask again.
  Hbm::Outcome perform(::tlm::tlm_generic_payload& payload, Femtoseconds now);
  void move(::tlm::tlm_generic_payload& payload);
  void take_parked();
  void send_response();

  Hbm hbm_;
  Femtoseconds last_{0};                      ///< the core's time never goes back, annotations may
  Ring<::tlm::tlm_generic_payload*> parked_;  ///< at most one of each initiator: its END_REQ is due
  struct Response {
    ::tlm::tlm_generic_payload* payload = nullptr;
    Femtoseconds time{};
  };
  Ring<Response> responses_;    ///< of parked requests, in their order
  bool response_open_ = false;  ///< END_RESP is due
  sc_core::sc_event retry_{"retry"};
};

}  // namespace fs::tlm
