// SPDX-License-Identifier: Apache-2.0
// Masters and memories that were written without this project plug in at both faces of a GPU.
#include <gtest/gtest.h>

#include <vector>

#include "../../support/foreign_master.hpp"
#include "../../support/foreign_memory.hpp"
#include "../../support/sim_test.hpp"
#include "gpu_pair.hpp"

namespace fs {
namespace {

using Bytes8 = std::vector<unsigned char>;
using sc_core::SC_NS;
using sc_core::sc_time;
using Style = foreign::Memory::Style;

Bytes8 pattern(std::size_t bytes, unsigned seed) {
  Bytes8 data(bytes);
  for (std::size_t i = 0; i < bytes; ++i) data[i] = static_cast<unsigned char>((i + seed) * 37 >> 1);
  return data;
}

class ForeignModels : public test::SimTest, public ::testing::WithParamInterface<Style> {
 protected:
  ForeignModels() {
    for (int g = 0; g < 2; ++g) {
      memories.push_back(std::make_unique<foreign::Memory>(g == 0 ? "foreign0" : "foreign1", GetParam(),
                                                           test::memory_bytes, sc_time(50, SC_NS), sc_time(3, SC_NS)));
      pair.memory(g).socket.bind(memories.back()->socket);
    }
  }
  ~ForeignModels() override {
    for (const auto& memory : memories) EXPECT_FALSE(memory->protocol_broken);
  }
  test::GpuPair pair{"pair"};
  std::vector<std::unique_ptr<foreign::Memory>> memories;
};

TEST_P(ForeignModels, ManyBlockingThreadsMoveDataBothWays) {
  foreign::BlockingMaster master("master");
  master.socket.bind(pair.face(0).socket);
  int finished = 0;
  for (unsigned t = 0; t < 8; ++t) {
    master.add_thread([&, t](foreign::BlockingMaster& m) {
      for (unsigned i = 0; i < 5; ++i) {
        const std::uint64_t place = pair.address(static_cast<int>((t + i) % 2), 4096U * t + 700U * i);
        const Bytes8 data = pattern(600, 31 * t + i);
        EXPECT_EQ(m.write(place, data), ::tlm::TLM_OK_RESPONSE);
        EXPECT_EQ(m.read(place, 600), data);
      }
      ++finished;
    });
  }
  run_for(sc_time(200, sc_core::SC_US));
  EXPECT_EQ(finished, 8);
  EXPECT_TRUE(pair.clean());
}

TEST_P(ForeignModels, FourPhasesOfManyRequestsKeepTheRulesAndTheData) {
  foreign::FourPhaseMaster master("master", sc_time(4, SC_NS));
  master.socket.bind(pair.face(0).socket);
  for (unsigned i = 0; i < 150; ++i) {
    master.add(::tlm::TLM_WRITE_COMMAND, pair.address(1, 300U * i), pattern(300, i));
  }
  for (unsigned i = 0; i < 150; ++i) {
    master.add(::tlm::TLM_READ_COMMAND, pair.address(1, 300U * i), Bytes8(300));
  }
  run_for(sc_time(500, sc_core::SC_US));
  EXPECT_EQ(master.done, 300U);
  for (unsigned i = 0; i < 150; ++i) ASSERT_EQ(master.requests[150 + i].data, pattern(300, i)) << i;
  EXPECT_EQ(master.most_responses_open, 1);
  EXPECT_FALSE(master.order_broken);
  EXPECT_EQ(master.manager.alive(), 0U);
  EXPECT_TRUE(pair.clean());
  EXPECT_LE(memories[1]->most_requests_open, 1);
}

TEST_P(ForeignModels, AtomicsAreComposedOfReadsAndWritesWithNothingBetween) {
  foreign::BlockingMaster master("master"), other("other");
  master.socket.bind(pair.face(0).socket);
  other.socket.bind(pair.face(1).socket);
  std::vector<bool> seen(60);
  const auto add = [&](foreign::BlockingMaster& m) {
    ::tlm::tlm_generic_payload payload;
    Bytes8 old(8);
    foreign::BlockingMaster::fill(payload, ::tlm::TLM_READ_COMMAND, pair.address(1, 512), old);
    tlm::AccessExtension access;
    access.atomic = AtomicKind::add;
    access.operands[0] = 1;
    payload.set_extension(&access);
    sc_time delay;
    m.socket->b_transport(payload, delay);
    EXPECT_EQ(payload.get_response_status(), ::tlm::TLM_OK_RESPONSE);
    EXPECT_TRUE(access.atomic_done);
    payload.clear_extension(&access);
    seen.at(old[0]) = true;
  };
  for (auto* m : {&master, &other}) {
    for (int thread = 0; thread < 6; ++thread) {
      m->add_thread([&](foreign::BlockingMaster& self) {
        for (int i = 0; i < 5; ++i) add(self);
      });
    }
  }
  run_for(sc_time(200, sc_core::SC_US));
  EXPECT_EQ(memories[1]->bytes()[512], 60);
  EXPECT_EQ(seen, std::vector<bool>(60, true));
  EXPECT_TRUE(pair.clean());
}

TEST_P(ForeignModels, AMemoryThatIsTooSmallAnswersAndTheMasterHearsWhy) {
  foreign::BlockingMaster master("master");
  master.socket.bind(pair.face(0).socket);
  memories[1]->bytes().resize(4096);
  bool finished = false;
  master.add_thread([&](foreign::BlockingMaster& m) {
    EXPECT_EQ(m.write(pair.address(1, 4096), Bytes8(4)), ::tlm::TLM_ADDRESS_ERROR_RESPONSE);
    m.read(pair.address(1, 4000), 200);
    EXPECT_EQ(m.last_status, ::tlm::TLM_ADDRESS_ERROR_RESPONSE);
    EXPECT_EQ(m.write(pair.address(1, 4092), Bytes8(4)), ::tlm::TLM_OK_RESPONSE);
    finished = true;
  });
  run_for(sc_time(10, sc_core::SC_US));
  EXPECT_TRUE(finished);
}

TEST_P(ForeignModels, DebugTransportReachesEveryMemoryWithoutTime) {
  foreign::BlockingMaster master("master");
  master.socket.bind(pair.face(0).socket);
  run_for(sc_time(1, SC_NS));
  for (int g = 0; g < 2; ++g) {
    Bytes8 data = pattern(500, static_cast<unsigned>(g));
    EXPECT_EQ(master.debug(::tlm::TLM_WRITE_COMMAND, pair.address(g, 100), data), 500U);
    Bytes8 back(500);
    EXPECT_EQ(master.debug(::tlm::TLM_READ_COMMAND, pair.address(g, 100), back), 500U);
    EXPECT_EQ(back, data);
    EXPECT_EQ(memories[static_cast<std::size_t>(g)]->bytes()[100], data[0]);
    EXPECT_EQ(memories[static_cast<std::size_t>(g)]->accesses, 0);
  }
  Bytes8 data(8);
  EXPECT_EQ(master.debug(::tlm::TLM_READ_COMMAND, pair.address(1, test::memory_bytes - 4), data), 4U);
  EXPECT_EQ(master.debug(::tlm::TLM_READ_COMMAND, 2 * test::memory_bytes, data), 0U);
  EXPECT_EQ(sc_core::sc_time_stamp(), sc_time(1, SC_NS));
}

INSTANTIATE_TEST_SUITE_P(Memories, ForeignModels,
                         ::testing::Values(Style::blocking, Style::early, Style::updated, Style::four_phase));

}  // namespace
}  // namespace fs
