// SPDX-License-Identifier: Apache-2.0
// What happened in a run that is worth a marker: a first error, a link that died, a deadlock.
#pragma once

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "common/quantity.hpp"

namespace fs {

struct EventMark {
  Femtoseconds time{0};
  std::string name;   ///< what: `link_down`, `deadlock`; lower case, no blanks, so that it can be named in an option
  std::string where;  ///< the thing it happened to, `gpu0.1-sw1.0`; may be empty
};

/// Names of events that farspan marks by itself.
namespace event_names {
constexpr const char* error = "error";              ///< the first transaction that ends with an error
constexpr const char* deadlock = "deadlock";        ///< nothing will ever move again
constexpr const char* livelock = "livelock";        ///< nothing was delivered for the watchdog's time
constexpr const char* invariant = "invariant";      ///< the simulator found itself wrong
constexpr const char* expectation = "expectation";  ///< an expectation failed: known at the end of the run
constexpr const char* failure = "failure";          ///< never marked: stands for the first of all these
}  // namespace event_names

/// Of one run. Marks are rare: nothing here is meant for what every flit does.
class EventBoard {
 public:
  using Listener = std::function<void(const EventMark&)>;

  /// Tells the listener at once, so call it at the simulated time that it speaks of.
  void mark_event(Femtoseconds time, std::string name, std::string where = {}) {
    if (marks_.size() >= most_marks) {
      ++untold_;
      return;
    }
    marks_.push_back({time, std::move(name), std::move(where)});
    if (listener_) listener_(marks_.back());
  }
  /// The one listener, in place of the one before; an empty function for none.
  void listen(Listener listener) { listener_ = std::move(listener); }

  /// In the order in which they were marked.
  const std::vector<EventMark>& marks() const { return marks_; }
  /// Marks beyond `most_marks`, which are counted only.
  std::uint64_t untold() const { return untold_; }

  static constexpr std::size_t most_marks = 100'000;

 private:
  std::vector<EventMark> marks_;
  std::uint64_t untold_ = 0;
  Listener listener_;
};

}  // namespace fs
