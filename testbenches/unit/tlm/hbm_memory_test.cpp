// SPDX-License-Identifier: Apache-2.0
#include "tlm/memory/hbm_memory.hpp"

#include <gtest/gtest.h>

#include <vector>

#include "../../support/foreign_master.hpp"
#include "../../support/sim_test.hpp"
#include "tlm/clock_domain.hpp"

namespace fs {
namespace {

using Bytes8 = std::vector<unsigned char>;
using sc_core::SC_NS;
using sc_core::sc_time;
using sc_core::sc_time_stamp;
using sc_core::SC_US;

HbmConfig plain() {
  HbmConfig c;
  c.size = Bytes(1 << 16);
  c.channels = 2;
  c.bandwidth = BitsPerSecond(2 * 64'000'000'000LL);  // 32 bytes in 4 ns
  c.latency = nanoseconds(100);
  c.l2.size = Bytes(0);
  c.queue = 2;
  return c;
}

class HbmMemoryTest : public test::SimTest {
 protected:
  tlm::HbmMemory memory{"memory", plain()};
};

TEST_F(HbmMemoryTest, ABlockingCallReturnsTheTimeItTakesWithoutWaiting) {
  foreign::BlockingMaster master("master");
  master.socket.bind(memory.socket);
  master.add_thread([&](foreign::BlockingMaster& m) {
    EXPECT_EQ(m.write(64, Bytes8(32, 3), sc_time(10, SC_NS)), ::tlm::TLM_OK_RESPONSE);
    EXPECT_EQ(m.left_over, sc_time(114, SC_NS));
    EXPECT_EQ(m.read(64, 32, sc_time(10, SC_NS)), Bytes8(32, 3));
    EXPECT_EQ(m.left_over, sc_time(118, SC_NS));
    EXPECT_EQ(sc_time_stamp(), sc_core::SC_ZERO_TIME);
  });
  run_for(sc_time(1, SC_US));
}

TEST_F(HbmMemoryTest, AFullQueueMakesBlockingCallsWait) {
  foreign::BlockingMaster master("master");
  master.socket.bind(memory.socket);
  bool finished = false;
  master.add_thread([&](foreign::BlockingMaster& m) {
    for (int i = 0; i < 3; ++i) m.read(0, 32);
    EXPECT_EQ(sc_time_stamp(), sc_time(104, SC_NS));
    EXPECT_EQ(m.left_over, sc_time(104, SC_NS));
    finished = true;
  });
  run_for(sc_time(1, SC_US));
  EXPECT_TRUE(finished);
}

TEST_F(HbmMemoryTest, AFullQueueWithholdsEndReqAndAnswersInTheEnd) {
  foreign::FourPhaseMaster master("master", sc_time(30, SC_NS));
  master.socket.bind(memory.socket);
  for (unsigned char i = 0; i < 9; ++i) {
    master.add(::tlm::TLM_WRITE_COMMAND, 32U * i, Bytes8(32, i));
  }
  run_for(sc_time(5, SC_US));
  EXPECT_EQ(master.done, 9U);
  EXPECT_FALSE(master.order_broken);
  EXPECT_EQ(master.most_responses_open, 1);
  EXPECT_EQ(master.manager.alive(), 0U);
  EXPECT_EQ(master.requests[1].accepted, sc_core::SC_ZERO_TIME);
  EXPECT_EQ(master.requests[2].accepted, sc_time(104, SC_NS));
  Bytes8 stored(9 * 32);
  EXPECT_EQ(master.requests[8].status, ::tlm::TLM_OK_RESPONSE);
}

TEST_F(HbmMemoryTest, AnswersBadPayloadsAndRefusesDirectAccess) {
  foreign::BlockingMaster master("master");
  master.socket.bind(memory.socket);
  master.add_thread([&](foreign::BlockingMaster& m) {
    m.read((1 << 16) - 4, 8);
    EXPECT_EQ(m.last_status, ::tlm::TLM_ADDRESS_ERROR_RESPONSE);
    m.read(0, 0);
    EXPECT_EQ(m.last_status, ::tlm::TLM_BURST_ERROR_RESPONSE);
    Bytes8 data(8);
    ::tlm::tlm_generic_payload payload;
    foreign::BlockingMaster::fill(payload, ::tlm::TLM_READ_COMMAND, 0, data);
    ::tlm::tlm_dmi dmi;
    EXPECT_FALSE(m.socket->get_direct_mem_ptr(payload, dmi));
    payload.set_streaming_width(4);
    sc_time delay;
    m.socket->b_transport(payload, delay);
    EXPECT_EQ(payload.get_response_status(), ::tlm::TLM_BURST_ERROR_RESPONSE);
  });
  run_for(sc_time(1, SC_US));
}

TEST_F(HbmMemoryTest, DebugSeesWhatWasWrittenAndStopsAtTheEnd) {
  foreign::BlockingMaster master("master");
  master.socket.bind(memory.socket);
  run_for(sc_time(1, SC_NS));
  Bytes8 data(10, 4), back(10);
  EXPECT_EQ(master.debug(::tlm::TLM_WRITE_COMMAND, (1 << 16) - 6, data), 6U);
  EXPECT_EQ(master.debug(::tlm::TLM_READ_COMMAND, (1 << 16) - 7, back), 7U);
  EXPECT_EQ(back, (Bytes8{0, 4, 4, 4, 4, 4, 4, 0, 0, 0}));
  EXPECT_EQ(master.debug(::tlm::TLM_READ_COMMAND, 1 << 16, back), 0U);
}

TEST_F(HbmMemoryTest, DoesAtomicsItself) {
  foreign::BlockingMaster master("master");
  master.socket.bind(memory.socket);
  master.add_thread([&](foreign::BlockingMaster& m) {
    m.write(8, Bytes8{5, 0, 0, 0});
    Bytes8 old(4);
    ::tlm::tlm_generic_payload payload;
    foreign::BlockingMaster::fill(payload, ::tlm::TLM_READ_COMMAND, 8, old);
    tlm::AccessExtension access;
    access.atomic = AtomicKind::swap;
    access.operands[0] = 9;
    payload.set_extension(&access);
    sc_time delay;
    m.socket->b_transport(payload, delay);
    payload.clear_extension(&access);
    EXPECT_TRUE(access.atomic_done);
    EXPECT_EQ(old, (Bytes8{5, 0, 0, 0}));
    EXPECT_EQ(m.read(8, 1), Bytes8{9});
  });
  run_for(sc_time(1, SC_US));
}

}  // namespace
}  // namespace fs
