// SPDX-License-Identifier: Apache-2.0
// What a product's own rule of retry leaves of a saturated link, from its profile alone: docs/protocols.md ("The rule
// of retry") derives it. Nothing here is measured or fitted. Lengths are bytes of wire.
#pragma once

#include <algorithm>
#include <cmath>

#include "common/quantity.hpp"
#include "flit/profile/profile.hpp"

namespace fs {

/// Go back n with one request a gap, replay timer and codewords, under packets of one length.
class RetryRule {
 public:
  /// `packet`: bytes of one, header included; `ahead`: cycles that the sender books its wire ahead of time.
  RetryRule(const Profile& p, Bytes packet, Femtoseconds propagation, int ahead)
      : fixed_(p.frame.kind == FrameKind::fixed), again_(static_cast<double>(p.retry.request_again)) {
    rate_ = static_cast<double>(p.payload_rate_numerator()) / static_cast<double>(p.payload_rate_denominator()) / 8e15;
    unit_ = bytes(p.wire_unit);
    codeword_ = bytes(p.fec.codeword_payload) * static_cast<double>(p.fec.interleave);
    frames_of(p, packet);
    window_ = static_cast<double>(p.retry.window) * frame_;
    if (p.retry.window_bytes > Bytes(0)) window_ = std::min(window_, bytes(p.retry.window_bytes));
    cycle_ = wire(p.core_clock.period());
    timer_ = wire(p.retry.replay_timer) + cycle_;
    const double one_way = wire(p.lanes.phy_latency + p.fec.decode_latency + propagation);
    // The request waits for an edge (half a cycle), the replay for what has been put on the wire already: `ahead`
    // cycles and half a flit.
    back_ = 2 * one_way + bytes(p.retry.message) + (0.5 + ahead) * cycle_ + flit_ / 2 + wire(p.retry.replay_setup);
  }

  /// Of a lossless link's data, the share that is left when codewords are lost with probability `lost`. Mean over all
  /// phases that the codewords of the two directions may have to each other. `with_timer` false: as if a replay never
  /// failed.
  double share(double lost, bool with_timer = true) const {
    double sum = 0;
    const int phases = 64;
    for (int k = 0; k < phases; ++k) sum += share_at(lost, (k + 0.5) / phases * codeword_, with_timer);
    return sum / phases;
  }
  /// Replays that fail, a codeword of data without loss.
  double stalls(double lost) const { return lost * lost * (1 + (fixed_ ? 0 : std::min(1.0, frame_ / codeword_))); }
  /// The loop in wire bytes, mean over phases: from the first byte of a destroyed frame to that of its replay.
  double loop() const { return codeword_ + overhang_ + back_ + codeword_ / 2; }
  double codeword() const { return codeword_; }

 private:
  static double bytes(Bytes b) { return static_cast<double>(b.value()); }
  double wire(Femtoseconds t) const { return static_cast<double>(t.value()) * rate_; }

  void frames_of(const Profile& p, Bytes packet) {
    const auto up = [&](Bytes b) { return std::ceil(bytes(b) / unit_) * unit_; };
    const double overhead = bytes(p.frame.overhead);
    double count = 0, sum = 0, squares = 0;
    for (Bytes left = packet; left > Bytes(0); left -= p.flit) {
      const double length = up(std::min(left, p.flit)) + (p.frame.kind == FrameKind::flit ? overhead : 0);
      ++count;
      sum += length;
      squares += length * length;
      if (left <= p.flit) break;
    }
    flit_ = sum / count;
    if (fixed_) {
      frame_ = bytes(p.frame.payload) + overhead;
      return;
    }
    if (p.frame.kind == FrameKind::flit) {
      frame_ = flit_;
      overhang_ = (squares / sum - unit_) / 2;
      return;
    }
    frame_ = sum + overhead;
    flit_ = frame_ / count;
    overhang_ = (frame_ - unit_) / 2;
    begun_ = (frame_ - flit_) / 2;
  }

  double share_at(double p, double wait, bool with_timer) const {
    double back = back_ + wait;
    double broken = 0;  // of the frame that the replay breaks off
    if (fixed_) {
      const double whole = std::ceil(back / codeword_) * codeword_;
      broken = whole - back;
      back = whole;
    }
    const double loop = codeword_ + overhang_ + back - begun_;
    // The replay begins `rest` bytes before its codeword ends; its first frame lies in one codeword or two.
    const double rest = codeword_ - std::fmod(back, codeword_);
    const double spread = std::clamp((frame_ - rest) / unit_ + 0.5, 0.0, 1.0);
    const double fails = with_timer ? p + (1 - p) * p * (fixed_ ? 0 : spread) : 0;
    // Data of a stretch without loss, from a replay on.
    const double good = (1 - p) * (rest - overhang_) + codeword_ * (1 - p) * (1 - p) / p;
    const double stalled = again_ > 0 ? asked_again(p, loop) : timed_out(fails, loop, good);
    return (good - (1 - fails) * broken) / (good + (1 - fails) * loop + fails * stalled);
  }

  /// From the beginning of a replay that fails to the next, by the timer: it was set by the last frame replayed.
  double timed_out(double fails, double loop, double good) const {
    // A replay by the timer repeats the whole window, those of gaps behind it what is left of that.
    const double frames = std::max(0.0, window_ - loop) / frame_;
    const double often = std::max(1e-12, fails * frame_ / good);
    const double replayed = loop + frame_ * (frames - (1 - std::pow(1 - often, frames)) / often);
    return (1 - fails) * replayed + fails * window_ - frame_ + timer_ + (fixed_ ? codeword_ / 2 : 0);
  }

  /// The same where the receiver asks again after so many unexpected frames, and the timer only has to help when the
  /// window is full before that. Frames; `counted` unexpected ones have come when the replay begins.
  double asked_again(double p, double loop) const {
    const double turn = loop / frame_ - 1;  // frames under way when a request arrives
    const double most = window_ / frame_ - 1;
    double counted = turn * (1 - p), replayed = turn + 1, sum = 0, weight = 1;
    for (int k = 0; k < 8; ++k, weight *= p) {
      if (counted + most * (1 - p) >= again_) {
        const double until = (again_ - counted) / (1 - p);
        sum += weight * (1 + until + turn);
        counted = std::min(turn, most - until) * (1 - p);
        replayed = std::min(most + 1, 1 + until + turn);
      } else {
        sum += weight * (replayed - 1 + timer_ / frame_ + 0.5);
        counted += most * (1 - p);
        replayed = most + 1;
      }
    }
    return sum * (1 - p) * frame_;  // mean of one failed replay: there are 1 / (1 - p) of them on end
  }

  bool fixed_;
  double again_;
  double rate_ = 0, unit_ = 0, codeword_ = 0, frame_ = 0, flit_ = 0, window_ = 0, cycle_ = 0, timer_ = 0, back_ = 0;
  double overhang_ = 0;  ///< of a frame across the beginning of a codeword, what lies before it
  double begun_ = 0;     ///< of a packet that a replay interrupts, what has gone: it is not sent again
};

}  // namespace fs
