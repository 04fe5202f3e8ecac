// SPDX-License-Identifier: Apache-2.0
// TLM-2.0 masters as somebody else would write them: nothing but the standard's utilities, no header of this project.
#pragma once

#include <tlm_utils/peq_with_cb_and_phase.h>
#include <tlm_utils/simple_initiator_socket.h>

#include <cstdint>
#include <deque>
#include <functional>
#include <ostream>
#include <set>
#include <systemc>
#include <tlm>
#include <utility>
#include <vector>

namespace foreign {

/// Runs scripts, each in a thread of its own, that call b_transport and transport_dbg.
class BlockingMaster : public sc_core::sc_module {
 public:
  tlm_utils::simple_initiator_socket<BlockingMaster> socket{"socket"};

  explicit BlockingMaster(sc_core::sc_module_name name) : sc_module(name) {}

  void add_thread(const std::function<void(BlockingMaster&)>& script) {
    sc_core::sc_spawn([this, script] { script(*this); });
  }

  tlm::tlm_response_status write(std::uint64_t address, std::vector<unsigned char> data,
                                 sc_core::sc_time delay = sc_core::SC_ZERO_TIME) {
    return transport(tlm::TLM_WRITE_COMMAND, address, data, delay);
  }
  std::vector<unsigned char> read(std::uint64_t address, std::size_t bytes,
                                  sc_core::sc_time delay = sc_core::SC_ZERO_TIME) {
    std::vector<unsigned char> data(bytes, 0xee);
    last_status = transport(tlm::TLM_READ_COMMAND, address, data, delay);
    return data;
  }
  tlm::tlm_response_status transport(tlm::tlm_command command, std::uint64_t address, std::vector<unsigned char>& data,
                                     sc_core::sc_time delay) {
    tlm::tlm_generic_payload payload;
    fill(payload, command, address, data);
    socket->b_transport(payload, delay);
    left_over = delay;
    return payload.get_response_status();
  }
  unsigned int debug(tlm::tlm_command command, std::uint64_t address, std::vector<unsigned char>& data) {
    tlm::tlm_generic_payload payload;
    fill(payload, command, address, data);
    return socket->transport_dbg(payload);
  }
  static void fill(tlm::tlm_generic_payload& payload, tlm::tlm_command command, std::uint64_t address,
                   std::vector<unsigned char>& data) {
    payload.set_command(command);
    payload.set_address(address);
    payload.set_data_ptr(data.data());
    payload.set_data_length(static_cast<unsigned int>(data.size()));
    payload.set_streaming_width(static_cast<unsigned int>(data.size()));
  }

  tlm::tlm_response_status last_status = tlm::TLM_INCOMPLETE_RESPONSE;
  sc_core::sc_time left_over;
};

/// Makes payloads and takes them back when nobody holds them; those never given back end with it.
class Manager : public tlm::tlm_mm_interface {
 public:
  ~Manager() override {
    for (auto* payload : held_) delete payload;
  }
  tlm::tlm_generic_payload* allocate() {
    auto* payload = new tlm::tlm_generic_payload(this);
    held_.insert(payload);
    payload->acquire();
    return payload;
  }
  void free(tlm::tlm_generic_payload* payload) override {
    payload->reset();
    held_.erase(payload);
    delete payload;
  }
  std::size_t alive() const { return held_.size(); }

 private:
  std::set<tlm::tlm_generic_payload*> held_;
};

/// Four phases: sends its list as fast as END_REQ lets, and answers BEGIN_RESP with END_RESP after a delay.
class FourPhaseMaster : public sc_core::sc_module {
 public:
  tlm_utils::simple_initiator_socket<FourPhaseMaster> socket{"socket"};

  struct Request {
    tlm::tlm_command command = tlm::TLM_IGNORE_COMMAND;
    std::uint64_t address = 0;
    std::vector<unsigned char> data;
    sc_core::sc_time annotated = sc_core::SC_ZERO_TIME;
    // What came of it.
    tlm::tlm_response_status status = tlm::TLM_INCOMPLETE_RESPONSE;
    sc_core::sc_time sent, accepted, answered;
  };

