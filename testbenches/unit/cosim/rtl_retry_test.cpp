// SPDX-License-Identifier: Apache-2.0
// A link's retry as RTL behind the state machines' interfaces: the same decisions, and differences that are reported.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

#include "common/check.hpp"
#include "common/random.hpp"
#include "common/ring.hpp"
#include "cosim/retry/retry_rtl.hpp"
#include "cosim/retry/rtl_retry_link.hpp"

namespace fs::cosim {
namespace {

RetryFormat format() {
  RetryFormat f;
  f.mode = RetryMode::go_back_n;
  f.window = 5;
  f.numbers = 11;
  f.crc_bits = 16;
  f.request_again = 3;
  f.replay_timer = nanoseconds(400);
  f.replay_limit = 4;
  return f;
}

std::unique_ptr<RtlRetryLink> make_link(const RetryFormat& said, const RetryFormat& built, RetryEngine engine) {
  static RetryRtl library;
  return std::make_unique<RtlRetryLink>(said, "gpu0.0-sw0.0", 1, engine,
                                        RtlRetryLink::Ends{library.make(built, "a"), library.make(built, "b")});
}

/// Both machines of a direction over a wire that loses, by deputies or not; what they did, step by step.
std::string run(RtlRetryLink* link, int direction, std::uint64_t seed) {
  const RetryFormat f = format();
  RetryTransmitter tx(f);
  RetryReceiver rx(f);
  if (link != nullptr) {
    tx.depute(&link->transmitter(direction));
    rx.depute(&link->receiver(direction));
  }
  RandomStream dice(seed, "retry", "deputies");
  Ring<std::pair<bool, std::uint32_t>> back;
  std::string log;
  for (int step = 0; step < 3000; ++step) {
    const Femtoseconds now = nanoseconds(step * 10);
    // As the fabric does it: a frame is judged when it is sent.
    if (tx.replaying() || (!tx.window_full() && dice.chance(0.6))) {
      const std::uint64_t frame = tx.replaying() ? tx.replay_next(now) : tx.send_new(now);
      const bool good = !dice.chance(0.2);
      const auto answer = rx.on_frame(tx.wire_number(frame), good);
      log += std::to_string(static_cast<int>(answer.verdict)) + ',' + std::to_string(answer.requests) + ' ';
      if (answer.requests > 0 && !dice.chance(0.3)) back.push({true, answer.missing});
      if (!dice.chance(0.3)) back.push({false, rx.wire_number(rx.expected())});
    }
    if (!back.empty() && dice.chance(0.5)) {
      const auto [request, number] = back.pop();
      log += request ? tx.on_request(number, now) : tx.on_ack(number, now) ? 'n' : 'o';
    }
    log += tx.on_timer(now) ? "timer " : "";
    if (tx.exhausted() || dice.chance(0.002)) {
      back.clear();
      rx.restart();
      tx.restart(rx.expected(), now);
      log += "restart ";
    } else if (dice.chance(0.001)) {
      back.clear();
      tx.forget(now);
      rx.forget(tx.next());
      log += "forget ";
    }
    log += std::to_string(tx.oldest()) + '-' + std::to_string(tx.next()) + '/' + std::to_string(rx.expected()) + '@' +
           std::to_string(tx.deadline().value()) + ' ';
  }
  EXPECT_GT(rx.expected(), 300U);
  return log;
}

TEST(RtlRetry, DecidesAsTheModelDoes) {
  const auto link = make_link(format(), format(), RetryEngine::rtl);
  for (int direction = 0; direction < 2; ++direction) {
    const auto fresh = make_link(format(), format(), RetryEngine::rtl);
    EXPECT_EQ(run(fresh.get(), direction, 7), run(nullptr, direction, 7));
    EXPECT_GT(fresh->events(), 3000U);
  }
}

TEST(RtlRetry, IsHeldAgainstTheModelInLockstep) {
  for (std::uint64_t seed = 1; seed <= 5; ++seed) {
    const auto link = make_link(format(), format(), RetryEngine::lockstep);
    EXPECT_EQ(run(link.get(), 0, seed), run(nullptr, 0, seed));
  }
}

/// RTL that is built a little differently is found, and the report says where and what.
TEST(RtlRetry, ReportsADifferenceWithLinkEventTimePinsAndState) {
  RetryFormat other = format();
  other.replay_timer = nanoseconds(410);
  const auto link = make_link(format(), other, RetryEngine::lockstep);
  try {
    run(link.get(), 1, 7);
    FAIL() << "not found";
  } catch (const InvariantError& error) {
    const std::string text = error.what();
    EXPECT_THAT(text, testing::HasSubstr("link gpu0.0-sw0.0, end b, transmitter, "));
    EXPECT_THAT(text, ::testing::ContainsRegex("[0-9]+ fs, event [0-9]+, the timer"));
    EXPECT_THAT(text, ::testing::ContainsRegex("replaying_o: model 1, RTL 0"));
    EXPECT_THAT(text, ::testing::ContainsRegex("the model holds: frames [0-9]+ to [0-9]+ under way"));
  }
  RetryFormat patient = format();
  patient.request_again = 0;
  const auto receiver = make_link(format(), patient, RetryEngine::lockstep);
  EXPECT_THROW(run(receiver.get(), 0, 7), InvariantError);
}

TEST(RtlRetry, KnowsWhatItDoesNotDo) {
  EXPECT_FALSE(outside_retry_rtl(format()).has_value());
  RetryFormat f = format();
  f.mode = RetryMode::selective_repeat;
  EXPECT_STREQ(outside_retry_rtl(f)->key, "mode");
  f = format();
  f.request = ReplayRequest::every_loss;
  EXPECT_STREQ(outside_retry_rtl(f)->key, "request");
  f = format();
  f.crc_bits = 0;
  EXPECT_STREQ(outside_retry_rtl(f)->key, "crc_bits");
}

/// A misuse of the RTL is an error that names the end and the assertion.
TEST(RtlRetry, PassesOnTheAssertionsOfTheRtl) {
  const auto link = make_link(format(), format(), RetryEngine::rtl);
  RetryTransmitterRegisters registers;
  try {
    link->transmitter(0).take(RetryTransmitterDeputy::Event::replay, 0, nanoseconds(5), registers);
    FAIL() << "a replay without replay";
  } catch (const InvariantError& error) {
    EXPECT_THAT(std::string(error.what()), testing::HasSubstr("end a, 5000000 fs: the RTL stopped"));
    EXPECT_THAT(std::string(error.what()), testing::HasSubstr("a_retry_replay"));
  }
}

}  // namespace
}  // namespace fs::cosim
