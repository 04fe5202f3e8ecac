// SPDX-License-Identifier: Apache-2.0
#include "tlm/memory/master_module.hpp"

#include <gtest/gtest.h>

#include <deque>
#include <vector>

#include "../../support/foreign_memory.hpp"
#include "../../support/sim_test.hpp"
#include "gpu_pair.hpp"
#include "workload/streams/stream_master.hpp"

namespace fs {
namespace {

using sc_core::SC_NS;
using sc_core::sc_time;
using sc_core::SC_US;

class MasterModuleTest : public test::SimTest {
 protected:
  tlm::MasterModule& add(const std::string& name, int gpu, std::unique_ptr<Master> master, bool data = false) {
    tlm::MasterModule::Config config;
    config.data = data;
    return add(pair, name, gpu, std::move(master), config);
  }
  tlm::MasterModule& add(test::GpuPair& gpus, const std::string& name, int gpu, std::unique_ptr<Master> master,
                         tlm::MasterModule::Config config) {
    config.map = gpus.map();
    masters.push_back(std::make_unique<tlm::MasterModule>(name.c_str(), std::move(master), config));
    masters.back()->socket.bind(gpus.face(gpu).socket);
    return *masters.back();
  }
  static StreamSpec stream(StreamKind kind, std::uint64_t count) {
    StreamSpec spec;
    spec.name = "s";
    spec.kind = kind;
    spec.sources = {NodeId(0), NodeId(1)};
    spec.window = 16;
    spec.access = Bytes(kind == StreamKind::atomic ? 8 : 512);
    spec.footprint = Bytes(8192);
    spec.count = count;
    return spec;
  }
  test::GpuPair pair{"pair"};
  std::vector<std::unique_ptr<tlm::MasterModule>> masters;
};

TEST_F(MasterModuleTest, RunsEveryKindOfStreamToItsEnd) {
  pair.add_hbm();
  int number = 0;
  for (const auto kind : {StreamKind::pointer_chase, StreamKind::read, StreamKind::write, StreamKind::copy,
                          StreamKind::random, StreamKind::atomic}) {
    StreamSpec spec = stream(kind, 200);
    if (kind == StreamKind::pointer_chase) spec.window = 1;
    for (int g = 0; g < 2; ++g) {
      add("m" + std::to_string(number++), g, make_stream_master(spec, static_cast<NodeId>(g), 2, 1));
    }
  }
  run_for(sc_time(500, SC_US));
  for (const auto& m : masters) {
    EXPECT_TRUE(m->master().finished()) << m->name();
    EXPECT_EQ(m->master().failed(), 0U);
    EXPECT_GE(m->master().completed_ok(), 200U);
    EXPECT_EQ(m->pool().in_use(), 0U);
  }
  EXPECT_TRUE(pair.clean());
}

TEST_F(MasterModuleTest, SteadyTrafficUsesTheSamePayloadsAgain) {
  pair.add_hbm();
  auto& master = add("m", 0, make_stream_master(stream(StreamKind::read, 0), NodeId(0), 2, 1));
  run_for(sc_time(5, SC_US));
  const std::size_t made = master.pool().made();
  const auto before = master.master().completed_ok();
  run_for(sc_time(50, SC_US));
  EXPECT_EQ(master.pool().made(), made);
  EXPECT_LE(made, 17U);
  EXPECT_GT(master.master().completed_ok(), before + 1000);
}

/// What a run tells of its transactions, in the order of their ends.
std::vector<std::vector<std::uint64_t>> told(const test::GpuPair& pair) {
  std::vector<std::vector<std::uint64_t>> lines;
  for (const Transaction& t : pair.observer.transactions) {
    lines.push_back({index(t.source), t.socket, t.number, index(t.target), t.offset, t.bytes,
                     static_cast<std::uint64_t>(t.kind), static_cast<std::uint64_t>(t.status)});
    lines.back().push_back(static_cast<std::uint64_t>(t.created.value()));
    for (std::size_t c = 0; c < cause_count; ++c) {
      lines.back().push_back(static_cast<std::uint64_t>(t.ledger[static_cast<Cause>(c)].value()));
    }
  }
  return lines;
}

/// Windows beyond what the core's sockets hold: most requests wait for their END_REQ, the others get it at once.
TEST_F(MasterModuleTest, SplitAccessesTakeTheirTimesAndAFractionOfThePayloads) {
  test::GpuPair whole("whole");
  const std::vector<StreamKind> kinds = {StreamKind::random, StreamKind::write, StreamKind::atomic, StreamKind::copy};
  for (auto* p : {&pair, &whole}) {
    p->add_hbm();
    tlm::MasterModule::Config config;
    config.split = p == &pair;
    for (std::size_t i = 0; i < kinds.size(); ++i) {
      StreamSpec spec = stream(kinds[i], 600);
      spec.window = i % 2 == 0 ? 200 : 30;
      const std::string name = std::string(config.split ? "split" : "whole") + std::to_string(i);
      add(*p, name, static_cast<int>(i % 2), make_stream_master(spec, static_cast<NodeId>(i % 2), 2, 1), config);
    }
  }
  run_for(sc_time(500, SC_US));
  EXPECT_GE(told(pair).size(), 4U * 600U);
  EXPECT_EQ(told(pair), told(whole));
  std::size_t most = 0;
  for (std::size_t i = 0; i < masters.size(); ++i) {
    EXPECT_TRUE(masters[i]->master().finished()) << masters[i]->name();
    EXPECT_EQ(masters[i]->master().failed(), 0U);
    EXPECT_EQ(masters[i]->pending(), 0U);
    EXPECT_EQ(masters[i]->pool().in_use(), 0U);
    most = std::max(most, masters[i]->pool().made());
    if (i < kinds.size()) {
      EXPECT_LE(masters[i]->pool().made(), 4U) << "one is open at a time";
    }
  }
  EXPECT_GE(most, 200U) << "whole accesses keep theirs";
  EXPECT_TRUE(pair.clean());
}

/// Reads beyond the end of all memory.
class Astray : public Master {
 public:
  std::optional<Access> next(Femtoseconds) override {
    if (issued_ > 0) return std::nullopt;
    ++issued_;
    Access access;
    access.target = NodeId(1);
    access.offset = test::memory_bytes;
    access.bytes = 8;
    return access;
  }
  void completed(const AccessName&, bool ok, Femtoseconds) override { count_completion(ok); }
  void delivered(std::uint64_t, Femtoseconds) override {}
  Femtoseconds next_time(Femtoseconds now) const override { return issued_ == 0 ? now : Femtoseconds::max(); }
  bool finished() const override { return issued_ > 0 && outstanding() == 0; }
};

TEST_F(MasterModuleTest, ASplitAccessThatFailsSaysSo) {
  pair.add_hbm();
  tlm::MasterModule::Config config;
  config.split = true;
  const auto& master = add(pair, "m", 0, std::make_unique<Astray>(), config);
  run_for(sc_time(10, SC_US));
  EXPECT_EQ(master.master().failed(), 1U);
  EXPECT_TRUE(master.master().finished());
  EXPECT_EQ(master.pool().in_use(), 0U);
}

TEST_F(MasterModuleTest, RatesAreKept) {
  pair.add_hbm();
  StreamSpec spec = stream(StreamKind::read, 0);
  spec.rate = BitsPerSecond(8 * 512'000'000LL);  // an access a microsecond
  auto& master = add("m", 0, make_stream_master(spec, NodeId(0), 2, 1));
  run_for(sc_time(100, SC_US));
  EXPECT_NEAR(static_cast<double>(master.master().completed_ok()), 100, 2);
}

/// Writes once with a message, and remembers what it was told.
class OneMessage : public Master {
 public:
  explicit OneMessage(bool sends) : todo_(sends) {}
  std::optional<Access> next(Femtoseconds) override {
    if (!todo_) return std::nullopt;
    todo_ = false;
    ++issued_;
    Access access;
    access.op = AccessOp::write;
    access.target = NodeId(1);
    access.bytes = 16;
    access.message = 77;
    return access;
  }
  void completed(const AccessName&, bool ok, Femtoseconds) override { count_completion(ok); }
  void delivered(std::uint64_t message, Femtoseconds now) override { heard.emplace_back(message, now); }
  Femtoseconds next_time(Femtoseconds now) const override { return todo_ ? now : Femtoseconds::max(); }
  bool finished() const override { return !todo_ && outstanding() == 0; }
  std::vector<std::pair<std::uint64_t, Femtoseconds>> heard;

