// SPDX-License-Identifier: Apache-2.0
// The leaves of rtl/ in random use, against what they ought to do; and their assertions, which name a misuse.
#include <gtest/gtest.h>

#include <algorithm>
#include <deque>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "Vrtl_credit_counter.h"
#include "Vrtl_delay_line.h"
#include "Vrtl_fifo.h"
#include "Vrtl_free_list.h"
#include "Vrtl_rr_arbiter.h"
#include "common/random.hpp"

namespace fs {
namespace {

/// Pins are unsigned integers of 8 to 64 bits.
template <class Pin, class Value>
void drive(Pin& pin, Value value) {
  pin = static_cast<Pin>(value);
}

/// A leaf with a clock. Assertions print and are counted; they do not end the process.
template <class Model>
struct Clocked {
  Clocked() : random(3, "rtl", "leaf") {
    context.fatalOnError(false);
    model = std::make_unique<Model>(&context);
    drive(model->rst_ni, 0);
    cycle();
    drive(model->rst_ni, 1);
  }
  /// Verilator 5.006 erases a model's scopes from the context used last, which may be gone.
  ~Clocked() { Verilated::threadContextp(&context); }
  void cycle() {
    for (const int level : {0, 1}) {
      drive(model->clk_i, level);
      context.timeInc(1);
      model->eval();
    }
  }
  /// Lets combinational outputs follow the inputs.
  void settle() {
    drive(model->clk_i, 0);
    model->eval();
  }
  bool chance(int percent) { return random.next() % 100 < static_cast<std::uint64_t>(percent); }

