// SPDX-License-Identifier: Apache-2.0
// A fabric without contention for tests of masters: a write is performed after half the latency, and every access
// completes after the whole of it. With a jitter, each access has a latency of its own, so that nothing stays in step.
#pragma once

#include <functional>
#include <memory>
#include <queue>
#include <vector>

#include "common/check.hpp"
#include "common/random.hpp"
#include "workload/streams/master.hpp"

namespace fs {

inline constexpr auto usual_latency = nanoseconds(1000);

class IdealNetwork {
 public:
  using Observer = std::function<void(NodeId source, const Access&, Femtoseconds now)>;

  explicit IdealNetwork(Femtoseconds latency, Femtoseconds jitter = Femtoseconds(0), std::uint64_t seed = 1)
      : latency_(latency), jitter_(jitter), stream_(seed, "network", "latency") {}
  void add(NodeId gpu, std::unique_ptr<Master> master) { agents_.push_back({gpu, std::move(master)}); }
  Master& master(std::size_t i) { return *agents_[i].master; }

  Observer issued = [](NodeId, const Access&, Femtoseconds) {};
  Observer performed = [](NodeId, const Access&, Femtoseconds) {};
  Observer completed = [](NodeId, const Access&, Femtoseconds) {};
  std::function<bool(const Access&)> succeeds = [](const Access&) { return true; };

  /// Runs until nothing is left to happen, or `end`; returns the time of the last thing that happened.
  Femtoseconds run(Femtoseconds end = Femtoseconds::max()) {
    Femtoseconds now{0};
    for (;;) {
      while (!events_.empty() && events_.top().time <= now) {
        const Event event = events_.top();
        events_.pop();
        handle(event);
      }
      auto wake = Femtoseconds::max();
      for (std::size_t i = 0; i < agents_.size(); ++i) wake = std::min(wake, drain(i, now));
      if (!events_.empty()) wake = std::min(wake, events_.top().time);
      if (wake == Femtoseconds::max() || wake > end) return now;
      now = wake;
    }
  }
  bool finished() const {
    for (const auto& agent : agents_) {
      if (!agent.master->finished()) return false;
    }
    return true;
  }

 private:
  struct Agent {
    NodeId gpu;
    std::unique_ptr<Master> master;
  };
  struct Event {
    Femtoseconds time;
    std::uint64_t number;
    std::size_t agent;
    bool performs;
    Access access;
    bool operator<(const Event& o) const { return time == o.time ? number > o.number : time > o.time; }
  };

  void handle(const Event& event) {
    auto& agent = agents_[event.agent];
    const bool ok = succeeds(event.access);
    if (!event.performs) {
      completed(agent.gpu, event.access, event.time);
      agent.master->completed(event.access, ok, event.time);
      return;
    }
    if (!ok) return;
    performed(agent.gpu, event.access, event.time);
    if (event.access.message == 0) return;
    for (auto& other : agents_) {
      if (other.gpu == event.access.target) other.master->delivered(event.access.message, event.time);
    }
  }

  Femtoseconds drain(std::size_t i, Femtoseconds now) {
    auto& agent = agents_[i];
    while (const auto access = agent.master->next(now)) {
      issued(agent.gpu, *access, now);
      const auto extra = stream_.below(static_cast<std::uint64_t>(jitter_.value()) + 1);
      const auto latency = latency_ + Femtoseconds(static_cast<std::int64_t>(extra));
      if (access->op != AccessOp::read) events_.push({now + latency / 2, number_++, i, true, *access});
      events_.push({now + latency, number_++, i, false, *access});
    }
    const auto again = agent.master->next_time(now);
    FS_CHECK(again > now, "a master that has nothing to issue says it has");
    return again;
  }

  Femtoseconds latency_, jitter_;
  RandomStream stream_;
  std::vector<Agent> agents_;
  std::priority_queue<Event> events_;
  std::uint64_t number_ = 0;
};

}  // namespace fs
