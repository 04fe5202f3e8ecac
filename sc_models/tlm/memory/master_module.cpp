// SPDX-License-Identifier: Apache-2.0
#include "tlm/memory/master_module.hpp"

#include <algorithm>

#include "tlm/clock_domain.hpp"

namespace fs::tlm {

MasterModule::MasterModule(sc_core::sc_module_name name, std::unique_ptr<Master> master, const Config& config)
    : sc_module(name), master_(std::move(master)), config_(config) {
  socket.register_nb_transport_bw(this, &MasterModule::nb_transport_bw);
  SC_METHOD(pump);
  sensitive << pump_due_;
}

MasterModule::~MasterModule() = default;

void MasterModule::delivered(std::uint64_t message) {
  master_->delivered(message, present());
  pump_due_.notify(sc_core::SC_ZERO_TIME);
}

void MasterModule::pump() {
  const Femtoseconds now = present();
  finish_late(now);
  while (!halted_ && request_open_ == nullptr && request_from_ <= now) {
    const auto access = master_->next(now);
    if (!access) break;
    send(*access);
  }
  Femtoseconds next = Femtoseconds::max();
  if (!halted_ && request_open_ == nullptr) next = std::max(request_from_, master_->next_time(now));
  for (const Late& late : late_) next = std::min(next, late.time);
  if (next < Femtoseconds::max()) pump_due_.notify(to_sc_time(std::max(next - now, Femtoseconds(0))));
}

void MasterModule::finish_late(Femtoseconds now) {
  std::size_t kept = 0;
  for (std::size_t i = 0; i < late_.size(); ++i) {
    const Late late = late_[i];
    if (late.time > now) {
      late_[kept++] = late;
    } else {
      finish(late.ticket, late.ok, now);
    }
  }
  late_.resize(kept);
}

void MasterModule::send(const Access& access) {
  const Ticket ticket = pending_.acquire();
  Pending& pending = pending_[ticket];
  static_cast<AccessName&>(pending) = access;
  pending.measured = config_.measure.contains(present());
  if (pending.measured) ++measured_open_;
  const auto command = access.op == AccessOp::write ? ::tlm::TLM_WRITE_COMMAND : ::tlm::TLM_READ_COMMAND;
  PooledPayload& payload =
      pool_.acquire(command, config_.map.global(access.target, access.offset), nullptr, access.bytes);
  auto& buffer = config_.data ? payload.buffer : shared_data_;
  if (buffer.size() < access.bytes) buffer.resize(access.bytes);
  payload.set_data_ptr(buffer.data());
  payload.access().ticket = static_cast<std::uint32_t>(ticket);
  payload.access().timing_only = !config_.data;
  payload.access().may_split = config_.split && !config_.data;
  payload.access().message = access.message;
  if (access.op == AccessOp::atomic) {
    payload.access().atomic = AtomicKind::add;
    payload.access().operands[0] = 1;
  }
  request_open_ = &payload;
  ::tlm::tlm_phase phase = ::tlm::BEGIN_REQ;
  sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
  const auto result = socket->nb_transport_fw(payload, phase, delay);
  if (result == ::tlm::TLM_ACCEPTED) return;
  request_open_ = nullptr;
  if (result == ::tlm::TLM_UPDATED && phase == ::tlm::END_REQ) {
    request_from_ = present() + to_femtoseconds(delay);
    request_taken(payload);
    return;
  }
  if (result == ::tlm::TLM_UPDATED) {
    ::tlm::tlm_phase end = ::tlm::END_RESP;
    sc_core::sc_time end_delay = delay;
    socket->nb_transport_fw(payload, end, end_delay);
  }
  const bool ok = payload.is_response_ok();
  payload.release();
  complete(ticket, ok, delay);
}

void MasterModule::request_taken(PooledPayload& payload) {
  if (payload.access().split) payload.release();
}

::tlm::tlm_sync_enum MasterModule::nb_transport_bw(::tlm::tlm_generic_payload& payload, ::tlm::tlm_phase& phase,
                                                   sc_core::sc_time& delay) {
  const bool first_answer = &payload == request_open_;
  if (first_answer) {
    request_open_ = nullptr;
    request_from_ = present() + to_femtoseconds(delay);
    pump_due_.notify(delay);
  }
  if (phase == ::tlm::END_REQ) {
    if (first_answer) request_taken(static_cast<PooledPayload&>(payload));
    return ::tlm::TLM_ACCEPTED;
  }
  if (phase != ::tlm::BEGIN_RESP) SC_REPORT_ERROR(name(), "a target sends END_REQ and BEGIN_RESP, and no other phase");
  const auto& access = *payload.get_extension<AccessExtension>();
  const auto ticket = static_cast<Ticket>(access.ticket);
  const bool ok = payload.is_response_ok();
  if (!access.split) payload.release();  // else it is the target's
  complete(ticket, ok, delay);
  return ::tlm::TLM_COMPLETED;
}

void MasterModule::complete(Ticket ticket, bool ok, const sc_core::sc_time& delay) {
  if (delay == sc_core::SC_ZERO_TIME) {
    finish(ticket, ok, present());
  } else {
    late_.push_back({present() + to_femtoseconds(delay), ticket, ok});
  }
  pump_due_.notify(delay);
}

void MasterModule::finish(Ticket ticket, bool ok, Femtoseconds now) {
  const Pending done = pending_[ticket];
  pending_.release(ticket);
  if (done.measured) --measured_open_;
  master_->completed(done, ok, now);
}

}  // namespace fs::tlm
