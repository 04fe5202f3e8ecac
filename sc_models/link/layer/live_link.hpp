// SPDX-License-Identifier: Apache-2.0
// One link at run time: both directions, its lanes, and its state machine (link_state.hpp says what states mean).
#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "flit/profile/link_speeds.hpp"
#include "link/layer/link_layer.hpp"

namespace fs {

struct LiveLinkConfig {
  std::string name;
  std::uint32_t number = 0;
  TrainingFormat training;
  LinkSpeeds speeds;
  int lanes = 1;
  /// Payload rate of all lanes, as an exact ratio in bits per second; n lanes carry n / lanes of it.
  std::int64_t rate_numerator = 1;
  std::int64_t rate_denominator = 1;
};

class LiveLink final : public LinkFaults, private LinkService, private LinkLayer::Owner {
 public:
  /// Both channels are supervised. The link is up. `observer` may be null.
  LiveLink(const LiveLinkConfig& config, Channel& forward, Channel& reverse, LinkScheduler& scheduler,
           LinkObserver* observer);
  LiveLink(const LiveLink&) = delete;
  LiveLink& operator=(const LiveLink&) = delete;

  /// Tells `observer` of everything from now on; null: nobody.
  void observe(LinkObserver* observer);
  const std::string& name() const { return config_.name; }
  LinkState state() const override { return state_; }
  /// The longest that it takes to carry traffic again once its wire is whole.
  Femtoseconds longest_training() const {
    return std::max({config_.training.train, config_.training.retrain, config_.training.restart});
  }
  int lanes_in_use() const override { return width_; }
  int lanes() const override { return config_.lanes; }
  std::int64_t slower_by() const override { return divisor(speed_); }
  LinkCounters counters(int direction, Cycles now) const override { return layer(direction).counters(now); }
  std::uint64_t frames_replayed(int direction) const { return layer(direction).counters(Cycles(0)).frames_replayed; }

  void set_bit_error_ratio(int direction, int lane, double ber, Cycles now) override;
  double bit_error_ratio(int direction, int lane) const override;
  void set_bursts(int direction, const BurstModel& burst, Cycles now) override;
  void lose_lane(int lane, Cycles now) override;
  void restore_lane(int lane, Cycles now) override;
  void cut(Cycles now) override;
  void restore(Cycles now) override;
  void retrain(Cycles now) override;
  void slow_down(LinkReason reason, Cycles now) override;
  void allow_full_speed(Cycles now) override;
  void power_off(Cycles now) override;
  void power_on(Cycles now) override;
  void lose_credits(int direction, VcId vc, int count) override;
  void end_half_packets(int direction, Cycles now) override;
  /// Of the credits that `direction` brings to its receiver; see LinkLayer.
  int lost_credits(int direction, VcId vc) const { return layer(direction).lost_credits(vc); }
  void use_up_credit(int direction, VcId vc) { layer(direction).use_up_credit(vc); }
  void set_credits_right(int direction, VcId vc, Cycles now) { layer(direction).set_credits_right(vc, now); }

 private:
  /// What is due at `due_`.
  enum class Next : std::uint8_t { nothing, notice_signal, notice_lanes, finish, give_up };
  struct Direction {
    LinkLayer* layer = nullptr;
    std::vector<double> ber;  ///< by lane
    BurstModel burst;
  };

  void service(Cycles now) override;
  void replay_limit_reached(Cycles now) override;
  LinkLayer& layer(int direction) const { return *directions_[static_cast<std::size_t>(direction)].layer; }
  bool carrying() const { return state_ == LinkState::up || state_ == LinkState::degraded; }
  bool usable_width() const { return best_width() >= config_.training.min_lanes; }
  int best_width() const;
  std::vector<int> best_lanes() const;
  int best_speed() const;
  int slowest() const { return static_cast<int>(config_.speeds.slower_by.size()); }
  std::int64_t divisor(int speed) const {
    return speed == 0 ? 1 : config_.speeds.slower_by[static_cast<std::size_t>(speed) - 1];
  }
  double ratio_at(int direction, int lane, int speed) const;
  void speed_up_if_good(Cycles now);
  void apply_errors(int direction, Cycles now);
  void plan(Next what, Femtoseconds after, Cycles now);
  void enter(LinkState to, LinkReason reason, Cycles now);
  void recover(LinkReason reason, Femtoseconds time, Cycles now);
  void train_by_itself(Cycles now);
  void train(LinkReason reason, Cycles now);
  void go_down(LinkState to, LinkReason reason, Cycles now);
  void finish(Cycles now);

  LiveLinkConfig config_;
  std::array<Direction, 2> directions_;
  LinkScheduler* scheduler_;
  LinkObserver* observer_;
  int service_number_;
  LinkState state_ = LinkState::up;
  bool signal_ = true;  ///< the wire is whole
  bool powered_ = true;
  std::vector<char> lane_works_;
  std::vector<int> used_;  ///< lanes that carry bits
  int width_;
  int speed_ = 0;          ///< 0: the line rate; n: divided by slower_by[n - 1]
  int highest_speed_ = 0;  ///< by command
  Next next_ = Next::nothing;
  LinkReason because_ = LinkReason::command;
  Cycles due_ = Cycles::max();
};

}  // namespace fs
