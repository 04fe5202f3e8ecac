// SPDX-License-Identifier: Apache-2.0
#include "tlm/memory/payload_pool.hpp"

#include "common/reserve_ahead.hpp"

namespace fs::tlm {

void PayloadPool::make_more() {
  PooledPayload* const more = all_.emplace_back(std::make_unique<PooledPayload[]>(at_once)).get();
  made_ += at_once;
  reserve_ahead(free_, made_);
  for (std::size_t i = at_once; i-- > 0;) {
    more[i].set_mm(this);
    free_.push_back(&more[i]);
  }
}

PooledPayload& PayloadPool::acquire(::tlm::tlm_command command, std::uint64_t address, std::uint8_t* data,
                                    std::uint32_t bytes) {
  if (free_.empty()) make_more();
  PooledPayload& payload = *free_.back();
  free_.pop_back();
  payload.acquire();
  payload.set_command(command);
  payload.set_address(address);
  payload.set_data_ptr(data);
  payload.set_data_length(bytes);
  payload.set_streaming_width(bytes);
  payload.set_byte_enable_ptr(nullptr);
  payload.set_byte_enable_length(0);
  payload.set_dmi_allowed(false);
  payload.set_response_status(::tlm::TLM_INCOMPLETE_RESPONSE);
  payload.access().copy_from(AccessExtension());
  return payload;
}

void PayloadPool::free(::tlm::tlm_generic_payload* payload) {
  payload->reset();
  free_.push_back(static_cast<PooledPayload*>(payload));
}

::tlm::tlm_response_status to_response(OperationStatus status) {
  switch (status) {
    case OperationStatus::ok:
      return ::tlm::TLM_OK_RESPONSE;
    case OperationStatus::address_error:
      return ::tlm::TLM_ADDRESS_ERROR_RESPONSE;
    case OperationStatus::command_error:
      return ::tlm::TLM_COMMAND_ERROR_RESPONSE;
    case OperationStatus::burst_error:
      return ::tlm::TLM_BURST_ERROR_RESPONSE;
    case OperationStatus::byte_enable_error:
      return ::tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE;
    default:  // AccessExtension::cause says which
      break;
  }
  return ::tlm::TLM_GENERIC_ERROR_RESPONSE;
}

OperationStatus from_response(::tlm::tlm_response_status response) {
  switch (response) {
    case ::tlm::TLM_OK_RESPONSE:
      return OperationStatus::ok;
    case ::tlm::TLM_ADDRESS_ERROR_RESPONSE:
      return OperationStatus::address_error;
    case ::tlm::TLM_COMMAND_ERROR_RESPONSE:
      return OperationStatus::command_error;
    case ::tlm::TLM_BURST_ERROR_RESPONSE:
      return OperationStatus::burst_error;
    case ::tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE:
      return OperationStatus::byte_enable_error;
    default:
      return OperationStatus::generic_error;
  }
}

}  // namespace fs::tlm
