// SPDX-License-Identifier: Apache-2.0
#include "flit/profile/link_layer_config.hpp"

#include <algorithm>
#include <string>

namespace fs {
namespace {

constexpr std::int64_t max_window = 1 << 20;
constexpr Femtoseconds longest_timer = one_second() * 100;

void read_requests(const Reader& reader, RetryFormat& retry) {
  retry.request = reader.choice_or<ReplayRequest>("request", retry.request,
                                                  {{"never", ReplayRequest::never},
                                                   {"once_per_gap", ReplayRequest::once_per_gap},
                                                   {"every_loss", ReplayRequest::every_loss}});
  retry.request_again = reader.count_or("request_again", "frames", retry.request_again, 0, max_window);
  retry.replay_timer = reader.time_or("replay_timer", retry.replay_timer, Femtoseconds(0), longest_timer);
  retry.replay_setup = reader.time_or("replay_setup", retry.replay_setup, Femtoseconds(0), longest_timer);
  retry.replay_limit = reader.integer_or("replay_limit", retry.replay_limit, 0, 1'000'000);
}

void read_acknowledgements(const Reader& reader, Bytes wire_unit, RetryFormat& retry) {
  retry.message = reader.bytes_or("message", retry.message, Bytes(0), Bytes(4096));
  if (retry.message % wire_unit != Bytes(0)) {
    throw reader.error("message", "takes whole wire units of " + std::to_string(wire_unit.value()) + "B");
  }
  retry.ack_every = reader.count_or("every", "frames", retry.ack_every, 1, max_window);
  retry.ack_wait = reader.time_or("wait", retry.ack_wait, Femtoseconds(0), longest_timer);
  retry.ack_piggyback = reader.boolean_or("piggyback", retry.ack_piggyback);
}

void check_retry(const Reader& reader, const Profile& profile, const RetryFormat& retry) {
  if (profile.frame.kind == FrameKind::none) {
    throw reader.error("mode", "what is replayed is a frame: needs `frame: {kind: flit, packet or fixed}`");
  }
  // Go back n takes one frame only, so the last number of a window may stand for the first of the one before.
  const std::int64_t least = 2 * retry.window - (retry.mode == RetryMode::go_back_n ? 1 : 0);
  if (retry.numbers < least) {
    throw reader.error("numbers", std::to_string(retry.window) + " frames under way need at least " +
                                      std::to_string(least) + " numbers, or an old frame could pass for a new one");
  }
  if (retry.ack_piggyback && retry.message == Bytes(0)) {
    throw reader.error("ack", "with `message: 0B` acknowledgements have a side band: no `piggyback`");
  }
  const bool lossy = retry.message > Bytes(0) || retry.ack_piggyback;
  if (retry.replay_timer == Femtoseconds(0) && (lossy || retry.request != ReplayRequest::every_loss)) {
    throw reader.error("replay_timer",
                       "acknowledgements on the wire can be lost, and a receiver that asks once is not asked again: "
                       "needs a timer above 0, or `ack: {message: 0B}` and `request: every_loss`");
  }
}

RetryFormat read_retry(const Reader& reader, const Profile& profile) {
  RetryFormat retry;
  retry.mode = reader.choice_or<RetryMode>("mode", retry.mode,
                                           {{"none", RetryMode::none},
                                            {"go_back_n", RetryMode::go_back_n},
                                            {"selective_repeat", RetryMode::selective_repeat}});
  retry.crc_bits = reader.integer_or("crc_bits", retry.crc_bits, 0, 64);
  retry.window = reader.count_or("window", "frames", retry.window, 1, max_window);
  retry.window_bytes = reader.bytes_or("window_bytes", retry.window_bytes, Bytes(0), Bytes(1'000'000'000));
  retry.numbers = reader.integer_or("numbers", std::max<std::int64_t>(2, 2 * retry.window), 2, 1 << 24);
  read_requests(reader, retry);
  read_acknowledgements(reader.section_or_empty("ack"), profile.wire_unit, retry);
  if (retry.mode != RetryMode::none) check_retry(reader, profile, retry);
  return retry;
}

TrainingFormat read_training(const Reader& reader, std::int64_t lanes) {
  TrainingFormat t;
  t.train = reader.time_or("train", t.train, Femtoseconds(0), longest_timer);
  t.retrain = reader.time_or("retrain", t.retrain, Femtoseconds(0), longest_timer);
  t.restart = reader.time_or("restart", t.restart, Femtoseconds(0), longest_timer);
  t.signal_lost = reader.time_or("signal_lost", t.signal_lost, Femtoseconds(0), longest_timer);
  t.give_up = reader.time_or("give_up", t.give_up, Femtoseconds(0), longest_timer);
  t.min_lanes = reader.integer_or<std::int64_t>("min_lanes", t.min_lanes, 1, lanes);
  t.power_of_two_lanes = reader.boolean_or("power_of_two_lanes", t.power_of_two_lanes);
  t.auto_up = reader.boolean_or("auto_up", t.auto_up);
  return t;
}

}  // namespace

void read_link_layer(const Reader& reader, Profile& profile) {
  profile.retry = read_retry(reader.section_or_empty("retry"), profile);
  profile.training = read_training(reader.section_or_empty("training"), profile.lanes.count);
}

}  // namespace fs
