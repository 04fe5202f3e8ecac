// SPDX-License-Identifier: Apache-2.0
// The two state machines of retry, event by event.
#include <algorithm>

#include <gtest/gtest.h>

#include "common/random.hpp"
#include "link/retry/retry_receiver.hpp"
#include "link/retry/retry_transmitter.hpp"

using namespace fs;
using Verdict = RetryReceiver::Verdict;

namespace {

RetryFormat format(RetryMode mode = RetryMode::go_back_n) {
  RetryFormat f;
  f.mode = mode;
  f.window = 4;
  f.numbers = 7;  // 2 x 4 - 1: the fewest
  f.replay_timer = nanoseconds(100);
  f.replay_limit = 3;
  return f;
}

}  // namespace

TEST(RetryTransmitter, CountsUpToItsWindowAndWraps) {
  RetryTransmitter tx(format());
  for (std::uint64_t frame = 0; frame < 100; ++frame) {
    EXPECT_EQ(tx.send_new(Femtoseconds(0)), frame);
    EXPECT_EQ(tx.wire_number(frame), frame % 7);
    if (tx.window_full()) {
      EXPECT_EQ(tx.unacknowledged(), 4U);
      EXPECT_TRUE(tx.on_ack(tx.wire_number(tx.oldest() + 3), Femtoseconds(0)));
      EXPECT_EQ(tx.unacknowledged(), 1U);
    }
  }
  EXPECT_FALSE(tx.on_ack(tx.wire_number(tx.oldest()), Femtoseconds(0))) << "old news";
}

TEST(RetryTransmitter, GoesBackToWhatIsMissing) {
  RetryTransmitter tx(format());
  for (int i = 0; i < 4; ++i) tx.send_new(Femtoseconds(0));
  EXPECT_TRUE(tx.on_request(1, Femtoseconds(0)));
  EXPECT_EQ(tx.oldest(), 1U) << "all before it has been received";
  EXPECT_TRUE(tx.replaying());
  for (std::uint64_t frame = 1; frame < 4; ++frame) EXPECT_EQ(tx.replay_next(Femtoseconds(0)), frame);
  EXPECT_FALSE(tx.replaying());
  EXPECT_FALSE(tx.on_request(4, Femtoseconds(0))) << "nothing of that number is under way";
}

TEST(RetryTransmitter, RepeatsOnlyWhatIsAskedFor) {
  RetryTransmitter tx(format(RetryMode::selective_repeat));
  for (int i = 0; i < 4; ++i) tx.send_new(Femtoseconds(0));
  EXPECT_TRUE(tx.on_request(2, Femtoseconds(0)));
  EXPECT_FALSE(tx.on_request(2, Femtoseconds(0)));
  EXPECT_TRUE(tx.on_request(0, Femtoseconds(0)));
  EXPECT_EQ(tx.replay_next(Femtoseconds(0)), 2U);
  EXPECT_EQ(tx.replay_next(Femtoseconds(0)), 0U);
  EXPECT_FALSE(tx.replaying());
  EXPECT_EQ(tx.oldest(), 0U);
}

TEST(RetryTransmitter, TimerRunsFromTheLastProgress) {
  RetryTransmitter tx(format());
  EXPECT_EQ(tx.deadline(), Femtoseconds::max()) << "nothing to wait for";
  tx.send_new(nanoseconds(10));
  tx.send_new(nanoseconds(50));
  EXPECT_EQ(tx.deadline(), nanoseconds(110));
  tx.on_ack(1, nanoseconds(60));
  EXPECT_EQ(tx.deadline(), nanoseconds(160));
  EXPECT_FALSE(tx.on_timer(nanoseconds(159)));
  EXPECT_TRUE(tx.on_timer(nanoseconds(160)));
  EXPECT_EQ(tx.replay_next(nanoseconds(161)), 1U);
  EXPECT_EQ(tx.deadline(), nanoseconds(261));
  EXPECT_TRUE(tx.on_timer(nanoseconds(261)));
  tx.replay_next(nanoseconds(261));
  EXPECT_TRUE(tx.on_timer(nanoseconds(361)));
  EXPECT_FALSE(tx.exhausted()) << "three replays are allowed";
  tx.replay_next(nanoseconds(361));
  EXPECT_TRUE(tx.on_timer(nanoseconds(461)));
  EXPECT_TRUE(tx.exhausted());
  tx.restart(1, nanoseconds(500));
  EXPECT_FALSE(tx.exhausted());
  EXPECT_TRUE(tx.replaying());
}

