// SPDX-License-Identifier: Apache-2.0
#include "link/layer/live_link.hpp"

#include <algorithm>

#include "common/check.hpp"

namespace fs {

LiveLink::LiveLink(const LiveLinkConfig& config, Channel& forward, Channel& reverse, LinkScheduler& scheduler,
                   LinkObserver* observer)
    : config_(config),
      scheduler_(&scheduler),
      observer_(observer),
      lane_works_(static_cast<std::size_t>(config.lanes), 1),
      width_(config.lanes) {
  FS_CHECK(forward.layer() != nullptr && reverse.layer() != nullptr, config.name + ": its channels are not supervised");
  directions_[0].layer = forward.layer();
  directions_[1].layer = reverse.layer();
  for (auto& direction : directions_) direction.ber.assign(static_cast<std::size_t>(config.lanes), 0.0);
  for (int lane = 0; lane < config.lanes; ++lane) used_.push_back(lane);
  service_number_ = scheduler.add(*this);
  forward.layer()->connect(*reverse.layer(), scheduler, ChannelId(2 * config.number), observer, this);
  reverse.layer()->connect(*forward.layer(), scheduler, ChannelId(2 * config.number + 1), observer, this);
}

void LiveLink::observe(LinkObserver* observer) {
  observer_ = observer;
  for (const auto& d : directions_) d.layer->observe(observer);
}

int LiveLink::best_width() const {
  const auto good = static_cast<int>(std::count(lane_works_.begin(), lane_works_.end(), 1));
  if (!config_.training.power_of_two_lanes || good == config_.lanes) return good;
  int width = 0;
  for (int w = 1; w <= good; w *= 2) width = w;
  return width;
}

std::vector<int> LiveLink::best_lanes() const {
  std::vector<int> lanes;
  const int width = best_width();
  for (int lane = 0; lane < config_.lanes && static_cast<int>(lanes.size()) < width; ++lane) {
    if (lane_works_[static_cast<std::size_t>(lane)] != 0) lanes.push_back(lane);
  }
  return lanes;
}

double LiveLink::ratio_at(int direction, int lane, int speed) const {
  double ber = bit_error_ratio(direction, lane);
  for (int s = 0; s < speed; ++s) ber *= config_.speeds.relief;
  return ber;
}

/// The highest speed allowed at which every lane is good enough; the slowest where none is.
int LiveLink::best_speed() const {
  const double limit = config_.speeds.max_ber;
  if (limit <= 0.0) return highest_speed_;
  const std::vector<int> lanes = best_lanes();
  int speed = highest_speed_;
  const auto good = [&](int lane) { return ratio_at(0, lane, speed) <= limit && ratio_at(1, lane, speed) <= limit; };
  while (speed < slowest() && !std::all_of(lanes.begin(), lanes.end(), good)) ++speed;
  return speed;
}

void LiveLink::apply_errors(int direction, Cycles now) {
  const Direction& d = directions_[static_cast<std::size_t>(direction)];
  std::vector<double> bers;
  for (const int lane : used_) {
    bers.push_back(lane_works_[static_cast<std::size_t>(lane)] != 0 ? ratio_at(direction, lane, speed_) : 0.5);
  }
  d.layer->set_errors(bers, d.burst, now);
}

void LiveLink::set_bit_error_ratio(int direction, int lane, double ber, Cycles now) {
  FS_CHECK(ber >= 0.0 && ber <= 0.5 && lane < config_.lanes, config_.name + ": no such bit error ratio or lane");
  auto& bers = directions_[static_cast<std::size_t>(direction)].ber;
  for (std::size_t l = 0; l < bers.size(); ++l) {
    if (lane < 0 || static_cast<std::size_t>(lane) == l) bers[l] = ber;
  }
  apply_errors(direction, now);
  speed_up_if_good(now);
}

void LiveLink::speed_up_if_good(Cycles now) {
  if (state_ == LinkState::degraded && best_speed() < speed_) {
    recover(LinkReason::speed_changed, config_.training.retrain, now);
  }
}

double LiveLink::bit_error_ratio(int direction, int lane) const {
  return directions_[static_cast<std::size_t>(direction)].ber[static_cast<std::size_t>(lane)];
}

void LiveLink::set_bursts(int direction, const BurstModel& burst, Cycles now) {
  directions_[static_cast<std::size_t>(direction)].burst = burst;
  apply_errors(direction, now);
}

void LiveLink::lose_credits(int direction, VcId vc, int count) { layer(direction).lose_credits(vc, count); }

void LiveLink::end_half_packets(int direction, Cycles now) { layer(direction).end_half_packets(now); }

void LiveLink::plan(Next what, Femtoseconds after, Cycles now) {
  const Clock& clock = directions_[0].layer->clock();
  next_ = what;
  due_ = std::max(now + Cycles(1), clock.at_or_after(clock.edge(now) + after));
  scheduler_->wake(service_number_, due_);
}

void LiveLink::enter(LinkState to, LinkReason reason, Cycles now) {
  const LinkState from = state_;
  state_ = to;
  if (observer_ == nullptr) return;
  observer_->link_changed(
      {config_.number, from, to, reason, directions_[0].layer->clock().edge(now), width_, divisor(speed_)});
}

void LiveLink::recover(LinkReason reason, Femtoseconds time, Cycles now) {
  for (const auto& d : directions_) d.layer->hold(now);
  because_ = reason;
  if (state_ != LinkState::recovering) enter(LinkState::recovering, reason, now);
  if (signal_ && usable_width()) {
    plan(Next::finish, time, now);
  } else {
    plan(Next::give_up, config_.training.give_up, now);
  }
}

void LiveLink::train(LinkReason reason, Cycles now) {
  for (const auto& d : directions_) d.layer->hold(now);
  because_ = reason;
  enter(LinkState::training, reason, now);
  plan(Next::finish, config_.training.train, now);
}

void LiveLink::go_down(LinkState to, LinkReason reason, Cycles now) {
  const DropCause cause = to == LinkState::off ? DropCause::link_off : DropCause::link_down;
  next_ = Next::nothing;
  // Credits of either direction travel on the other: first nothing carries any more, then both give back.
  for (const auto& d : directions_) d.layer->hold(now);
  for (const auto& d : directions_) d.layer->become_sink(cause, now);
  enter(to, reason, now);
}

void LiveLink::finish(Cycles now) {
  if (!signal_ || !usable_width()) {
    if (state_ == LinkState::training) return go_down(LinkState::down, LinkReason::training_failed, now);
    return plan(Next::give_up, config_.training.give_up, now);
  }
  used_ = best_lanes();
  const int width = best_width();
  const int speed = best_speed();
  if (width != width_ || speed != speed_) {
    width_ = width;
    speed_ = speed;
    const ByteClock wire(config_.rate_numerator * width, config_.rate_denominator * config_.lanes * divisor(speed));
    for (const auto& d : directions_) d.layer->change_rate(wire, now);
  }
  next_ = Next::nothing;
  for (int i = 0; i < 2; ++i) {
    layer(i).join(now);
    apply_errors(i, now);
  }
  for (const auto& d : directions_) d.layer->carry(now);
  const bool full = width_ == config_.lanes && speed_ == 0;
  enter(full ? LinkState::up : LinkState::degraded, LinkReason::trained, now);
}

void LiveLink::service(Cycles now) {
  if (next_ == Next::nothing) return;
  if (now < due_) return scheduler_->wake(service_number_, due_);
  switch (next_) {
    case Next::nothing:
      break;
    case Next::notice_signal:
      recover(LinkReason::signal_lost, config_.training.retrain, now);
      break;
    case Next::notice_lanes:
      recover(LinkReason::lanes_changed, config_.training.retrain, now);
      break;
    case Next::finish:
      finish(now);
      break;
    case Next::give_up:
      if (signal_ && usable_width()) return finish(now);
      go_down(LinkState::down, LinkReason::gave_up, now);
      break;
  }
}

void LiveLink::replay_limit_reached(Cycles now) {
  if (!carrying()) return;
  recover(LinkReason::replay_limit, config_.training.restart, now);
}

void LiveLink::lose_lane(int lane, Cycles now) {
  char& works = lane_works_[static_cast<std::size_t>(lane)];
  if (works == 0) return;
  works = 0;
  if (std::find(used_.begin(), used_.end(), lane) == used_.end() || !carrying()) return;
  for (int i = 0; i < 2; ++i) apply_errors(i, now);
  if (next_ == Next::nothing) plan(Next::notice_lanes, config_.training.signal_lost, now);
}

void LiveLink::restore_lane(int lane, Cycles now) {
  char& works = lane_works_[static_cast<std::size_t>(lane)];
  if (works != 0) return;
  works = 1;
  const bool gives_up = state_ == LinkState::recovering && next_ == Next::give_up;
  if (gives_up || (state_ == LinkState::degraded && best_width() > width_)) {
    recover(LinkReason::lanes_changed, config_.training.retrain, now);
  } else if (state_ == LinkState::down) {
    train_by_itself(now);
  } else if (carrying()) {
    for (int i = 0; i < 2; ++i) apply_errors(i, now);
  }
}

/// A link that is down, when its wire or a lane is whole again.
void LiveLink::train_by_itself(Cycles now) {
  if (powered_ && signal_ && usable_width() && config_.training.auto_up) train(LinkReason::command, now);
}

void LiveLink::cut(Cycles now) {
  if (!signal_) return;
  signal_ = false;
  for (const auto& d : directions_) d.layer->cut(now);
  if (carrying()) plan(Next::notice_signal, config_.training.signal_lost, now);
}

void LiveLink::restore(Cycles now) {
  if (signal_) return;
  signal_ = true;
  if (state_ == LinkState::recovering) {
    recover(because_, config_.training.retrain, now);
  } else if (state_ == LinkState::down) {
    train_by_itself(now);
  } else if (carrying()) {
    // Too short a gap to be noticed as such: the receivers lost their lock all the same.
    recover(LinkReason::signal_lost, config_.training.retrain, now);
  }
}

void LiveLink::retrain(Cycles now) {
  if (carrying()) recover(LinkReason::command, config_.training.retrain, now);
}

void LiveLink::slow_down(LinkReason reason, Cycles now) {
  if (speed_ == slowest()) return;
  highest_speed_ = speed_ + 1;
  if (carrying()) recover(reason, config_.training.retrain, now);
}

void LiveLink::allow_full_speed(Cycles now) {
  highest_speed_ = 0;
  speed_up_if_good(now);
}

void LiveLink::power_off(Cycles now) {
  powered_ = false;
  if (state_ != LinkState::off) go_down(LinkState::off, LinkReason::command, now);
}

void LiveLink::power_on(Cycles now) {
  powered_ = true;
  if (state_ == LinkState::off || state_ == LinkState::down) train(LinkReason::command, now);
}

}  // namespace fs
