// SPDX-License-Identifier: Apache-2.0
// A workload's master behind a TLM-2.0 initiator socket.
#pragma once

#include <tlm_utils/simple_initiator_socket.h>

#include <memory>
#include <systemc>
#include <tlm>
#include <vector>

#include "flit/pool.hpp"
#include "gpu/address_map.hpp"
#include "observe/measure_window.hpp"
#include "tlm/memory/payload_pool.hpp"
#include "workload/streams/master.hpp"

namespace fs::tlm {

/// Sends what the master wants as soon as the target takes it, with nb_transport; responses are taken at once.
class MasterModule : public sc_core::sc_module {
 public:
  tlm_utils::simple_initiator_socket<MasterModule> socket{"socket"};

  struct Config {
    AddressMap map;
    MeasureWindow measure;
    bool data = false;   ///< every access has bytes of its own; else payloads are marked timing_only and share a buffer
    bool split = false;  ///< bound straight to a GPU's face: accesses without data may be split (AccessExtension)
  };

  MasterModule(sc_core::sc_module_name name, std::unique_ptr<Master> master, const Config& config);
  ~MasterModule() override;

  const Master& master() const { return *master_; }
  /// Asks for nothing more; what is under way ends as it will.
  void halt() { halted_ = true; }
  bool finished() const { return halted_ ? master_->outstanding() == 0 : master_->finished(); }
  /// A remote write that carried `message` was performed in this GPU's memory, at the present time.
  void delivered(std::uint64_t message);
  /// Accesses begun inside the measurement window and not yet complete.
  std::int64_t measured_open() const { return measured_open_; }
  const PayloadPool& pool() const { return pool_; }
  /// Accesses under way.
  std::size_t pending() const { return pending_.in_use(); }

  SC_HAS_PROCESS(MasterModule);

 private:
  /// An access under way. (Its own member has place in what alignment leaves of AccessName.)
  struct Pending : AccessName {
    bool measured = false;
  };
  static_assert(sizeof(Pending) == 24);
  enum class Ticket : std::uint32_t {};
  /// A completion whose annotated time is still to come.
  struct Late {
    Femtoseconds time{};
    Ticket ticket{};
    bool ok = false;
  };

  void pump();
  void send(const Access& access);
  /// The target has taken the request; a split access no longer needs its payload.
  static void request_taken(PooledPayload& payload);
  void complete(Ticket ticket, bool ok, const sc_core::sc_time& delay);
  void finish(Ticket ticket, bool ok, Femtoseconds now);
  void finish_late(Femtoseconds now);
  ::tlm::tlm_sync_enum nb_transport_bw(::tlm::tlm_generic_payload& payload, ::tlm::tlm_phase& phase,
                                       sc_core::sc_time& delay);

  std::unique_ptr<Master> master_;
  Config config_;
  PayloadPool pool_;
  Pool<Pending, Ticket, 5> pending_;  ///< by AccessExtension::ticket
  std::vector<Late> late_;
  bool halted_ = false;
  std::int64_t measured_open_ = 0;
  PooledPayload* request_open_ = nullptr;  ///< its END_REQ is due
  Femtoseconds request_from_{0};           ///< no BEGIN_REQ before: an END_REQ was annotated
  std::vector<std::uint8_t> shared_data_;
  sc_core::sc_event pump_due_{"pump_due"};
};

}  // namespace fs::tlm
