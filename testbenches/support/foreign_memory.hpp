// SPDX-License-Identifier: Apache-2.0
// TLM-2.0 memories as somebody else would write them: nothing but the standard's utilities, no header of this project.
#pragma once

#include <tlm_utils/peq_with_cb_and_phase.h>
#include <tlm_utils/simple_target_socket.h>

#include <algorithm>
#include <cstdint>
#include <ostream>
#include <systemc>
#include <tlm>
#include <vector>

namespace foreign {

class Memory : public sc_core::sc_module {
 public:
  enum class Style {
    blocking,    ///< b_transport alone; the socket converts
    early,       ///< TLM_COMPLETED with an annotated time
    updated,     ///< TLM_UPDATED with BEGIN_RESP and an annotated time
    four_phase,  ///< END_REQ and BEGIN_RESP each after a delay, one response at a time
  };
  friend std::ostream& operator<<(std::ostream& out, Style style) {
    constexpr const char* names[] = {"blocking", "early", "updated", "four_phase"};
    return out << names[static_cast<std::size_t>(style)];
  }
  tlm_utils::simple_target_socket<Memory> socket{"socket"};

  Memory(sc_core::sc_module_name name, Style style, std::size_t bytes, sc_core::sc_time latency,
         sc_core::sc_time end_req_after = sc_core::SC_ZERO_TIME)
      : sc_module(name),
        bytes_(bytes),
        style_(style),
        latency_(latency),
        end_req_after_(end_req_after),
        queue_(this, &Memory::due) {
    socket.register_transport_dbg(this, &Memory::transport_dbg);
    socket.register_b_transport(this, &Memory::b_transport);
    if (style != Style::blocking) socket.register_nb_transport_fw(this, &Memory::nb_transport_fw);
  }

  std::vector<unsigned char>& bytes() { return bytes_; }
  int accesses = 0, most_requests_open = 0;
  bool protocol_broken = false;

 private:
  void execute(tlm::tlm_generic_payload& payload) {
    ++accesses;
    if (payload.get_address() + payload.get_data_length() > bytes_.size()) {
      payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
      return;
    }
    const unsigned char* enables = payload.get_byte_enable_ptr();
    for (unsigned int i = 0; i < payload.get_data_length(); ++i) {
      if (enables != nullptr && enables[i % payload.get_byte_enable_length()] != TLM_BYTE_ENABLED) continue;
      unsigned char& cell = bytes_[static_cast<std::size_t>(payload.get_address()) + i];
      if (payload.is_write()) cell = payload.get_data_ptr()[i];
      if (payload.is_read()) payload.get_data_ptr()[i] = cell;
    }
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
  }
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
    wait(delay);
    execute(payload);
    delay = sc_core::SC_ZERO_TIME;
    wait(latency_);
  }
  tlm::tlm_sync_enum nb_transport_fw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay) {
    if (phase == tlm::END_RESP) {
      if (style_ == Style::four_phase) end_response();
      return tlm::TLM_COMPLETED;
    }
    protocol_broken = protocol_broken || phase != tlm::BEGIN_REQ || !payload.has_mm();
    if (style_ == Style::four_phase) {
      most_requests_open = std::max(most_requests_open, ++requests_open_);
      payload.acquire();
      queue_.notify(payload, tlm::END_REQ, delay + end_req_after_);
      return tlm::TLM_ACCEPTED;
    }
    execute(payload);
    delay += latency_;
    if (style_ == Style::early) return tlm::TLM_COMPLETED;
    phase = tlm::BEGIN_RESP;
    return tlm::TLM_UPDATED;
  }
  void due(tlm::tlm_generic_payload& payload, const tlm::tlm_phase& what) {
    if (what == tlm::END_REQ) {
      execute(payload);
      --requests_open_;
      tlm::tlm_phase phase = tlm::END_REQ;
      sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
      socket->nb_transport_bw(payload, phase, delay);
      queue_.notify(payload, tlm::BEGIN_RESP, latency_);
    } else {
      responses_.push_back(&payload);
      if (!response_open_) send_response();
    }
  }
  void send_response() {
    while (!responses_.empty() && !response_open_) {
      tlm::tlm_generic_payload& payload = *responses_.front();
      responses_.erase(responses_.begin());
      tlm::tlm_phase phase = tlm::BEGIN_RESP;
      sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
      response_open_ = true;
      if (socket->nb_transport_bw(payload, phase, delay) != tlm::TLM_ACCEPTED) response_open_ = false;
      payload.release();
    }
  }
  void end_response() {
    response_open_ = false;
    send_response();
  }
  unsigned int transport_dbg(tlm::tlm_generic_payload& payload) {
    const std::uint64_t address = payload.get_address();
    if (address >= bytes_.size()) return 0;
    const auto count = std::min<std::uint64_t>(payload.get_data_length(), bytes_.size() - address);
    for (std::uint64_t i = 0; i < count; ++i) {
      if (payload.is_write()) bytes_[address + i] = payload.get_data_ptr()[i];
      if (payload.is_read()) payload.get_data_ptr()[i] = bytes_[address + i];
    }
    return static_cast<unsigned int>(count);
  }

  std::vector<unsigned char> bytes_;
  Style style_;
  sc_core::sc_time latency_;
  sc_core::sc_time end_req_after_;
  tlm_utils::peq_with_cb_and_phase<Memory> queue_;
  std::vector<tlm::tlm_generic_payload*> responses_;
  int requests_open_ = 0;
  bool response_open_ = false;
};

}  // namespace foreign