  VerilatedContext context;
  std::unique_ptr<Model> model;
  RandomStream random;
};

/// What an assertion printed while `misuse` ran.
template <class Model, class F>
std::string said(Clocked<Model>& leaf, F&& misuse) {
  testing::internal::CaptureStdout();
  misuse();
  leaf.cycle();
  return testing::internal::GetCapturedStdout();
}

TEST(Fifo, HandsOutItemsInOrder) {
  Clocked<Vrtl_fifo> fifo;
  std::deque<int> twin;
  for (int n = 0; n < 2000; ++n) {
    ASSERT_EQ(fifo.model->valid_o, !twin.empty());
    ASSERT_EQ(fifo.model->count_o, twin.size());
    if (!twin.empty()) {
      ASSERT_EQ(fifo.model->data_o, twin.front());
    }
    drive(fifo.model->push_i, twin.size() < 5 && fifo.chance(n / 100 % 2 == 0 ? 70 : 30));
    drive(fifo.model->pop_i, !twin.empty() && fifo.chance(50));
    drive(fifo.model->data_i, n & 0xffff);
    if (fifo.model->pop_i) twin.pop_front();
    if (fifo.model->push_i) twin.push_back(n & 0xffff);
    fifo.cycle();
  }
  EXPECT_EQ(fifo.context.errorCount(), 0);
}

TEST(Fifo, NamesOverflowAndUnderflow) {
  Clocked<Vrtl_fifo> fifo;
  EXPECT_NE(said(fifo, [&] { drive(fifo.model->pop_i, 1); }).find("a_fifo_underflow"), std::string::npos);
  Clocked<Vrtl_fifo> full;
  drive(full.model->push_i, 1);
  for (int n = 0; n < 5; ++n) full.cycle();
  EXPECT_NE(said(full, [] {}).find("a_fifo_overflow"), std::string::npos);
}

TEST(RoundRobin, GrantsTheFirstRequestAtOrAfterItsPointer) {
  constexpr unsigned num = 11;
  Clocked<Vrtl_rr_arbiter> arbiter;
  unsigned pointer = 0;
  for (int n = 0; n < 3000; ++n) {
    const auto request =
        static_cast<unsigned>(arbiter.random.next()) & static_cast<unsigned>(arbiter.random.next()) & ((1U << num) - 1);
    unsigned expected = num;
    for (unsigned k = 0; k < num && expected == num; ++k) {
      if (request >> ((pointer + k) % num) & 1U) expected = (pointer + k) % num;
    }
    drive(arbiter.model->req_i, request);
    drive(arbiter.model->update_i, request != 0 && arbiter.chance(60));
    arbiter.settle();
    ASSERT_EQ(arbiter.model->grant_o, expected == num ? 0U : 1U << expected);
    if (arbiter.model->update_i) pointer = (expected + 1) % num;
    arbiter.cycle();
  }
  EXPECT_EQ(arbiter.context.errorCount(), 0);
}

TEST(CreditCounter, CountsAndNamesWhatItNeverHad) {
  Clocked<Vrtl_credit_counter> counter;
  int twin = 0;
  for (int n = 0; n < 2000; ++n) {
    const int take = static_cast<int>(counter.random.next() % 5) % (std::min(twin, 4) + 1);
    const int give = static_cast<int>(counter.random.next() % 5) % (std::min(20 - twin + take, 4) + 1);
    drive(counter.model->take_i, take);
    drive(counter.model->give_i, give);
    twin += give - take;
    counter.cycle();
    ASSERT_EQ(counter.model->count_o, twin);
  }
  EXPECT_EQ(counter.context.errorCount(), 0);

  Clocked<Vrtl_credit_counter> empty;
  EXPECT_NE(said(empty, [&] { drive(empty.model->take_i, 1); }).find("a_credit_underflow"), std::string::npos);
  Clocked<Vrtl_credit_counter> full;
  drive(full.model->give_i, 4);
  for (int n = 0; n < 5; ++n) full.cycle();
  EXPECT_NE(said(full, [] {}).find("a_credit_overflow"), std::string::npos);
  EXPECT_EQ(full.model->count_o, 20) << "it stays at the most";
}

TEST(FreeList, HandsOutEachSlotOnce) {
  Clocked<Vrtl_free_list> list;
  std::set<int> in_use;
  for (int n = 0; n < 3000; ++n) {
    ASSERT_EQ(list.model->valid_o, in_use.size() < 6);
    ASSERT_EQ(list.model->all_free_o, in_use.empty());
    drive(list.model->take_i, list.model->valid_o && list.chance(n / 200 % 2 == 0 ? 70 : 30));
    drive(list.model->give_i, !in_use.empty() && list.chance(50));
    if (list.model->give_i) {
      auto it = in_use.begin();
      std::advance(it, static_cast<int>(list.random.next() % in_use.size()));
      drive(list.model->slot_i, *it);
      in_use.erase(it);
    }
    if (list.model->take_i) {
      ASSERT_TRUE(in_use.insert(list.model->slot_o).second) << "slot handed out twice";
    }
    list.cycle();
  }
  EXPECT_EQ(list.context.errorCount(), 0);
}

TEST(FreeList, NamesASlotThatWasNeverHandedOut) {
  Clocked<Vrtl_free_list> list;
  const std::string text = said(list, [&] { drive(list.model->give_i, 1); });
  EXPECT_NE(text.find("a_free_list_full"), std::string::npos);
  EXPECT_NE(text.find("a_free_list_slot"), std::string::npos);
}

TEST(DelayLine, HandsOnAfterItsStages) {
  Clocked<Vrtl_delay_line> line;
  std::deque<int> twin(3, -1);
  for (int n = 0; n < 500; ++n) {
    ASSERT_EQ(line.model->valid_o, twin.front() >= 0);
    if (twin.front() >= 0) {
      ASSERT_EQ(line.model->data_o, twin.front());
    }
    ASSERT_EQ(line.model->empty_o, std::all_of(twin.begin(), twin.end(), [](int x) { return x < 0; }));
    drive(line.model->valid_i, line.chance(n < 250 ? 60 : 10));
    drive(line.model->data_i, n);
    twin.pop_front();
    twin.push_back(line.model->valid_i ? n : -1);
    line.cycle();
  }
}

}  // namespace
}  // namespace fs