 private:
  bool todo_;
};

TEST_F(MasterModuleTest, AMessageIsDeliveredToTheMasterOfItsTarget) {
  pair.add_hbm();
  auto receiver = std::make_unique<OneMessage>(false);
  OneMessage& heard = *receiver;
  add("sender", 0, std::make_unique<OneMessage>(true));
  auto& module = add("receiver", 1, std::move(receiver));
  pair.observer.on_message = [&](const Transaction& t) { module.delivered(t.message); };
  run_for(sc_time(10, SC_US));
  ASSERT_EQ(heard.heard.size(), 1U);
  EXPECT_EQ(heard.heard[0].first, 77U);
  EXPECT_TRUE(masters[0]->master().finished());
}

/// Stores a value, loads it again before the store is done, and keeps what came back.
TEST_F(MasterModuleTest, PayloadsWithDataCarryIt) {
  pair.add_hbm();
  StreamSpec spec = stream(StreamKind::copy, 50);
  add("m", 0, make_stream_master(spec, NodeId(0), 2, 1), true);
  run_for(sc_time(100, SC_US));
  EXPECT_TRUE(masters[0]->master().finished());
  EXPECT_TRUE(pair.clean());
}

TEST_F(MasterModuleTest, BindsToAnybodysTarget) {
  std::vector<std::unique_ptr<foreign::Memory>> targets;
  for (const auto style : {foreign::Memory::Style::blocking, foreign::Memory::Style::early,
                           foreign::Memory::Style::updated, foreign::Memory::Style::four_phase}) {
    const std::string number = std::to_string(targets.size());
    targets.push_back(std::make_unique<foreign::Memory>(("target" + number).c_str(), style, 1 << 20, sc_time(20, SC_NS),
                                                        sc_time(2, SC_NS)));
    tlm::MasterModule::Config config;
    config.map = AddressMap(2, Bytes(1 << 19));
    masters.push_back(std::make_unique<tlm::MasterModule>(
        ("m" + number).c_str(), make_stream_master(stream(StreamKind::random, 100), NodeId(0), 2, 1), config));
    masters.back()->socket.bind(targets.back()->socket);
  }
  pair.add_hbm();
  run_for(sc_time(100, SC_US));
  for (std::size_t i = 0; i < masters.size(); ++i) {
    EXPECT_TRUE(masters[i]->master().finished()) << i;
    EXPECT_EQ(masters[i]->master().failed(), 0U);
    EXPECT_EQ(targets[i]->accesses, 100);
    EXPECT_LE(targets[i]->most_requests_open, 1);
    EXPECT_EQ(masters[i]->pool().in_use(), 0U);
  }
}

}  // namespace
}  // namespace fs
