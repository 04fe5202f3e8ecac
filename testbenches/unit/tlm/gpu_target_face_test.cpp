// SPDX-License-Identifier: Apache-2.0
#include "tlm/memory/gpu_target_face.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "../../support/foreign_master.hpp"
#include "../../support/sim_test.hpp"
#include "gpu_pair.hpp"

namespace fs {
namespace {

using Bytes8 = std::vector<unsigned char>;
using sc_core::SC_NS;
using sc_core::SC_PS;
using sc_core::sc_time;
using sc_core::sc_time_stamp;
using sc_core::SC_US;

class GpuFace : public test::SimTest {
 protected:
  void use(const GpuConfig& config) {
    pair = std::make_unique<test::GpuPair>("pair", test::pair_profile(), config);
    pair->add_hbm();
  }
  /// Runs a script in one thread of a blocking master at GPU 0; the test fails if it does not end.
  void run(const std::function<void(foreign::BlockingMaster&)>& script) {
    if (!pair) use(test::pair_gpu());
    foreign::BlockingMaster master("master");
    master.socket.bind(pair->face(0).socket);
    bool finished = false;
    master.add_thread([&](foreign::BlockingMaster& m) {
      script(m);
      finished = true;
    });
    run_for(sc_time(50, SC_US));
    EXPECT_TRUE(finished);
    EXPECT_TRUE(pair->clean());
  }
  /// The response to one payload.
  static ::tlm::tlm_response_status ask(foreign::BlockingMaster& m, ::tlm::tlm_generic_payload& payload) {
    sc_time delay;
    m.socket->b_transport(payload, delay);
    return payload.get_response_status();
  }
  std::unique_ptr<test::GpuPair> pair;
};

TEST_F(GpuFace, ABlockingCallHonoursItsTimeArgument) {
  run([&](foreign::BlockingMaster& m) {
    sc_core::wait(sc_time(500, SC_NS));
    const sc_time start = sc_time_stamp();
    m.read(pair->address(1, 0), 8);
    const sc_time plain = sc_time_stamp() - start;
    EXPECT_EQ(m.left_over, sc_core::SC_ZERO_TIME);
    const sc_time again = sc_time_stamp();
    m.read(pair->address(1, 4096), 8, sc_time(300, SC_NS));
    EXPECT_EQ(sc_time_stamp() - again, plain + sc_time(300, SC_NS));
    EXPECT_EQ(m.left_over, sc_core::SC_ZERO_TIME);
  });
}

TEST_F(GpuFace, TheLatencyOfABlockingCallIsItsTransactionsLedger) {
  sc_time latency;
  run([&](foreign::BlockingMaster& m) {
    sc_core::wait(sc_time(500'300, SC_PS));
    const sc_time start = sc_time_stamp();
    m.read(pair->address(1, 0), 8);
    latency = sc_time_stamp() - start;
  });
  EXPECT_EQ(pair->observer.transactions.at(0).ledger.sum(), tlm::to_femtoseconds(latency));
}

TEST_F(GpuFace, BadPayloadsGetTheResponseThatSaysWhy) {
  run([&](foreign::BlockingMaster& m) {
    Bytes8 data(16);
    ::tlm::tlm_generic_payload payload;
    const auto fresh = [&] {
      foreign::BlockingMaster::fill(payload, ::tlm::TLM_READ_COMMAND, pair->address(1, 0), data);
    };
    fresh();
    EXPECT_EQ(ask(m, payload), ::tlm::TLM_OK_RESPONSE);
    payload.set_address(2 * test::memory_bytes);
    EXPECT_EQ(ask(m, payload), ::tlm::TLM_ADDRESS_ERROR_RESPONSE);
    payload.set_address(~0ULL);
    EXPECT_EQ(ask(m, payload), ::tlm::TLM_ADDRESS_ERROR_RESPONSE);
    payload.set_address(test::memory_bytes - 8);
    EXPECT_EQ(ask(m, payload), ::tlm::TLM_BURST_ERROR_RESPONSE);
    fresh();
    payload.set_streaming_width(8);
    EXPECT_EQ(ask(m, payload), ::tlm::TLM_BURST_ERROR_RESPONSE);
    fresh();
    payload.set_data_length(0);
    EXPECT_EQ(ask(m, payload), ::tlm::TLM_BURST_ERROR_RESPONSE);
    fresh();
    payload.set_data_ptr(nullptr);
    EXPECT_EQ(ask(m, payload), ::tlm::TLM_GENERIC_ERROR_RESPONSE);
    fresh();
    payload.set_byte_enable_ptr(data.data());
    payload.set_byte_enable_length(0);
    EXPECT_EQ(ask(m, payload), ::tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
    payload.set_byte_enable_ptr(nullptr);
    fresh();
    payload.set_command(::tlm::TLM_IGNORE_COMMAND);
    EXPECT_EQ(ask(m, payload), ::tlm::TLM_OK_RESPONSE);
  });
}

TEST_F(GpuFace, ByteEnablesWrapAroundAndTheRestOfThePayloadStaysAsItWas) {
  run([&](foreign::BlockingMaster& m) {
    Bytes8 data(1000, 9), enables{0xff, 0, 0xff};
    ::tlm::tlm_generic_payload payload;
    foreign::BlockingMaster::fill(payload, ::tlm::TLM_WRITE_COMMAND, pair->address(1, 50), data);
    payload.set_byte_enable_ptr(enables.data());
    payload.set_byte_enable_length(3);
    EXPECT_EQ(ask(m, payload), ::tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(payload.get_address(), pair->address(1, 50));
    EXPECT_EQ(payload.get_command(), ::tlm::TLM_WRITE_COMMAND);
    EXPECT_EQ(payload.get_data_length(), 1000U);
    EXPECT_EQ(payload.get_streaming_width(), 1000U);
    EXPECT_EQ(payload.get_byte_enable_ptr(), enables.data());
    EXPECT_EQ(data, Bytes8(1000, 9));
    const Bytes8 stored = m.read(pair->address(1, 50), 1000);
    for (std::size_t i = 0; i < 1000; ++i) ASSERT_EQ(stored[i], i % 3 == 1 ? 0 : 9) << i;
    Bytes8 back(10, 5);
    foreign::BlockingMaster::fill(payload, ::tlm::TLM_READ_COMMAND, pair->address(1, 50), back);
    EXPECT_EQ(ask(m, payload), ::tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(back, (Bytes8{9, 5, 9, 9, 5, 9, 9, 5, 9, 9}));
  });
}

TEST_F(GpuFace, RefusesDirectMemoryAccess) {
  run([&](foreign::BlockingMaster& m) {
    Bytes8 data(8);
    ::tlm::tlm_generic_payload payload;
    foreign::BlockingMaster::fill(payload, ::tlm::TLM_READ_COMMAND, pair->address(0, 0), data);
    ::tlm::tlm_dmi dmi;
    EXPECT_FALSE(m.socket->get_direct_mem_ptr(payload, dmi));
    EXPECT_TRUE(dmi.is_none_allowed());
    EXPECT_EQ(ask(m, payload), ::tlm::TLM_OK_RESPONSE);
    EXPECT_FALSE(payload.is_dmi_allowed());
  });
}

TEST_F(GpuFace, AFullSocketHoldsBackEndReqAndThreadsUntilThereIsRoom) {
  GpuConfig config = test::pair_gpu();
  config.submit_depth = 2;
  config.window = 2;
  use(config);
  foreign::FourPhaseMaster four("four", sc_core::SC_ZERO_TIME);
  foreign::BlockingMaster blocking("blocking");
  four.socket.bind(pair->face(0).socket);
  blocking.socket.bind(pair->face(0).socket);
  for (unsigned i = 0; i < 8; ++i) {
    four.add(::tlm::TLM_READ_COMMAND, pair->address(1, 256U * i), Bytes8(8));
  }
  int finished = 0;
  for (int t = 0; t < 5; ++t) {
    blocking.add_thread([&](foreign::BlockingMaster& m) {
      m.read(pair->address(1, 0), 8);
      ++finished;
    });
  }
  run_for(sc_time(50, SC_US));
  EXPECT_EQ(four.done, 8U);
  EXPECT_EQ(finished, 5);
  EXPECT_FALSE(four.order_broken);
  EXPECT_EQ(four.requests[1].accepted, four.requests[1].sent);  // two fit, the third has to wait for its END_REQ
  EXPECT_GT(four.requests[2].accepted, four.requests[2].sent);
  EXPECT_GT(four.requests[7].sent, four.requests[0].answered);
  EXPECT_TRUE(pair->clean());
}

TEST_F(GpuFace, AnAnnotatedRequestIsTakenAfterItsAnnotation) {
  use(test::pair_gpu());
  foreign::FourPhaseMaster master("four", sc_core::SC_ZERO_TIME);
  master.socket.bind(pair->face(0).socket);
  for (const sc_time& annotated : {sc_time(700, SC_NS), sc_core::SC_ZERO_TIME}) {
    master.add(::tlm::TLM_READ_COMMAND, pair->address(1, 0), Bytes8(8), annotated);
  }
  run_for(sc_time(50, SC_US));
  EXPECT_EQ(pair->observer.transactions.at(0).created, nanoseconds(700));
  EXPECT_EQ(master.done, 2U);
}

using Answer = foreign::FourPhaseMaster::Answer;
class GpuFaceAnswered : public GpuFace, public ::testing::WithParamInterface<Answer> {};

TEST_P(GpuFaceAnswered, TheNextResponseWaitsForEndResp) {
  use(test::pair_gpu());
  foreign::FourPhaseMaster master("four", sc_time(40, SC_NS), GetParam());
  master.socket.bind(pair->face(0).socket);
  for (unsigned i = 0; i < 6; ++i) {
    master.add(::tlm::TLM_WRITE_COMMAND, pair->address(1, 256U * i), Bytes8(8));
  }
  run_for(sc_time(50, SC_US));
  EXPECT_EQ(master.done, 6U);
  EXPECT_LE(master.most_responses_open, 1);
  std::vector<sc_time> times;
  for (const auto& r : master.requests) times.push_back(r.answered);
  std::sort(times.begin(), times.end());
  for (std::size_t i = 1; i < times.size(); ++i) EXPECT_GE(times[i] - times[i - 1], sc_time(40, SC_NS));
  EXPECT_EQ(master.manager.alive(), 0U);
}

INSTANTIATE_TEST_SUITE_P(Ways, GpuFaceAnswered,
                         ::testing::Values(Answer::accepted, Answer::updated, Answer::completed));

/// Sends whatever phase it is told to.
class RuleBreaker : public sc_core::sc_module {
 public:
  tlm_utils::simple_initiator_socket<RuleBreaker> socket{"socket"};

  explicit RuleBreaker(sc_core::sc_module_name name) : sc_module(name) {
    socket.register_nb_transport_bw(this, &RuleBreaker::ignore);
  }
  void send(::tlm::tlm_generic_payload& payload, ::tlm::tlm_phase phase) {
    sc_time delay;
    socket->nb_transport_fw(payload, phase, delay);
  }

 private:
  ::tlm::tlm_sync_enum ignore(::tlm::tlm_generic_payload&, ::tlm::tlm_phase&, sc_time&) { return ::tlm::TLM_ACCEPTED; }
};

TEST_F(GpuFace, ReportsInitiatorsThatBreakTheProtocol) {
  GpuConfig config = test::pair_gpu();
  config.submit_depth = 1;
  use(config);
  RuleBreaker master("breaker");
  master.socket.bind(pair->face(0).socket);
  foreign::Manager manager;
  Bytes8 data(8);
  std::vector<std::vector<std::string>> reports;
  const auto attempt = [&](::tlm::tlm_generic_payload& payload, const ::tlm::tlm_phase& phase) {
    try {
      master.send(payload, phase);
    } catch (const sc_core::sc_report&) {}
    reports.push_back(take_reports());
  };
  sc_core::sc_spawn([&] {
    std::vector<::tlm::tlm_generic_payload*> payloads;
    for (int i = 0; i < 3; ++i) {
      payloads.push_back(manager.allocate());
      foreign::BlockingMaster::fill(*payloads.back(), ::tlm::TLM_READ_COMMAND, pair->address(1, 0), data);
    }
    ::tlm::tlm_generic_payload bare;
    foreign::BlockingMaster::fill(bare, ::tlm::TLM_READ_COMMAND, pair->address(1, 0), data);
    attempt(bare, ::tlm::BEGIN_REQ);           // no memory manager
    attempt(*payloads[0], ::tlm::END_RESP);    // no response is open
    attempt(*payloads[0], ::tlm::BEGIN_RESP);  // not an initiator's phase
    attempt(*payloads[0], ::tlm::BEGIN_REQ);   // fine
    attempt(*payloads[1], ::tlm::BEGIN_REQ);   // fine: END_REQ is withheld ...
    attempt(*payloads[2], ::tlm::BEGIN_REQ);   // ... so this one is too early
  });
  run_for(sc_time(1, SC_NS));
  ASSERT_EQ(reports.size(), 6U);
  const std::vector<const char*> expected{"memory manager", "END_RESP for a payload", "no other phase", nullptr,
                                          nullptr,          "before the END_REQ"};
  for (std::size_t i = 0; i < 6; ++i) {
    if (expected[i] == nullptr) {
      EXPECT_TRUE(reports[i].empty()) << i;
    } else {
      ASSERT_EQ(reports[i].size(), 1U) << i;
      EXPECT_NE(reports[i][0].find(expected[i]), std::string::npos) << reports[i][0];
    }
  }
}

}  // namespace
}  // namespace fs
