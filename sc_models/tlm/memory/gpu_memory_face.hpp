// SPDX-License-Identifier: Apache-2.0
// A GPU's face towards its memory: a TLM-2.0 initiator socket for any target that keeps to the base protocol.
#pragma once

#include <tlm_utils/simple_initiator_socket.h>

#include <array>
#include <cstdint>
#include <systemc>
#include <tlm>

#include "gpu/memory/memory_port.hpp"
#include "gpu/transaction.hpp"
#include "tlm/memory/payload_pool.hpp"

namespace fs::tlm {

/// Non-blocking. A memory that answers BEGIN_REQ with TLM_COMPLETED and an annotated time costs no kernel event; one
/// that uses the four phases is taken as it comes, one request at a time until its END_REQ. Responses are taken at
/// once. Atomics ask the memory to do them (AccessExtension); where it does not, the face reads, computes and writes
/// itself and lets nothing pass between the two.
class GpuMemoryFace : public sc_core::sc_module, public MemoryPort {
 public:
  tlm_utils::simple_initiator_socket<GpuMemoryFace> socket{"socket"};

  explicit GpuMemoryFace(sc_core::sc_module_name name);
  /// Where later answers go: the GPU's core. Before the simulation starts.
  void connect(MemoryClient& client) { client_ = &client; }

  MemoryAnswer access(MemoryAccess& access, Femtoseconds now) override;
  /// No time, no side effects; the payload's address is in this memory.
  unsigned int debug(::tlm::tlm_generic_payload& payload) { return socket->transport_dbg(payload); }

  SC_HAS_PROCESS(GpuMemoryFace);

 private:
  PooledPayload& make_payload(const MemoryAccess& access);
  PooledPayload& make_atomic_write(PooledPayload& read);
  /// Sends BEGIN_REQ at `delay` from now. True when the answer is there at once; `delay` then says when it counts.
  bool request(PooledPayload& payload, sc_core::sc_time& delay);
  ::tlm::tlm_sync_enum nb_transport_bw(::tlm::tlm_generic_payload& payload, ::tlm::tlm_phase& phase,
                                       sc_core::sc_time& delay);
  void end_request(const sc_core::sc_time& delay);
  void take_response(PooledPayload& payload, const sc_core::sc_time& delay);
  void write_atomic();
  void report_ready(Femtoseconds when);

  MemoryClient* client_ = nullptr;
  PayloadPool pool_;
  PooledPayload* request_open_ = nullptr;  ///< its END_REQ is due
  Femtoseconds request_from_{0};           ///< no BEGIN_REQ before: an END_REQ was annotated
  bool atomic_open_ = false;               ///< between the read of an atomic and its write
  bool refused_ = false;                   ///< the core waits for memory_ready()
  PooledPayload* atomic_write_ = nullptr;
  sc_core::sc_event write_due_{"write_due"};
  std::array<std::uint8_t, region_bytes> scratch_{};  ///< for data when only the timing counts
};

}  // namespace fs::tlm
