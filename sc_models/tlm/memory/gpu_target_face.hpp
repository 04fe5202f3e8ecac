// SPDX-License-Identifier: Apache-2.0
// A GPU's face towards its masters: a TLM-2.0 target socket that any number of initiators may bind to.
#pragma once

#include <tlm_utils/multi_passthrough_target_socket.h>

#include <cstdint>
#include <deque>
#include <memory>
#include <systemc>
#include <tlm>
#include <vector>

#include "common/ring.hpp"
#include "gpu/gpu_core.hpp"
#include "tlm/memory/payload_pool.hpp"

namespace fs::tlm {

/// Reaches any GPU's memory without time.
class DebugMemory {
 public:
  virtual ~DebugMemory() = default;
  /// `payload` with an address inside that GPU's memory. Returns the bytes moved, as transport_dbg does.
  virtual unsigned int debug(NodeId owner, ::tlm::tlm_generic_payload& payload) = 0;
};

/// Base protocol, addresses as in the core's address map. Each bound initiator is a socket of the core, in the order of
/// binding. Blocking and non-blocking calls may be mixed; a full socket parks them in one queue.
/// - b_transport waits for its annotated delay, then until the operation is done.
/// - nb_transport: BEGIN_REQ is answered with TLM_UPDATED and END_REQ, or, when the socket is full, with TLM_ACCEPTED
/// and
///   a later END_REQ on the backward path. BEGIN_RESP comes at one of the GPU's edges; the next one of the socket only
///   after END_RESP (or TLM_COMPLETED). What can be refused at once ends with TLM_COMPLETED.
/// - An access without data that may be split is (AccessExtension): thousands of them are under way in every GPU, and
/// what the core needs of one is a fraction of a payload.
/// - transport_dbg goes straight to the owner's memory. DMI is refused.
/// - An initiator that breaks the rules of the base protocol gets an SC_ERROR report.
class GpuTargetFace : public sc_core::sc_module, public OperationSink {
 public:
  tlm_utils::multi_passthrough_target_socket_optional<GpuTargetFace> socket{"socket"};

  GpuTargetFace(sc_core::sc_module_name name, GpuCore& core, DebugMemory& memory);
  ~GpuTargetFace() override;

  void operation_done(const Operation& operation, OperationStatus status, Femtoseconds now) override;
  void room_freed(int core_socket, Femtoseconds now) override;

  SC_HAS_PROCESS(GpuTargetFace);

 private:
  struct Call {
    ::tlm::tlm_generic_payload* payload = nullptr;
    int id = 0;
    bool done = false;
    Femtoseconds time{};                  ///< when it counts as made
    sc_core::sc_event* waiter = nullptr;  ///< blocking: notified when done
  };
  /// An operation that has ended: of a Call, or of a split access.
  struct Response {
    Call* call = nullptr;  ///< null: split
    std::uint32_t ticket = 0;
    OperationStatus status = OperationStatus::ok;
    bool atomic_done = false;
  };
  struct Lane {
    int core_socket = 0;
    Ring<Call*> parked;                          ///< for room in the core's socket
    bool request_open = false;                   ///< a non-blocking one is parked: END_REQ is due
    Ring<Response> responses;                    ///< BEGIN_RESP is due
    ::tlm::tlm_generic_payload* open = nullptr;  ///< its BEGIN_RESP was sent, END_RESP is due
    Femtoseconds response_from{0};               ///< and not before this time the next BEGIN_RESP
  };

  void b_transport(int id, ::tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  ::tlm::tlm_sync_enum nb_transport_fw(int id, ::tlm::tlm_generic_payload& payload, ::tlm::tlm_phase& phase,
                                       sc_core::sc_time& delay);
  unsigned int transport_dbg(int id, ::tlm::tlm_generic_payload& payload);
  bool get_direct_mem_ptr(int id, ::tlm::tlm_generic_payload& payload, ::tlm::tlm_dmi& dmi);

  ::tlm::tlm_sync_enum begin_request(int id, ::tlm::tlm_generic_payload& payload, ::tlm::tlm_phase& phase,
                                     const sc_core::sc_time& delay);
  void end_response(int id, ::tlm::tlm_generic_payload& payload, const sc_core::sc_time& delay);
  static void close_response(Lane& lane, const sc_core::sc_time& delay);
  /// Sets the response of what needs no operation. True when that is all.
  static bool refuse(::tlm::tlm_generic_payload& payload);
  Call& make_call(int id, ::tlm::tlm_generic_payload& payload, const sc_core::sc_time& delay);
  sc_core::sc_event& take_event();
  /// Hands an access to the core. True when it is split: nothing of the payload is needed any more.
  bool submit(int id, ::tlm::tlm_generic_payload& payload, Femtoseconds time, Call* call);
  void answer(Call& call, OperationStatus status);
  void send_responses(Lane& lane, int id);
  /// A payload of this face's own, to answer a split access.
  ::tlm::tlm_generic_payload& answer_of(const Response& response);
  void send_due_responses();
  Lane& lane(int id);

  GpuCore* core_;
  DebugMemory* memory_;
  std::vector<Lane> lanes_;
  PayloadPool pool_;  ///< for answers to split accesses
  std::deque<Call> calls_;
  std::vector<Call*> free_calls_;
  std::vector<std::unique_ptr<sc_core::sc_event>> events_;  ///< of blocking calls
  std::vector<sc_core::sc_event*> free_events_;
  sc_core::sc_event response_due_{"response_due"};
};

}  // namespace fs::tlm