TEST(RetryReceiver, AsksOncePerGapAndDropsDuplicates) {
  RetryReceiver rx(format());
  EXPECT_EQ(rx.on_frame(0, true).verdict, Verdict::accept);
  auto answer = rx.on_frame(1, false);
  EXPECT_EQ(answer.verdict, Verdict::discard);
  EXPECT_EQ(answer.requests, 1U);
  EXPECT_EQ(answer.missing, 1U);
  EXPECT_EQ(rx.state(), RetryReceiver::State::nack_sent);
  for (std::uint32_t n : {2U, 3U}) {
    answer = rx.on_frame(n, true);
    EXPECT_EQ(answer.verdict, Verdict::discard);
    EXPECT_EQ(answer.requests, 0U);
  }
  EXPECT_EQ(rx.on_frame(0, true).verdict, Verdict::duplicate);
  EXPECT_EQ(rx.on_frame(1, false).requests, 0U) << "a replay that fails waits for the timer";
  answer = rx.on_frame(1, true);
  EXPECT_EQ(answer.verdict, Verdict::accept);
  EXPECT_EQ(rx.expected(), 2U);
  EXPECT_EQ(rx.on_frame(2, false).requests, 1U) << "another gap";
}

TEST(RetryReceiver, AsksAgainWhenTold) {
  RetryFormat f = format();
  f.request_again = 2;
  RetryReceiver rx(f);
  EXPECT_EQ(rx.on_frame(0, false).requests, 1U);
  EXPECT_EQ(rx.on_frame(1, true).requests, 0U);
  EXPECT_EQ(rx.on_frame(2, true).requests, 1U);
}

TEST(RetryReceiver, IdealAsksForEveryLossOfTheFrameExpected) {
  RetryFormat f = format();
  f.request = ReplayRequest::every_loss;
  RetryReceiver rx(f);
  EXPECT_EQ(rx.on_frame(0, false).requests, 1U);
  EXPECT_EQ(rx.on_frame(1, false).requests, 0U);
  EXPECT_EQ(rx.on_frame(0, false).requests, 1U);
}

TEST(RetryReceiver, KeepsWhatComesEarlyWhereItMay) {
  RetryReceiver rx(format(RetryMode::selective_repeat));
  EXPECT_EQ(rx.on_frame(0, false).requests, 0U) << "which one it was is seen by the next good one";
  auto answer = rx.on_frame(2, true);
  EXPECT_EQ(answer.verdict, Verdict::keep);
  EXPECT_EQ(answer.requests, 2U) << "0 and 1";
  EXPECT_EQ(answer.missing, 0U);
  EXPECT_EQ(rx.on_frame(2, true).verdict, Verdict::duplicate);
  EXPECT_EQ(rx.on_frame(1, true).verdict, Verdict::keep);
  answer = rx.on_frame(0, true);
  EXPECT_EQ(answer.verdict, Verdict::accept);
  EXPECT_EQ(answer.accepted, 3U);
  EXPECT_TRUE(rx.in_order());
}

/// Both machines back to back over a wire that loses frames and messages, for numbers that wrap many times.
TEST(Retry, DeliversEverythingOnceInOrder) {
  for (const RetryMode mode : {RetryMode::go_back_n, RetryMode::selective_repeat}) {
    for (std::uint64_t seed = 1; seed <= 200; ++seed) {
      RetryFormat f = format(mode);
      RandomStream dice(seed, "retry", "test");
      f.window = 1 + static_cast<std::int64_t>(dice.below(8));
      f.numbers = std::max<std::int64_t>(2, 2 * f.window - (mode == RetryMode::go_back_n ? 1 : 0)) +
                  static_cast<std::int64_t>(dice.below(3));
      f.replay_limit = 0;
      f.request = static_cast<ReplayRequest>(dice.below(3));
      f.request_again = static_cast<std::int64_t>(dice.below(4));
      RetryTransmitter tx(f);
      RetryReceiver rx(f);
      struct Message {
        bool request;
        std::uint32_t number;
      };
      Ring<std::uint32_t> frames;
      Ring<Message> back;
      std::uint64_t steps = 0;
      for (; rx.expected() < 300 && steps < 100000; ++steps) {
        const Femtoseconds now = nanoseconds(static_cast<std::int64_t>(steps) * 10);
        if (tx.replaying()) {
          frames.push(tx.wire_number(tx.replay_next(now)));
        } else if (!tx.window_full() && dice.chance(0.7)) {
          frames.push(tx.wire_number(tx.send_new(now)));
        }
        tx.on_timer(now);
        if (!frames.empty() && dice.chance(0.6)) {
          const auto answer = rx.on_frame(frames.pop(), !dice.chance(0.2));
          for (std::uint32_t i = 0; i < answer.requests; ++i) {
            if (!dice.chance(0.2)) back.push({true, rx.wire_number(answer.missing + i)});
          }
          if (!dice.chance(0.2)) back.push({false, rx.wire_number(rx.expected())});
        }
        if (!back.empty() && dice.chance(0.6)) {
          const Message m = back.pop();
          m.request ? tx.on_request(m.number, now) : tx.on_ack(m.number, now);
        }
        ASSERT_LE(tx.oldest(), rx.expected()) << "seed " << seed << ": acknowledged what never came";
        ASSERT_LE(rx.expected(), tx.next()) << "seed " << seed << ": took what was never sent";
      }
      EXPECT_GE(rx.expected(), 300U) << "seed " << seed << " mode " << static_cast<int>(mode) << " got stuck";
    }
  }
}
