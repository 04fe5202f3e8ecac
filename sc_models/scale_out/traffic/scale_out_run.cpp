// SPDX-License-Identifier: Apache-2.0
#include "scale_out/traffic/scale_out_run.hpp"

#include <algorithm>

namespace fs {

bool ScaleOutRun::later(const Due& a, const Due& b) {
  if (a.time != b.time) return a.time > b.time;
  return a.of_class != b.of_class ? a.of_class > b.of_class : a.source > b.source;
}

ScaleOutRun::ScaleOutRun(const ScaleOutSpec& network, const NetRunSpec& run)
    : spec_(run), network_(network), bytes_before_(network_.graph().ports(), 0) {
  network_.report_to(*this);
  const NetGraph& graph = network_.graph();
  for (const auto& traffic : run.traffic) {
    std::vector<double> rates;
    for (const NodeId source : traffic.sources) {
      rates.push_back(static_cast<double>(graph.link_of(network_.nics().port_of(source)).rate.value()));
    }
    classes_.emplace_back(traffic, run, std::move(rates), network.seed);
  }
  for (std::uint32_t c = 0; c < classes_.size(); ++c) {
    const int each = classes_[c].closed_loop() ? classes_[c].spec().outstanding : 1;
    for (std::uint32_t s = 0; s < classes_[c].spec().sources.size(); ++s) {
      const Femtoseconds first = classes_[c].first_due(s);
      for (int i = 0; i < each; ++i) plan(c, s, first);
    }
  }
}

void ScaleOutRun::plan(std::uint32_t of_class, std::uint32_t source, Femtoseconds time) {
  due_.push_back({time, of_class, source});
  std::push_heap(due_.begin(), due_.end(), later);
}

void ScaleOutRun::post(std::uint32_t of_class, std::uint32_t source, Femtoseconds now) {
  NetTraffic& traffic = classes_[of_class];
  if (!traffic.may_post(source, now)) return;
  const NetTraffic::Post what = traffic.next(source);
  std::uint32_t id = static_cast<std::uint32_t>(posted_.size());
  if (posted_free_.empty()) {
    posted_.push_back({});
  } else {
    id = posted_free_.back();
    posted_free_.pop_back();
  }
  posted_[id] = {of_class, source, what.number, now};
  network_.post(NetMessage{id, what.source, what.target, traffic.spec().bytes, traffic.spec().priority}, now);
}

void ScaleOutRun::post_due(const Due& due) {
  NetTraffic& traffic = classes_[due.of_class];
  post(due.of_class, due.source, due.time);
  if (traffic.closed_loop()) return;  // the next one follows a delivery
  const Femtoseconds next = traffic.next_due(due.source, due.time);
  if (traffic.may_post(due.source, next)) plan(due.of_class, due.source, next);
}

void ScaleOutRun::delivered(std::uint64_t id, Femtoseconds time) {
  const Posted what = posted_[id];
  posted_free_.push_back(static_cast<std::uint32_t>(id));
  NetTraffic& traffic = classes_[what.of_class];
  traffic.delivered(what.source, what.time, time);
  const auto name = static_cast<std::uint64_t>(what.of_class) << 32U | what.number;
  digest_.add(traffic.spec().sources[what.source], name, time, Outcome::delivered);
  if (traffic.closed_loop()) post(what.of_class, what.source, time);
}

bool ScaleOutRun::finished() const {
  return std::all_of(classes_.begin(), classes_.end(), [](const NetTraffic& c) { return c.finished(); });
}

void ScaleOutRun::note_warm() {
  warm_ = true;
  for (std::uint32_t port = 0; port < network_.graph().ports(); ++port) {
    const auto id = static_cast<NetPortId>(port);
    bytes_before_[id] = network_.wires().counts[id].bytes;
  }
}

Femtoseconds ScaleOutRun::run(Femtoseconds end, const std::function<void(Femtoseconds)>& tell) {
  constexpr std::uint64_t tell_every = 1U << 18U;
  std::uint64_t told = network_.events();
  while (!finished() || network_.under_way() > 0) {
    const Femtoseconds post_time = due_.empty() ? Femtoseconds::max() : due_.front().time;
    const Femtoseconds next = std::min(network_.next_event(), post_time);
    if (!warm_ && next >= spec_.warmup) note_warm();
    if (next == Femtoseconds::max()) break;
    if (next > end) {
      network_.advance(end);
      now_ = end;
      break;
    }
    now_ = next;
    network_.advance(next);
    while (!due_.empty() && due_.front().time == next) {
      std::pop_heap(due_.begin(), due_.end(), later);
      const Due due = due_.back();
      due_.pop_back();
      post_due(due);
    }
    if (tell && network_.events() - told >= tell_every) {
      told = network_.events();
      tell(now_);
    }
  }
  network_.check_conservation();
  return now_;
}

}  // namespace fs
