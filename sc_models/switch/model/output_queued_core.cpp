// SPDX-License-Identifier: Apache-2.0
#include "switch/model/output_queued_core.hpp"

#include <algorithm>

namespace fs {

namespace {

template <class Id>
int number(Id id) {
  return static_cast<int>(index(id));
}

}  // namespace

OutputQueuedCore::OutputQueuedCore(const SwitchConfig& config)
    : config_(config),
      inputs_(config),
      outputs_(config),
      routes_(config.ports, config.vcs, config.classes, config.destinations, config.name),
      pulses_(config.ports, config.vcs, true),
      input_pipeline_(config.ports, config.input_pipeline),
      output_pipeline_(config.ports, config.output_pipeline + 1) {
  const auto ports = static_cast<std::size_t>(config.ports);
  const auto classes = static_cast<std::size_t>(config.classes);
  queues_.resize(ports * static_cast<std::size_t>(config.vcs));
  favourite_.resize(ports);
  tails_.resize(inputs_.queue_count());
  spray_.resize(ports * classes);
  queued_.resize(ports * classes);
}

void OutputQueuedCore::reset() {
  inputs_.reset();
  outputs_.reset();
  pulses_.reset();
  input_pipeline_.reset();
  output_pipeline_.reset();
  for (auto& q : queues_) q = OutputVc();
  favourite_.assign(favourite_.size(), 0);
  tails_.assign(tails_.size(), 0);
  spray_.assign(spray_.size(), 0);
  queued_.assign(queued_.size(), 0);
  flits_ = requests_ = grants_ = 0;
}

int OutputQueuedCore::choose_output(const Flit& head, int input, const RouteTable::Row& row) {
  const auto& outputs = routes_.outputs(row);
  const auto classes = static_cast<std::size_t>(config_.classes);
  switch (row.choice) {
    case RouteTable::Choice::none:
    case RouteTable::Choice::single:
      return row.output;
    case RouteTable::Choice::hashed:
      return outputs[RouteTable::hashed(head.hash_key, outputs.size())];
    case RouteTable::Choice::sprayed:
      return RouteTable::sprayed(outputs, spray_[static_cast<std::size_t>(input) * classes + index(head.cls)],
                                 config_.ports);
    case RouteTable::Choice::adaptive:
      break;
  }
  return RouteTable::least(outputs, head.hash_key, [&](int o) {
    std::uint32_t occupancy = queued_[static_cast<std::size_t>(o) * classes + index(head.cls)];
    routes_.vcs(row.vcs).for_each([&](int v) { occupancy += outputs_.outstanding(o, v); });
    return occupancy;
  });
}

void OutputQueuedCore::require(bool condition, const PortFlit& rx, std::int64_t cycle, const char* what) const {
  if (condition) return;
  throw InvariantError("switch " + config_.name + ", port " + std::to_string(index(rx.port)) + ", VC " +
                       std::to_string(index(rx.vc)) + ", cycle " + std::to_string(cycle) + ": " + what);
}

void OutputQueuedCore::admit(const PortFlit& rx, std::int64_t cycle) {
  require(number(rx.vc) < config_.vcs, rx, cycle, "no such VC");
  require(inputs_.take_space(inputs_.unit(number(rx.port)), number(rx.vc)), rx, cycle,
          "input buffer overrun: the sender had no credit");
}

void OutputQueuedCore::enqueue(const PortFlit& rx, std::int64_t cycle) {
  if (config_.input_pipeline == 0) admit(rx, cycle);
  const int i = number(rx.port);
  const int v = number(rx.vc);
  auto& unit = inputs_.unit(i);
  auto& arriving = unit.arriving[static_cast<std::size_t>(v)];
  std::uint8_t vcs = 0;
  if (rx.flit.head()) {
    require(arriving == Inputs::no_output, rx, cycle, "a head before the last packet's tail");
    const auto& row = routes_.row(rx.flit);
    vcs = row.vcs;
    arriving = static_cast<std::uint16_t>(choose_output(rx.flit, i, row));
    const auto& mask = routes_.vcs(vcs);
    const int output_vc = mask.test(v) ? v : mask.lowest();
    queue(arriving, output_vc).packets.push({static_cast<std::uint16_t>(i), static_cast<std::uint8_t>(v)});
  }
  require(arriving != Inputs::no_output, rx, cycle, "a body flit without a head");
  const int o = arriving;
  const int q = inputs_.queue_of(v, o);
  inputs_.push(unit, unit.queues[q], rx.flit, o, vcs);
  ++queued_[static_cast<std::size_t>(o) * static_cast<std::size_t>(config_.classes) + index(rx.flit.cls)];
  ++flits_;
  if (rx.flit.tail()) {
    ++tails_[inputs_.queue_index(i, q)];
    arriving = Inputs::no_output;
  }
}

bool OutputQueuedCore::may_go(int output, int vc) const {
  const OutputVc& q = queue(output, vc);
  if (q.packets.empty()) return false;
  const Owner owner = q.packets.front();
  const auto& unit = inputs_.unit(owner.input);
  const int voq = inputs_.queue_of(owner.vc, output);
  const auto& flits = unit.queues[voq];
  if (flits.empty()) return false;
  const auto& u = outputs_.unit(output);
  if (q.started) return u.covered.test(vc) || u.some.test(vc);
  if (config_.switching == Switching::store_and_forward && tails_[inputs_.queue_index(owner.input, voq)] == 0) {
    return false;
  }
  return outputs_.head_may_go(u, vc, unit.slots[flits.head].flit);
}

void OutputQueuedCore::send(int output, int vc, std::int64_t cycle, CoreOutputs& out) {
  OutputVc& q = queue(output, vc);
  const Owner owner = q.packets.front();
  auto& unit = inputs_.unit(owner.input);
  const int voq = inputs_.queue_of(owner.vc, output);
  auto& flits = unit.queues[voq];
  const Flit flit = unit.slots[flits.head].flit;
  output_pipeline_.push(cycle + config_.output_pipeline) = {flit, static_cast<PortId>(output), static_cast<VcId>(vc)};
  outputs_.spend(outputs_.unit(output), vc, flit);
  inputs_.pop(unit, owner.vc, flits);
  pulses_.freed(owner.input, owner.vc, out);
  --queued_[static_cast<std::size_t>(output) * static_cast<std::size_t>(config_.classes) + index(flit.cls)];
  --flits_;
  ++grants_;
  q.started = !flit.tail();
  if (flit.tail()) {
    q.packets.pop();
    --tails_[inputs_.queue_index(owner.input, voq)];
  }
  favourite_[static_cast<std::size_t>(output)] = vc + 1 == config_.vcs ? 0 : vc + 1;
}

Cycles OutputQueuedCore::step(Cycles cycle, const CoreInputs& in, CoreOutputs& out) {
  const std::int64_t now = cycle.value();
  out.tx_count = 0;
  out.rx_credit_count = 0;
  bool active = in.rx_count > 0 || in.tx_credit_count > 0;
  entering_.clear();
  if (config_.input_pipeline == 0) {
    entering_.assign(in.rx, in.rx + in.rx_count);
  } else {
    for (int k = 0; k < in.rx_count; ++k) {
      admit(in.rx[k], now);
      input_pipeline_.push(now + config_.input_pipeline) = in.rx[k];
    }
    input_pipeline_.take_due(now, [&](const PortFlit& flit) { entering_.push_back(flit); });
  }
  std::sort(entering_.begin(), entering_.end(), [](const PortFlit& a, const PortFlit& b) { return a.port < b.port; });

  for (int o = 0; flits_ > 0 && o < config_.ports; ++o) {
    const bool ready = in.tx_ready == nullptr || ((in.tx_ready[o / 64] >> (o % 64)) & 1U);
    for (int k = 0, v = favourite_[static_cast<std::size_t>(o)]; k < config_.vcs;
         ++k, v = v + 1 == config_.vcs ? 0 : v + 1) {
      if (!may_go(o, v)) continue;
      active = true;
      requests_ += ready;
      if (ready) send(o, v, now, out);
      break;
    }
  }
  output_pipeline_.take_due(now, [&](const PortFlit& flit) { out.tx[out.tx_count++] = flit; });
  pulses_.advance(out);
  for (int k = 0; k < in.tx_credit_count; ++k) outputs_.pulse(number(in.tx_credit[k].port), number(in.tx_credit[k].vc));
  for (const auto& rx : entering_) enqueue(rx, now);

  active = active || !entering_.empty();
  if (pulses_.pending() || (flits_ > 0 && active)) return Cycles(now + 1);
  return Cycles(std::min(output_pipeline_.next_due(), input_pipeline_.next_due()));
}

CoreCounts OutputQueuedCore::counts() const {
  return {flits_ + input_pipeline_.size() + output_pipeline_.size(), requests_, grants_};
}
int OutputQueuedCore::occupancy(PortId port, VcId vc) const { return inputs_.used(number(port), number(vc)); }
int OutputQueuedCore::credits(PortId port, VcId vc) const { return outputs_.credits(number(port), number(vc)); }

std::vector<HeadWait> OutputQueuedCore::waiting() const {
  std::vector<HeadWait> waits;
  for (int o = 0; o < config_.ports; ++o) {
    for (int v = 0; v < config_.vcs; ++v) {
      for (std::size_t k = 0; k < queue(o, v).packets.size(); ++k) {
        HeadWait wait;
        wait.input = queue(o, v).packets[k].input;
        wait.vc = queue(o, v).packets[k].vc;
        wait.output = o;
        wait.output_vc = v;
        waits.push_back(wait);
      }
    }
  }
  return waits;
}

}  // namespace fs
