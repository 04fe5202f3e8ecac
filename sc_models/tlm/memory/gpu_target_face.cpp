// SPDX-License-Identifier: Apache-2.0
#include "tlm/memory/gpu_target_face.hpp"

#include <algorithm>
#include <cstring>

#include "common/reserve_ahead.hpp"
#include "tlm/clock_domain.hpp"

namespace fs::tlm {

namespace {

bool splits(const ::tlm::tlm_generic_payload& payload, const AccessExtension& access) {
  return access.may_split && access.timing_only && payload.get_byte_enable_ptr() == nullptr;
}

// What the core keeps for us of an operation: a Call, at an even address, or of a split access its lane and ticket.
std::uint64_t split_cookie(int id, std::uint32_t ticket) {
  return static_cast<std::uint64_t>(ticket) << 32 | static_cast<std::uint64_t>(id) << 1 | 1U;
}
bool is_split(std::uint64_t cookie) { return (cookie & 1U) != 0; }
std::uint32_t ticket_of(std::uint64_t cookie) { return static_cast<std::uint32_t>(cookie >> 32); }
int lane_of(std::uint64_t cookie) { return static_cast<int>((cookie & 0xffffffffU) >> 1); }

}  // namespace

GpuTargetFace::GpuTargetFace(sc_core::sc_module_name name, GpuCore& core, DebugMemory& memory)
    : sc_module(name), core_(&core), memory_(&memory) {
  socket.register_b_transport(this, &GpuTargetFace::b_transport);
  socket.register_nb_transport_fw(this, &GpuTargetFace::nb_transport_fw);
  socket.register_transport_dbg(this, &GpuTargetFace::transport_dbg);
  socket.register_get_direct_mem_ptr(this, &GpuTargetFace::get_direct_mem_ptr);
  SC_METHOD(send_due_responses);
  sensitive << response_due_;
  dont_initialize();
}

GpuTargetFace::~GpuTargetFace() = default;

GpuTargetFace::Lane& GpuTargetFace::lane(int id) {
  while (lanes_.size() < socket.size()) {
    lanes_.emplace_back();
    lanes_.back().core_socket = core_->add_socket(*this);
  }
  return lanes_[static_cast<std::size_t>(id)];
}

bool GpuTargetFace::refuse(::tlm::tlm_generic_payload& payload) {
  auto response = ::tlm::TLM_INCOMPLETE_RESPONSE;
  if (payload.get_command() == ::tlm::TLM_IGNORE_COMMAND) {
    response = ::tlm::TLM_OK_RESPONSE;
  } else if (payload.get_data_length() == 0 || payload.get_streaming_width() < payload.get_data_length()) {
    response = ::tlm::TLM_BURST_ERROR_RESPONSE;
  } else if (payload.get_data_ptr() == nullptr) {
    response = ::tlm::TLM_GENERIC_ERROR_RESPONSE;
  } else if (payload.get_byte_enable_ptr() != nullptr && payload.get_byte_enable_length() == 0) {
    response = ::tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE;
  }
  payload.set_dmi_allowed(false);
  payload.set_response_status(response);
  return response != ::tlm::TLM_INCOMPLETE_RESPONSE;
}

GpuTargetFace::Call& GpuTargetFace::make_call(int id, ::tlm::tlm_generic_payload& payload,
                                              const sc_core::sc_time& delay) {
  if (free_calls_.empty()) {
    free_calls_.push_back(&calls_.emplace_back());
    reserve_ahead(free_calls_, calls_.size());
  }
  Call& call = *free_calls_.back();
  free_calls_.pop_back();
  call.payload = &payload;
  call.id = id;
  call.waiter = nullptr;
  call.done = false;
  call.time = time_after(delay);
  return call;
}

sc_core::sc_event& GpuTargetFace::take_event() {
  if (free_events_.empty()) {
    events_.push_back(std::make_unique<sc_core::sc_event>("blocking_call"));
    free_events_.push_back(events_.back().get());
  }
  sc_core::sc_event& event = *free_events_.back();
  free_events_.pop_back();
  return event;
}

bool GpuTargetFace::submit(int id, ::tlm::tlm_generic_payload& payload, Femtoseconds time, Call* call) {
  Operation operation;
  operation.kind = payload.is_read() ? OperationKind::read : OperationKind::write;
  operation.address = payload.get_address();
  operation.bytes = payload.get_data_length();
  operation.data = payload.get_data_ptr();
  operation.enables = payload.get_byte_enable_ptr();
  operation.enable_length = payload.get_byte_enable_length();
  operation.cookie = reinterpret_cast<std::uint64_t>(call);
  bool split = false;
  if (auto* access = payload.get_extension<AccessExtension>()) {
    operation.timing_only = access->timing_only;
    operation.message = access->message;
    if (access->atomic != AtomicKind::none) {
      operation.kind = OperationKind::atomic;
      operation.atomic = access->atomic;
      operation.data = access->operands.data();  // the old value comes back there
    }
    split = splits(payload, *access) && (call == nullptr || call->waiter == nullptr);
    if (split) {
      access->split = true;
      operation.data = nullptr;
      operation.cookie = split_cookie(id, access->ticket);
    }
  }
  core_->submit(lane(id).core_socket, operation, std::max(time, time_after(sc_core::SC_ZERO_TIME)));
  return split;
}

void GpuTargetFace::b_transport(int id, ::tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  if (delay != sc_core::SC_ZERO_TIME) {
    wait(delay);
    delay = sc_core::SC_ZERO_TIME;
  }
  if (refuse(payload)) return;
  Call& call = make_call(id, payload, delay);
  call.waiter = &take_event();
  Lane& l = lane(id);
  if (l.parked.empty() && core_->has_room(l.core_socket)) {
    submit(id, payload, call.time, &call);
  } else {
    l.parked.push(&call);
  }
  while (!call.done) wait(*call.waiter);
  free_events_.push_back(call.waiter);
  free_calls_.push_back(&call);
}

::tlm::tlm_sync_enum GpuTargetFace::nb_transport_fw(int id, ::tlm::tlm_generic_payload& payload,
                                                    ::tlm::tlm_phase& phase, sc_core::sc_time& delay) {
  if (phase == ::tlm::BEGIN_REQ) return begin_request(id, payload, phase, delay);
  if (phase == ::tlm::END_RESP) {
    end_response(id, payload, delay);
    return ::tlm::TLM_COMPLETED;
  }
  SC_REPORT_ERROR(name(), "an initiator sends BEGIN_REQ and END_RESP, and no other phase");
  return ::tlm::TLM_ACCEPTED;
}

::tlm::tlm_sync_enum GpuTargetFace::begin_request(int id, ::tlm::tlm_generic_payload& payload, ::tlm::tlm_phase& phase,
                                                  const sc_core::sc_time& delay) {
  Lane& l = lane(id);
  if (l.request_open) SC_REPORT_ERROR(name(), "BEGIN_REQ before the END_REQ of the request before it");
  if (!payload.has_mm()) SC_REPORT_ERROR(name(), "a non-blocking call needs a payload with a memory manager");
  if (refuse(payload)) return ::tlm::TLM_COMPLETED;
  const bool room = l.parked.empty() && core_->has_room(l.core_socket);
  const auto* access = payload.get_extension<AccessExtension>();
  if (room && access != nullptr && splits(payload, *access)) {
    submit(id, payload, time_after(delay), nullptr);
    phase = ::tlm::END_REQ;
    return ::tlm::TLM_UPDATED;
  }
  payload.acquire();
  Call& call = make_call(id, payload, delay);
  if (room) {
    submit(id, payload, call.time, &call);
    phase = ::tlm::END_REQ;
    return ::tlm::TLM_UPDATED;
  }
  l.parked.push(&call);
  l.request_open = true;
  return ::tlm::TLM_ACCEPTED;
}

void GpuTargetFace::room_freed(int core_socket, Femtoseconds) {
  for (std::size_t id = 0; id < lanes_.size(); ++id) {
    if (lanes_[id].core_socket != core_socket) continue;
    while (!lanes_[id].parked.empty() && core_->has_room(core_socket)) {
      Call& call = *lanes_[id].parked.pop();
      ::tlm::tlm_generic_payload& payload = *call.payload;
      const bool split = submit(static_cast<int>(id), payload, call.time, &call);
      if (call.waiter != nullptr) continue;
      if (split) free_calls_.push_back(&call);
      lanes_[id].request_open = false;
      ::tlm::tlm_phase phase = ::tlm::END_REQ;
      sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
      socket[static_cast<int>(id)]->nb_transport_bw(payload, phase, delay);
      if (split) payload.release();
    }
    return;
  }
}

void GpuTargetFace::operation_done(const Operation& operation, OperationStatus status, Femtoseconds) {
  if (!is_split(operation.cookie)) return answer(*reinterpret_cast<Call*>(operation.cookie), status);
  const bool atomic_done = operation.kind == OperationKind::atomic && status == OperationStatus::ok;
  const int id = lane_of(operation.cookie);
  Lane& l = lane(id);
  l.responses.push({nullptr, ticket_of(operation.cookie), status, atomic_done});
  send_responses(l, id);
}

void GpuTargetFace::answer(Call& call, OperationStatus status) {
  ::tlm::tlm_generic_payload& payload = *call.payload;
  payload.set_response_status(to_response(status));
  auto* access = payload.get_extension<AccessExtension>();
  if (access != nullptr) access->cause = status;
  if (access != nullptr && access->atomic != AtomicKind::none && status == OperationStatus::ok) {
    access->atomic_done = true;
    if (!access->timing_only) std::memcpy(payload.get_data_ptr(), access->operands.data(), payload.get_data_length());
  }
  if (call.waiter != nullptr) {
    call.done = true;
    call.waiter->notify(sc_core::SC_ZERO_TIME);
    return;
  }
  Lane& l = lane(call.id);
  l.responses.push({&call});
  send_responses(l, call.id);
}

::tlm::tlm_generic_payload& GpuTargetFace::answer_of(const Response& response) {
  PooledPayload& payload = pool_.acquire(::tlm::TLM_IGNORE_COMMAND, 0, nullptr, 0);
  payload.set_response_status(to_response(response.status));
  payload.access().timing_only = true;
  payload.access().split = true;
  payload.access().ticket = response.ticket;
  payload.access().cause = response.status;
  payload.access().atomic_done = response.atomic_done;
  return payload;
}

void GpuTargetFace::send_responses(Lane& l, int id) {
  const Femtoseconds now = time_after(sc_core::SC_ZERO_TIME);
  while (l.open == nullptr && !l.responses.empty()) {
    if (now < l.response_from) {
      response_due_.notify(to_sc_time(l.response_from - now));
      return;
    }
    const Response response = l.responses.pop();
    ::tlm::tlm_generic_payload& payload = response.call != nullptr ? *response.call->payload : answer_of(response);
    if (response.call != nullptr) free_calls_.push_back(response.call);
    ::tlm::tlm_phase phase = ::tlm::BEGIN_RESP;
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    l.open = &payload;
    const auto result = socket[id]->nb_transport_bw(payload, phase, delay);
    if (result == ::tlm::TLM_COMPLETED || (result == ::tlm::TLM_UPDATED && phase == ::tlm::END_RESP)) {
      close_response(l, delay);
    }
  }
}

void GpuTargetFace::close_response(Lane& l, const sc_core::sc_time& delay) {
  l.open->release();
  l.open = nullptr;
  l.response_from = time_after(delay);
}

void GpuTargetFace::end_response(int id, ::tlm::tlm_generic_payload& payload, const sc_core::sc_time& delay) {
  Lane& l = lane(id);
  if (l.open != &payload) SC_REPORT_ERROR(name(), "END_RESP for a payload whose BEGIN_RESP was not the last one");
  close_response(l, delay);
  // Not from within the initiator's own call.
  if (!l.responses.empty()) response_due_.notify(delay);
}

void GpuTargetFace::send_due_responses() {
  for (std::size_t id = 0; id < lanes_.size(); ++id) send_responses(lanes_[id], static_cast<int>(id));
}

unsigned int GpuTargetFace::transport_dbg(int, ::tlm::tlm_generic_payload& payload) {
  const AddressMap& map = core_->map();
  const std::uint64_t address = payload.get_address();
  payload.set_response_status(::tlm::TLM_ADDRESS_ERROR_RESPONSE);
  if (!map.contains(address, 1)) return 0;
  payload.set_address(map.offset(address));
  const unsigned int bytes = memory_->debug(map.owner(address), payload);
  payload.set_address(address);
  return bytes;
}

bool GpuTargetFace::get_direct_mem_ptr(int, ::tlm::tlm_generic_payload& payload, ::tlm::tlm_dmi& dmi) {
  payload.set_dmi_allowed(false);
  dmi.allow_none();
  return false;
}

}  // namespace fs::tlm
