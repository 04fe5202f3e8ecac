// SPDX-License-Identifier: Apache-2.0
#include "tlm/memory/gpu_memory_face.hpp"

#include <algorithm>
#include <cstring>

#include "gpu/memory/storage.hpp"
#include "tlm/clock_domain.hpp"

namespace fs::tlm {

namespace {

bool must_be_written(PooledPayload& payload) {
  return payload.access().atomic != AtomicKind::none && !payload.access().atomic_done && payload.is_response_ok();
}

}  // namespace

GpuMemoryFace::GpuMemoryFace(sc_core::sc_module_name name) : sc_module(name) {
  socket.register_nb_transport_bw(this, &GpuMemoryFace::nb_transport_bw);
  SC_METHOD(write_atomic);
  sensitive << write_due_;
  dont_initialize();
}

PooledPayload& GpuMemoryFace::make_payload(const MemoryAccess& access) {
  const auto command = access.kind == OperationKind::write ? ::tlm::TLM_WRITE_COMMAND : ::tlm::TLM_READ_COMMAND;
  std::uint8_t* data = access.data != nullptr ? access.data : scratch_.data();
  PooledPayload& payload = pool_.acquire(command, access.offset, data, access.bytes);
  payload.user = static_cast<std::uint64_t>(access.transaction);
  payload.access().timing_only = access.data == nullptr;
  if (access.enables != nullptr && access.kind == OperationKind::write) {
    payload.set_byte_enable_ptr(const_cast<std::uint8_t*>(access.enables));
    payload.set_byte_enable_length(access.bytes);
  }
  if (access.kind == OperationKind::atomic) {
    payload.access().atomic = access.atomic;
    std::memcpy(payload.access().operands.data(), data, 2U * access.bytes);
  }
  return payload;
}

PooledPayload& GpuMemoryFace::make_atomic_write(PooledPayload& read) {
  const std::uint32_t width = read.get_data_length();
  PooledPayload& write = pool_.acquire(::tlm::TLM_WRITE_COMMAND, read.get_address(), nullptr, width);
  const AccessExtension& access = read.access();
  const Uint128 result =
      atomic_result(access.atomic, load_integer(read.get_data_ptr(), width),
                    load_integer(access.operands.data(), width), load_integer(access.operands.data() + width, width));
  write.buffer.resize(16);
  store_integer(write.buffer.data(), result, width);
  write.set_data_ptr(write.buffer.data());
  write.user = read.user;
  write.access().timing_only = access.timing_only;
  return write;
}

MemoryAnswer GpuMemoryFace::access(MemoryAccess& access, Femtoseconds now) {
  access.time = request_open_ != nullptr || atomic_open_ ? Femtoseconds::max() : request_from_;
  if (access.time > now) {
    refused_ = access.time == Femtoseconds::max();
    return MemoryAnswer::refused;
  }
  PooledPayload* payload = &make_payload(access);
  const bool atomic = access.kind == OperationKind::atomic;
  atomic_open_ = atomic;
  sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
  if (!request(*payload, delay)) return MemoryAnswer::later;
  atomic_open_ = false;
  if (atomic && must_be_written(*payload)) {
    PooledPayload& write = make_atomic_write(*payload);
    payload->release();
    payload = &write;
    if (!request(write, delay)) return MemoryAnswer::later;
  }
  access.time = time_after(delay);
  access.status = from_response(payload->get_response_status());
  payload->release();
  return MemoryAnswer::done_at;
}

bool GpuMemoryFace::request(PooledPayload& payload, sc_core::sc_time& delay) {
  request_open_ = &payload;
  ::tlm::tlm_phase phase = ::tlm::BEGIN_REQ;
  const auto result = socket->nb_transport_fw(payload, phase, delay);
  if (result == ::tlm::TLM_ACCEPTED) return false;
  request_open_ = nullptr;
  if (result == ::tlm::TLM_COMPLETED) return true;
  if (phase == ::tlm::BEGIN_RESP) {
    ::tlm::tlm_phase end = ::tlm::END_RESP;
    sc_core::sc_time end_delay = delay;
    socket->nb_transport_fw(payload, end, end_delay);
    return true;
  }
  request_from_ = time_after(delay);
  return false;
}

::tlm::tlm_sync_enum GpuMemoryFace::nb_transport_bw(::tlm::tlm_generic_payload& payload, ::tlm::tlm_phase& phase,
                                                    sc_core::sc_time& delay) {
  if (&payload == request_open_) end_request(delay);
  if (phase == ::tlm::END_REQ) return ::tlm::TLM_ACCEPTED;
  if (phase != ::tlm::BEGIN_RESP) SC_REPORT_ERROR(name(), "a memory sends END_REQ and BEGIN_RESP, and no other phase");
  take_response(static_cast<PooledPayload&>(payload), delay);
  return ::tlm::TLM_COMPLETED;
}

void GpuMemoryFace::end_request(const sc_core::sc_time& delay) {
  request_open_ = nullptr;
  request_from_ = time_after(delay);
  if (!atomic_open_) report_ready(request_from_);
}

void GpuMemoryFace::report_ready(Femtoseconds when) {
  if (!refused_) return;
  refused_ = false;
  client_->memory_ready(when);
}

void GpuMemoryFace::take_response(PooledPayload& payload, const sc_core::sc_time& delay) {
  if (must_be_written(payload)) {
    atomic_write_ = &make_atomic_write(payload);
    payload.release();
    write_due_.notify(delay);
    return;
  }
  if (payload.access().atomic != AtomicKind::none) {
    atomic_open_ = false;
    report_ready(time_after(delay));
  }
  const auto transaction = static_cast<TransactionHandle>(payload.user);
  const OperationStatus status = from_response(payload.get_response_status());
  payload.release();
  client_->memory_done(transaction, status, time_after(delay));
}

void GpuMemoryFace::write_atomic() {
  const Femtoseconds now = time_after(sc_core::SC_ZERO_TIME);
  if (now < request_from_) return write_due_.notify(to_sc_time(request_from_ - now));
  PooledPayload& write = *atomic_write_;
  const auto transaction = static_cast<TransactionHandle>(write.user);
  sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
  atomic_open_ = false;
  if (request(write, delay)) {
    const OperationStatus status = from_response(write.get_response_status());
    write.release();
    client_->memory_done(transaction, status, time_after(delay));
  }
  if (request_open_ == nullptr) report_ready(std::max(now, request_from_));
}

}  // namespace fs::tlm
