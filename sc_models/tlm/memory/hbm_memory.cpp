// SPDX-License-Identifier: Apache-2.0
#include "tlm/memory/hbm_memory.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "gpu/transaction.hpp"
#include "tlm/clock_domain.hpp"

namespace fs::tlm {

namespace {

sc_core::sc_time until(Femtoseconds time) {
  return to_sc_time(std::max(Femtoseconds(0), time - time_after(sc_core::SC_ZERO_TIME)));
}

::tlm::tlm_response_status check(const ::tlm::tlm_generic_payload& payload, const Hbm& hbm) {
  if (payload.get_command() == ::tlm::TLM_IGNORE_COMMAND) return ::tlm::TLM_OK_RESPONSE;
  const unsigned int bytes = payload.get_data_length();
  if (bytes == 0 || payload.get_streaming_width() < bytes) return ::tlm::TLM_BURST_ERROR_RESPONSE;
  if (!hbm.contains(payload.get_address(), bytes)) return ::tlm::TLM_ADDRESS_ERROR_RESPONSE;
  if (payload.get_byte_enable_ptr() != nullptr && payload.get_byte_enable_length() == 0) {
    return ::tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE;
  }
  return ::tlm::TLM_INCOMPLETE_RESPONSE;
}

/// Copies stored bytes to where the payload's byte enables let them.
void read(const Storage& storage, ::tlm::tlm_generic_payload& payload) {
  const std::uint8_t* enables = payload.get_byte_enable_ptr();
  if (enables == nullptr) return storage.read(payload.get_address(), payload.get_data_ptr(), payload.get_data_length());
  std::array<std::uint8_t, region_bytes> piece{};
  for (unsigned int done = 0; done < payload.get_data_length();) {
    const auto bytes = std::min<unsigned int>(region_bytes, payload.get_data_length() - done);
    storage.read(payload.get_address() + done, piece.data(), bytes);
    for (unsigned int i = 0; i < bytes; ++i) {
      if (enables[(done + i) % payload.get_byte_enable_length()] != 0) payload.get_data_ptr()[done + i] = piece[i];
    }
    done += bytes;
  }
}

}  // namespace

HbmMemory::HbmMemory(sc_core::sc_module_name name, const HbmConfig& config) : sc_module(name), hbm_(config) {
  socket.register_b_transport(this, &HbmMemory::b_transport);
  socket.register_nb_transport_fw(this, &HbmMemory::nb_transport_fw);
  socket.register_transport_dbg(this, &HbmMemory::transport_dbg);
  socket.register_get_direct_mem_ptr(this, &HbmMemory::get_direct_mem_ptr);
  SC_METHOD(take_parked);
  sensitive << retry_;
  dont_initialize();
}

void HbmMemory::move(::tlm::tlm_generic_payload& payload) {
  Storage& storage = hbm_.storage();
  auto* access = payload.get_extension<AccessExtension>();
  const bool atomic = access != nullptr && access->atomic != AtomicKind::none;
  if (atomic) access->atomic_done = true;
  if (access != nullptr && access->timing_only) return;
  if (atomic) {
    std::array<std::uint8_t, 32> data = access->operands;
    storage.atomic(access->atomic, payload.get_address(), data.data(), payload.get_data_length());
    std::memcpy(payload.get_data_ptr(), data.data(), payload.get_data_length());
  } else if (payload.is_write()) {
    storage.write(payload.get_address(), payload.get_data_ptr(), payload.get_data_length(),
                  payload.get_byte_enable_ptr(), payload.get_byte_enable_length());
  } else {
    read(storage, payload);
  }
}

Hbm::Outcome HbmMemory::perform(::tlm::tlm_generic_payload& payload, Femtoseconds now) {
  payload.set_dmi_allowed(false);
  const auto response = check(payload, hbm_);
  if (response != ::tlm::TLM_INCOMPLETE_RESPONSE) {
    payload.set_response_status(response);
    return {true, now};
  }
  const auto* access = payload.get_extension<AccessExtension>();
  const bool atomic = access != nullptr && access->atomic != AtomicKind::none;
  const OperationKind kind = atomic               ? OperationKind::atomic
                             : payload.is_write() ? OperationKind::write
                                                  : OperationKind::read;
  last_ = std::max(last_, now);
  const Hbm::Outcome outcome = hbm_.access(last_, payload.get_address(), payload.get_data_length(), kind);
  if (outcome.accepted) {
    move(payload);
    payload.set_response_status(::tlm::TLM_OK_RESPONSE);
  }
  return outcome;
}

void HbmMemory::b_transport(::tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  Hbm::Outcome outcome = perform(payload, time_after(delay));
  while (!outcome.accepted) {
    wait(until(outcome.time));
    outcome = perform(payload, time_after(sc_core::SC_ZERO_TIME));
  }
  delay = until(outcome.time);
}

::tlm::tlm_sync_enum HbmMemory::nb_transport_fw(::tlm::tlm_generic_payload& payload, ::tlm::tlm_phase& phase,
                                                sc_core::sc_time& delay) {
  if (phase == ::tlm::END_RESP) {
    response_open_ = false;
    if (!responses_.empty()) retry_.notify(delay);
    return ::tlm::TLM_COMPLETED;
  }
  if (phase != ::tlm::BEGIN_REQ)
    SC_REPORT_ERROR(name(), "an initiator sends BEGIN_REQ and END_RESP, and no other phase");
  if (parked_.empty()) {
    const Hbm::Outcome outcome = perform(payload, time_after(delay));
    if (outcome.accepted) {
      delay = until(outcome.time);
      return ::tlm::TLM_COMPLETED;
    }
    retry_.notify(until(outcome.time));
  }
  payload.acquire();
  parked_.push(&payload);
  return ::tlm::TLM_ACCEPTED;
}

void HbmMemory::take_parked() {
  while (!parked_.empty()) {
    ::tlm::tlm_generic_payload& payload = *parked_.front();
    const Hbm::Outcome outcome = perform(payload, time_after(sc_core::SC_ZERO_TIME));
    if (!outcome.accepted) {
      retry_.notify(until(outcome.time));
      break;
    }
    parked_.pop();
    responses_.push({&payload, outcome.time});
    ::tlm::tlm_phase phase = ::tlm::END_REQ;
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    socket->nb_transport_bw(payload, phase, delay);
  }
  send_response();
}

void HbmMemory::send_response() {
  while (!response_open_ && !responses_.empty()) {
    const Response response = responses_.pop();
    ::tlm::tlm_phase phase = ::tlm::BEGIN_RESP;
    sc_core::sc_time delay = until(response.time);
    response_open_ = true;
    const auto result = socket->nb_transport_bw(*response.payload, phase, delay);
    if (result != ::tlm::TLM_ACCEPTED) response_open_ = false;
    response.payload->release();
  }
}

unsigned int HbmMemory::transport_dbg(::tlm::tlm_generic_payload& payload) {
  const auto size = static_cast<std::uint64_t>(hbm_.config().size.value());
  const std::uint64_t address = payload.get_address();
  payload.set_response_status(::tlm::TLM_ADDRESS_ERROR_RESPONSE);
  if (address >= size) return 0;
  const std::uint64_t bytes = std::min<std::uint64_t>(payload.get_data_length(), size - address);
  if (payload.is_write()) hbm_.storage().write(address, payload.get_data_ptr(), bytes);
  if (payload.is_read()) hbm_.storage().read(address, payload.get_data_ptr(), bytes);
  payload.set_response_status(::tlm::TLM_OK_RESPONSE);
  return static_cast<unsigned int>(bytes);
}

bool HbmMemory::get_direct_mem_ptr(::tlm::tlm_generic_payload& payload, ::tlm::tlm_dmi& dmi) {
  payload.set_dmi_allowed(false);
  dmi.allow_none();
  return false;
}

}  // namespace fs::tlm