  /// How BEGIN_RESP is answered.
  enum class Answer {
    accepted,   ///< and END_RESP sent later
    updated,    ///< TLM_UPDATED, END_RESP annotated
    completed,  ///< TLM_COMPLETED, annotated
  };
  friend std::ostream& operator<<(std::ostream& out, Answer answer) {
    constexpr const char* names[] = {"accepted", "updated", "completed"};
    return out << names[static_cast<std::size_t>(answer)];
  }

  FourPhaseMaster(sc_core::sc_module_name name, sc_core::sc_time end_resp_after, Answer answer = Answer::accepted)
      : sc_module(name), end_resp_after_(end_resp_after), answer_(answer), queue_(this, &FourPhaseMaster::due) {
    socket.register_nb_transport_bw(this, &FourPhaseMaster::nb_transport_bw);
    SC_THREAD(send_all);
  }

  void add(tlm::tlm_command command, std::uint64_t address, std::vector<unsigned char> data,
           sc_core::sc_time annotated = sc_core::SC_ZERO_TIME) {
    requests.emplace_back();
    requests.back().command = command;
    requests.back().address = address;
    requests.back().data = std::move(data);
    requests.back().annotated = annotated;
  }

  std::deque<Request> requests;
  Manager manager;
  std::size_t done = 0;
  int responses_open = 0, most_responses_open = 0;
  bool order_broken = false;

  SC_HAS_PROCESS(FourPhaseMaster);

 private:
  void send_all() {
    for (auto& request : requests) {
      tlm::tlm_generic_payload* payload = manager.allocate();
      BlockingMaster::fill(*payload, request.command, request.address, request.data);
      payload->set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
      open_.emplace_back(payload, &request);
      request.sent = sc_core::sc_time_stamp();
      tlm::tlm_phase phase = tlm::BEGIN_REQ;
      sc_core::sc_time delay = request.annotated;
      const auto result = socket->nb_transport_fw(*payload, phase, delay);
      if (result == tlm::TLM_COMPLETED) {
        finish(*payload);
      } else if (result == tlm::TLM_ACCEPTED) {
        waiting_ = payload;
        while (waiting_ != nullptr) wait(end_req_);
      } else if (phase != tlm::END_REQ) {
        order_broken = true;
      }
      request.accepted = sc_core::sc_time_stamp();
      wait(request.annotated);
    }
  }
  tlm::tlm_sync_enum nb_transport_bw(tlm::tlm_generic_payload& payload, tlm::tlm_phase& phase,
                                     sc_core::sc_time& delay) {
    if (phase == tlm::END_REQ) {
      order_broken = order_broken || &payload != waiting_;
      waiting_ = nullptr;
      end_req_.notify(delay);
      return tlm::TLM_ACCEPTED;
    }
    order_broken = order_broken || phase != tlm::BEGIN_RESP || &payload == waiting_;
    if (answer_ != Answer::accepted) {
      delay += end_resp_after_;
      phase = tlm::END_RESP;
      finish(payload);
      return answer_ == Answer::updated ? tlm::TLM_UPDATED : tlm::TLM_COMPLETED;
    }
    if (++responses_open > most_responses_open) most_responses_open = responses_open;
    queue_.notify(payload, tlm::END_RESP, delay + end_resp_after_);
    return tlm::TLM_ACCEPTED;
  }
  void due(tlm::tlm_generic_payload& payload, const tlm::tlm_phase&) {
    --responses_open;
    tlm::tlm_phase phase = tlm::END_RESP;
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    socket->nb_transport_fw(payload, phase, delay);
    finish(payload);
  }
  void finish(tlm::tlm_generic_payload& payload) {
    for (auto& entry : open_) {
      if (entry.first != &payload) continue;
      entry.second->status = payload.get_response_status();
      entry.second->answered = sc_core::sc_time_stamp();
      entry.first = nullptr;
    }
    ++done;
    payload.release();
  }

  sc_core::sc_time end_resp_after_;
  Answer answer_;
  tlm_utils::peq_with_cb_and_phase<FourPhaseMaster> queue_;
  std::vector<std::pair<tlm::tlm_generic_payload*, Request*>> open_;
  tlm::tlm_generic_payload* waiting_ = nullptr;
  sc_core::sc_event end_req_;
};

}  // namespace foreign
