// SPDX-License-Identifier: Apache-2.0
#include "tlm/chips/switch_chip.hpp"

#include <algorithm>

#include "common/check.hpp"
#include "link/layer/link_layer.hpp"
#include "switch/model/router/vc_router_core.hpp"

namespace fs::tlm {

namespace {
constexpr int few_flits = 6;                   ///< in a cycle: what they touch is near anyway ...
constexpr std::size_t near_packets = 1 << 12;  ///< ... and so it is in a fabric that holds no more than these
}  // namespace

SwitchChip::SwitchChip(const Config& config, std::unique_ptr<SwitchCore> core, PacketPool& packets, Inbox& inbox)
    : config_(config),
      core_(std::move(core)),
      packets_(&packets),
      inbox_(&inbox),
      out_(static_cast<std::size_t>(config.core.ports), nullptr),
      ready_((static_cast<std::size_t>(config.core.ports) + 63) / 64 + 3),
      tx_(static_cast<std::size_t>(config.core.ports)),
      shared_peers_(config.core.peer_shared_pool),
      places_(static_cast<std::size_t>(config.core.ports) * static_cast<std::size_t>(config.core.vcs)),
      pipeline_(config.clock.period() * config.core.pipeline_cycles()),
      body_pipeline_(config.core.vc_allocation == VcAllocation::before ? pipeline_ - config.clock.period() : pipeline_),
      pipeline_after_(config.clock.period() * (1 + config.core.output_pipeline)),
      router_(dynamic_cast<VcRouterCore<1>*>(core_.get())),
      wide_router_(dynamic_cast<VcRouterCore<2>*>(core_.get())) {
  const auto ports = static_cast<std::size_t>(config.core.ports);
  rx_credit_.resize(places_);
  if (shared_peers_) shared_credits_.assign(ports, SenderCredits(config.core.peer_reserve));
  stalled_outputs_.assign(ports, config.core.vcs);
  most_stall_below_ = *std::max_element(config.stall_below.begin(), config.stall_below.end());
  outputs_.resize(places_);
  stalls_.resize(places_);
  inputs_.resize(places_);
  freed_.assign(ports, -1);
  ready_at_.assign(ports, Channel::ask);
  owing_.resize((ports + 63) / 64);
  const bool shared = config.core.buffer == BufferKind::shared_pool;
  for (std::size_t i = 0; i < places_; ++i) {
    const std::size_t vc = i % static_cast<std::size_t>(config.core.vcs);
    inputs_[i].depth = shared ? config.core.pool_depth : config.core.depth[vc];
  }
}

void SwitchChip::add_fills(int fill) {
  constexpr int at_once = 16;
  fill_rows_ = (fill / at_once + 1) * at_once;
  fills_.resize(static_cast<std::size_t>(fill_rows_) * places_);
}

int SwitchChip::high_water(PortId port, VcId vc) const {
  auto most = static_cast<std::size_t>(fill_rows_);
  while (most > 0 && fills_[(most - 1) * places_ + place(port, vc)] == 0) --most;
  return static_cast<int>(most > 0 ? most - 1 : 0);
}

int SwitchChip::fill_percentile(PortId port, VcId vc, double q) const {
  std::uint64_t total = 0;
  for (std::size_t i = place(port, vc); i < fills_.size(); i += places_) total += fills_[i];
  const auto rank = static_cast<std::uint64_t>(q * static_cast<double>(total));
  std::uint64_t seen = 0;
  for (std::size_t i = place(port, vc); i < fills_.size(); i += places_) {
    seen += fills_[i];
    if (seen > rank) return static_cast<int>(i / places_);
  }
  return high_water(port, vc);
}

void SwitchChip::connect(PortId port, Channel& out) {
  out_[index(port)] = &out;
  ready_[index(port) >> 6] |= 1ULL << (index(port) & 63);
  if (!out.always_ready()) slow_ports_.push_back(static_cast<int>(index(port)));
  out.tell_ready(ready_at_[index(port)]);
  credit_messages_ = credit_messages_ || out.config().credits.message > Bytes(0);
  fusible_ = fusible_ && slow_ports_.empty() && !credit_messages_ && !shared_peers_;
}

/// Of [from, to), how long an output VC had too few credits.
Cycles SwitchChip::stalled(std::size_t output, Cycles from, Cycles to) const {
  const Output& o = outputs_[output];
  Cycles sum{0};
  if (o.stalled) sum += std::max(Cycles(0), to - std::max(o.changed, from));
  if (!o.stalled && o.changed <= from) return sum;
  const Stalls& past = stalls_[output];
  for (int i = 0; i < Stalls::kept; ++i) {
    const auto& interval = past.intervals[(past.newest + Stalls::kept - i) % Stalls::kept];
    if (interval.end <= from) break;
    sum += std::max(Cycles(0), std::min(interval.end, to) - std::max(interval.begin, from));
  }
  return sum;
}

[[gnu::noinline]] void SwitchChip::end_stall(std::size_t output, Cycles now) {
  Output& o = outputs_[output];
  Stalls& past = stalls_[output];
  past.newest = (past.newest + 1) % Stalls::kept;
  past.intervals[past.newest] = {o.changed, now};
  past.total += now - o.changed;
  o.changed = now;
  o.stalled = false;
}

void SwitchChip::watch_all_stalls(PortId port, Cycles now) {
  const SenderCredits& credits = shared_credits_[index(port)];
  for (int v = 0; v < config_.core.vcs; ++v) {
    const auto vc = static_cast<VcId>(v);
    Output& output = outputs_[place(port, vc)];
    const bool too_few = credits.available(vc) < stall_below(vc);
    if (too_few == output.stalled) continue;
    stalled_outputs_[index(port)] += too_few ? 1 : -1;
    if (too_few) {
      begin_stall(output, now);
    } else {
      end_stall(place(port, vc), now);
    }
  }
}

void SwitchChip::take_arrivals(const Inbox::Slot& slot, Cycles now) {
  for (const auto& arrival : slot.flits) {
    const std::size_t p = place(arrival.port, arrival.vc);
    Input& input = inputs_[p];
    const int held = ++input.held;
    FS_CHECK(held <= input.depth, config_.name + ": port " + std::to_string(index(arrival.port)) + " VC " +
                                      std::to_string(index(arrival.vc)) + ": a flit arrived without credit");
    count_fill(p, held);
  }
  for (const auto& pulse : slot.credits) {
    if (shared_peers_) {
      shared_credits_[index(pulse.port)].pulse(pulse.vc);
      watch_stalls(pulse.port, now);
    } else {
      const std::size_t p = place(pulse.port, pulse.vc);
      if (++outputs_[p].credits == stall_below(pulse.vc)) end_stall(p, now);
    }
  }
}

int SwitchChip::credits_total(PortId port) const {
  if (shared_peers_) return shared_credits_[index(port)].total();
  int sum = 0;
  for (int vc = 0; vc < config_.core.vcs; ++vc) sum += credits(port, static_cast<VcId>(vc));
  return sum;
}

[[gnu::always_inline]] inline void SwitchChip::use_credit(const PortFlit& flit, std::size_t output, Cycles now) {
  if (shared_peers_) {
    shared_credits_[index(flit.port)].use(flit.vc, 1);
    watch_stalls(flit.port, now);
  } else if (outputs_[output].credits-- == stall_below(flit.vc)) {
    begin_stall(outputs_[output], now);
  }
}

void SwitchChip::update_ready(Cycles now) {
  const Femtoseconds time = config_.clock.edge(now);
  for (const int port : slow_ports_) {
    const std::uint64_t bit = 1ULL << (port & 63);
    std::uint64_t& word = ready_[static_cast<std::size_t>(port) >> 6];
    const Femtoseconds from = ready_at_[static_cast<std::size_t>(port)];
    bool ready = from <= time;
    if (__builtin_expect(from == Channel::ask, 0)) ready = out_[static_cast<std::size_t>(port)]->ready(now);
    word = ready ? word | bit : word & ~bit;
  }
}

[[gnu::noinline]] void SwitchChip::book_wait(Packet& packet, std::size_t output, const Channel& out, Cycles now,
                                             Femtoseconds waited) {
  FS_CHECK(waited > Femtoseconds(0), config_.name + ": a flit left before its pipeline's end");
  const Cycles to = now - Cycles(1 + config_.core.output_pipeline);
  const Cycles cycles(waited / config_.clock.period());
  Cycles retried{0};
  if (out.ever_held_back()) {
    retried = std::min(cycles, out.layer()->retrying(to - cycles, to));
    packet.ledger.add(Cause::retry, config_.clock.period() * retried.value());
  }
  const Cycles without = std::min(cycles - retried, stalled(output, to - cycles, to));
  packet.ledger.add(Cause::credit_stall, config_.clock.period() * without.value());
  packet.ledger.add(Cause::allocation, config_.clock.period() * (cycles - retried - without).value());
}

void SwitchChip::flush_credits(Cycles now) {
  credit_deadline_ = Cycles::max();
  for (std::size_t w = 0; w < owing_.size(); ++w) {
    for (std::uint64_t ports = owing_[w]; ports != 0; ports &= ports - 1) {
      const Cycles deadline = out_[64 * w + static_cast<std::size_t>(lowest_bit(ports))]->flush_credits(now);
      if (deadline == Cycles::max()) owing_[w] &= ~(ports & -ports);
      credit_deadline_ = std::min(credit_deadline_, deadline);
    }
  }
}

SwitchTrouble& SwitchChip::expect_trouble(int number, SwitchLosses& losses) {
  fusible_ = false;
  if (trouble_ == nullptr) {
    const int pool = config_.core.buffer == BufferKind::shared_pool ? config_.core.pool_depth : 0;
    trouble_ =
        std::make_unique<SwitchTrouble>(number, config_.core.ports, config_.core.vcs, config_.core.depth, pool, losses);
  }
  return *trouble_;
}

void SwitchChip::filter_arrivals(Inbox::Slot& slot, Cycles now) {
  trouble_->filter(
      slot, [this](std::size_t p) { return inputs_[p].held; }, now);
  if (trouble_->dead()) slot.clear();
}

void SwitchChip::freeze(PortId port, bool frozen) {
  trouble_->freeze(static_cast<int>(index(port)), frozen);
  if (!frozen && out_[index(port)] != nullptr) ready_[index(port) >> 6] |= 1ULL << (index(port) & 63);
}

SwitchChip::Death SwitchChip::die(Cycles now) {
  Death death;
  death.flits = flits_inside();
  core_->reset();
  for (std::size_t i = 0; i < inputs_.size(); ++i) {
    death.slots.push_back(inputs_[i].held + trouble_->owed_tails(i));
    inputs_[i].held = 0;
  }
  death.tails = trouble_->die();
  for (Output& output : outputs_) {
    output.credits = 0;
    if (!output.stalled) begin_stall(output, now);
  }
  stalled_outputs_.assign(stalled_outputs_.size(), config_.core.vcs);
  if (shared_peers_) shared_credits_.assign(shared_credits_.size(), SenderCredits(config_.core.peer_reserve));
  return death;
}

[[gnu::flatten]] Cycles SwitchChip::step(Cycles now) {
  if (fusible_ && router_ != nullptr) return step_fused(*router_, now);
  if (fusible_ && wide_router_ != nullptr) return step_fused(*wide_router_, now);
  return step_apart(now);
}

[[gnu::always_inline]] inline CoreInputs SwitchChip::pins_of(const Inbox::Slot& slot) const {
  CoreInputs in;
  in.rx = slot.flits.data();
  in.rx_count = static_cast<int>(slot.flits.size());
  in.tx_credit = slot.credits.data();
  in.tx_credit_count = static_cast<int>(slot.credits.size());
  in.tx_ready = ready_.data();
  return in;
}

[[gnu::noinline]] Cycles SwitchChip::step_apart(Cycles now) {
  // 1. What reached the pins.
  Inbox::Slot& slot = inbox_->take(now);
  if (trouble_ != nullptr) {
    filter_arrivals(slot, now);
    if (trouble_->dead()) return Cycles::max();
  }
  take_arrivals(slot, now);
  if (!slow_ports_.empty()) update_ready(now);
  if (trouble_ != nullptr && trouble_->any_frozen()) trouble_->mask(ready_.data());
  // 2. The core's edge.
  const CoreInputs in = pins_of(slot);
  CoreOutputs out;
  out.tx = tx_.data();
  out.rx_credit = rx_credit_.data();
  Cycles next = core_->step(now, in, out);
  inbox_->done(slot);
  // 3. Freed slots: their credits travel on the opposite channel.
  constexpr int ahead = 6;
  for (int i = 0; i < out.rx_credit_count; ++i) {
    if (i + ahead < out.rx_credit_count) {
      out_[index(rx_credit_[static_cast<std::size_t>(i + ahead)].port)]->prefetch_waiting_credit();
    }
    const CreditPulse pulse = rx_credit_[static_cast<std::size_t>(i)];
    --inputs_[place(pulse.port, pulse.vc)].held;
    out_[index(pulse.port)]->return_credit(pulse.vc, now);
    owing_[index(pulse.port) >> 6] |= 1ULL << (index(pulse.port) & 63);
  }
  if (trouble_ != nullptr) {
    for (int i = 0; i < out.tx_count; ++i) {
      const Flit& flit = tx_[static_cast<std::size_t>(i)].flit;
      if (flit.tail()) trouble_->left(flit.handle);
    }
    if (trouble_->owes_tails()) next = std::min(next, now + Cycles(1));
  }
  // 4. Flits to their channels.
  send(out.tx, out.tx_count, now);
  // 5. Credit messages whose time has come.
  if (credit_messages_ && (out.rx_credit_count > 0 || credit_deadline_ <= now)) flush_credits(now);
  if (credit_deadline_ != Cycles::max()) next = std::min(next, std::max(credit_deadline_, now + Cycles(1)));
  return next;
}

/// Packets and channels lie scattered in memory.
[[gnu::always_inline]] inline void SwitchChip::prefetch(const PortFlit& flit) const {
  packets_->prefetch(flit.flit.handle);
  if (slow_ports_.empty()) {
    out_[index(flit.port)]->prefetch_flit();
  } else {
    out_[index(flit.port)]->prefetch_timed_flit();
  }
  __builtin_prefetch(&outputs_[place(flit.port, flit.vc)], 1);
}

/// A tail settles its packet's account.
[[gnu::always_inline]] inline void SwitchChip::send(const PortFlit* flits, int count, Cycles now) {
  constexpr int ahead = 6;
  const bool many = count > few_flits && packets_->in_use() > near_packets;
  const bool layered = many && !slow_ports_.empty();
  for (int i = 0; many && i < std::min(ahead, count); ++i) prefetch(flits[i]);
  const Femtoseconds time = config_.clock.edge(now);
  FlitDrain* drained = nullptr;
  for (int i = 0; i < count; ++i) {
    const PortFlit& flit = flits[i];
    if (many && i + ahead < count) prefetch(flits[i + ahead]);
    if (layered && i + ahead / 2 < count) out_[index(flits[i + ahead / 2].port)]->prefetch_layer();
    Channel& out = *out_[index(flit.port)];
    const std::size_t output = place(flit.port, flit.vc);
    Packet* tail = nullptr;
    if (flit.flit.tail()) {
      tail = &(*packets_)[flit.flit.handle];
      book(*tail, output, out, now, time);
    }
    use_credit(flit, output, now);
    FlitDrain* drain = out.send(flit.flit, tail, flit.vc, now);
    if (drain == nullptr) continue;
    if (__builtin_expect(drained != nullptr && drained != drain, 0)) drained->settle();
    drained = drain;
  }
  if (drained != nullptr) drained->settle();
  flit_hops_ += static_cast<std::uint64_t>(count);
}

/// The steps of step_apart(), where nothing but private buffers and wires that are always ready is about.
template <class Core>
[[gnu::always_inline]] inline Cycles SwitchChip::step_fused(Core& core, Cycles now) {
  struct Shell {
    SwitchChip* chip;
    Cycles now;
    std::size_t vcs;
    std::size_t place(int port, int vc) const {
      return static_cast<std::size_t>(port) * vcs + static_cast<std::size_t>(vc);
    }
    void offered(int port) { chip->out_[static_cast<std::size_t>(port)]->prefetch_credit(); }
    std::int64_t mark(int vc) const { return now.value() << 8 | vc; }
    void arrived(int port, int vc, int fill) {
      // On the pins, a slot freed at this edge is still full.
      const int full = fill + static_cast<int>(chip->freed_[static_cast<std::size_t>(port)] == mark(vc));
      chip->count_fill(place(port, vc), full);
    }
    void freed(int port, int vc) {
      chip->freed_[static_cast<std::size_t>(port)] = mark(vc);
      chip->out_[static_cast<std::size_t>(port)]->return_credit(static_cast<VcId>(vc), now);
    }
    void credit(int port, int vc) {
      const std::size_t output = place(port, vc);
      if (++chip->outputs_[output].credits == chip->stall_below(static_cast<VcId>(vc))) chip->end_stall(output, now);
    }
  } shell{this, now, static_cast<std::size_t>(config_.core.vcs)};
  Inbox::Slot& slot = inbox_->take(now);
  const CoreInputs in = pins_of(slot);
  if (in.rx_count > few_flits && packets_->in_use() > near_packets) {
    for (const PortFlit& flit : slot.flits) core.prefetch(flit.port, flit.vc);
  }
  PortFlit* tx = nullptr;
  int tx_count = 0;
  const Cycles next = core.template step_for<true>(now, in, tx, tx_count, shell);
  inbox_->done(slot);
  send(tx, tx_count, now);
  return next;
}

}  // namespace fs::tlm
