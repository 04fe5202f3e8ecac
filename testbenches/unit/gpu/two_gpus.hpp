// SPDX-License-Identifier: Apache-2.0
// Two GPUs joined back to back by direct channels: an ideal loop for tests of everything but the switches.
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <utility>
#include <vector>

#include "gpu/gpu_core.hpp"
#include "gpu/memory/hbm.hpp"
#include "gpu/order_monitor.hpp"
#include "link/wake_wheel.hpp"

namespace fs::test {

/// 64-byte flits at 1 GHz, request and response classes, 64 GB/s a link, 5 ns of wire.
inline Profile small_profile() {
  Profile p;
  p.name = "test";
  p.core_clock = Clock(picoseconds(1000));
  p.lanes.line_rate = BitsPerSecond(512'000'000'000);
  p.lanes.phy_latency = nanoseconds(2);
  p.order = Order::region;
  p.classes = {{"request", 1, 16}, {"response", 1, 16}};
  return p;
}

/// Round numbers: 10 ns in, 5 ns at the target, 7 ns out.
inline GpuConfig small_gpu() {
  GpuConfig c;
  c.request_latency = nanoseconds(10);
  c.target_latency = nanoseconds(5);
  c.response_latency = nanoseconds(7);
  c.hbm.size = Bytes(1 << 20);
  c.hbm.l2.size = Bytes(1 << 16);
  c.hbm.l2.latency = nanoseconds(20);
  c.hbm.latency = nanoseconds(100);
  return c;
}

/// Keeps what finished, and feeds the monitor.
class Log : public DeliveryObserver, public OperationSink {
 public:
  explicit Log(OrderMonitor& monitor) : monitor_(&monitor) {}
  struct Done {
    std::uint64_t cookie;
    OperationStatus status;
    Femtoseconds time;
  };
  std::vector<Done> done;
  std::vector<Transaction> transactions;
  std::vector<Packet> packets;
  std::vector<std::uint64_t> visible;
  int resent = 0;
  int ghosts = 0;
  int mistakable = 0;
  std::vector<OperationStatus> lost;
  int rooms = 0;
  std::function<void(const Operation&)> on_done = [](const Operation&) {};
  std::function<void()> on_room = [] {};

  void packet_delivered(const Packet& p, Femtoseconds) override {
    packets.push_back(p);
    monitor_->delivered(p);
  }
  void packet_lost(const Packet&, OperationStatus loss, Femtoseconds) override { lost.push_back(loss); }
  void transaction_resent(const Transaction&, Femtoseconds) override { ++resent; }
  void ghost_met(const Transaction& t, Femtoseconds) override {
    ++ghosts;
    mistakable += t.mistakable ? 1 : 0;
  }
  void transaction_done(const Transaction& t, Femtoseconds) override { transactions.push_back(t); }
  void data_visible(const Transaction& t, Femtoseconds) override { visible.push_back(t.message); }
  void operation_done(const OperationRecord&, Femtoseconds) override {}
  void operation_done(const Operation& operation, OperationStatus status, Femtoseconds now) override {
    done.push_back({operation.cookie, status, now});
    on_done(operation);
  }
  void room_freed(int, Femtoseconds) override {
    ++rooms;
    on_room();
  }

 private:
  OrderMonitor* monitor_;
};

/// The HBM behind a valve: closed, it refuses until memory_ready(); slow, it answers later.
class Valve : public MemoryPort {
 public:
  explicit Valve(Hbm& hbm) : hbm_(&hbm) {}
  bool closed = false;
  bool slow = false;
  std::vector<MemoryAccess> taken;

  MemoryAnswer access(MemoryAccess& access, Femtoseconds now) override {
    if (closed) {
      access.time = Femtoseconds::max();
      return MemoryAnswer::refused;
    }
    const MemoryAnswer answer = perform(*hbm_, access, now);
    if (answer != MemoryAnswer::refused) taken.push_back(access);
    return slow && answer == MemoryAnswer::done_at ? MemoryAnswer::later : answer;
  }

 private:
  Hbm* hbm_;
};

class TwoGpus {
 public:
  explicit TwoGpus(const Profile& profile = small_profile(), const GpuConfig& config = small_gpu(), int links = 2,
                   bool sleep = false)
      : sleep_(sleep), monitor_(profile.order, pools_), log(monitor_) {
    context_.profile = profile;
    context_.map = AddressMap(2, config.hbm.size);
    context_.packets = &packets_;
    context_.pools = &pools_;
    context_.observer = &log;
    context_.lossy = profile.recovery.retries > 0 || profile.name == "lossy";
    const ChannelConfig wire = make_channel_config(profile, nanoseconds(5), 0);
    for (int g = 0; g < 2; ++g) inboxes_[g] = std::make_unique<Inbox>(wheel_, g, 256);
    for (int g = 0; g < 2; ++g) {
      for (int l = 0; l < links; ++l) {
        channels_[g].push_back(std::make_unique<Channel>(wire, packets_, *inboxes_[1 - g], static_cast<PortId>(l)));
      }
    }
    for (int g = 0; g < 2; ++g) build(g, config, links);
  }

  GpuCore& gpu(int g) { return *cores_[g]; }
  Hbm& hbm(int g) { return *hbms_[g]; }
  Valve& valve(int g) { return *memories_[g]; }
  Cycles now() const { return now_; }
  Femtoseconds time() const { return context_.profile.core_clock.edge(now_); }
  std::uint64_t address(int g, std::uint64_t offset) const {
    return context_.map.global(static_cast<NodeId>(g), offset);
  }
  /// What becomes of a flit on its way to GPU `g`.
  enum class Fate { arrives, poisoned, wrong, lost, late };
  /// Asked for every flit when it should arrive; single-flit packets only may be lost or late.
  std::function<Fate(int g, const Packet&)> fate;
  /// Late flits arrive when this is called.
  void let_go() {
    for (auto& [g, flit] : held_) {
      Packet& packet = packets_[flit.flit.handle];
      const Femtoseconds arrival = context_.profile.core_clock.edge(now_ + Cycles(1));
      packet.ledger.add(Cause::propagation, arrival - packet.mark);
      packet.mark = arrival;
      inboxes_[g]->put_flit(now_ + Cycles(1), flit);
    }
    held_.clear();
    fate = nullptr;
  }
  TransactionPools& pools() { return pools_; }
  PacketPool& packets() { return packets_; }
  std::uint64_t steps() const { return steps_; }

  void submit(int g, const Operation& operation) { gpu(g).submit(0, operation, time()); }
  /// Runs until both are idle, at most `limit` cycles more. True when idle.
  bool run(std::int64_t limit = 20000) {
    for (std::int64_t i = 0; i < limit; ++i) {
      if (gpu(0).idle() && gpu(1).idle() && packets_.in_use() == 0) return true;
      cycle();
    }
    return false;
  }
  void cycle() {
    now_ += Cycles(1);
    std::uint64_t awake = 0;
    wheel_.take(now_, &awake);
    for (int g = 0; g < 2; ++g) {
      if (sleep_ && (awake >> g & 1) == 0) continue;
      ++steps_;
      Inbox::Slot& slot = inboxes_[g]->take(now_);
      if (fate) decide(g, slot);
      const Cycles next = cores_[g]->step(now_, slot);
      slot.clear();
      if (next != Cycles::max()) wheel_.wake(g, next);
    }
  }

 private:
  void decide(int g, Inbox::Slot& slot) {
    Inbox::Batch<PortFlit> left;
    for (PortFlit flit : slot.flits) {
      Packet& packet = packets_[flit.flit.handle];
      switch (fate(g, packet)) {
        case Fate::poisoned:
          flit.flit.flags |= Flit::poison_flag;
          left.push_back(flit);
          break;
        case Fate::wrong:
          packet.wrong = true;
          [[fallthrough]];
        case Fate::arrives:
          left.push_back(flit);
          break;
        case Fate::lost:
          inboxes_[1 - g]->put_credit(now_ + Cycles(1), {flit.port, flit.vc});
          end_journey(pools_, packet.transaction, OperationStatus::link_lost);
          packets_.release(flit.flit.handle);
          break;
        case Fate::late:
          held_.push_back({g, flit});
          break;
      }
    }
    slot.flits = std::move(left);
  }

  struct Waker : StepRequest {
    void step_at(Cycles cycle) override { wheel->wake(chip, cycle); }
    WakeWheel* wheel = nullptr;
    int chip = 0;
  };

  void build(int g, const GpuConfig& config, int links) {
    const Profile& profile = context_.profile;
    for (int l = 0; l < links; ++l) {
      GpuPortConfig port;
      port.node = static_cast<NodeId>(g);
      port.link = static_cast<std::uint16_t>(l);
      port.port = static_cast<PortId>(l);
      port.vcs = static_cast<int>(profile.classes.size());
      for (int c = 0; c < port.vcs; ++c) {
        port.classes.push_back({c, 1});
        port.drained.push_back(profile.classes[static_cast<std::size_t>(c)].name == "response");
        port.depth.push_back(static_cast<int>(profile.classes[static_cast<std::size_t>(c)].reserve));
        channels_[g][static_cast<std::size_t>(l)]->advertise(static_cast<VcId>(c), port.depth.back(), Cycles(1));
      }
      ports_[g].emplace_back(port, packets_, *channels_[g][static_cast<std::size_t>(l)]);
    }
    hbms_[g] = std::make_unique<Hbm>(config.hbm);
    memories_[g] = std::make_unique<Valve>(*hbms_[g]);
    GpuSetup setup;
    setup.node = static_cast<NodeId>(g);
    setup.name = "gpu" + std::to_string(g);
    setup.config = config;
    cores_[g] = std::make_unique<GpuCore>(context_, setup, ports_[g], *memories_[g]);
    cores_[g]->add_socket(log);
    wakers_[g].wheel = &wheel_;
    wakers_[g].chip = g;
    cores_[g]->set_step_request(wakers_[g]);
  }

  std::vector<std::pair<int, PortFlit>> held_;
  bool sleep_;
  WakeWheel wheel_{2};
  Cycles now_{0};
  std::uint64_t steps_ = 0;
  GpuContext context_;
  PacketPool packets_;
  TransactionPools pools_;
  OrderMonitor monitor_;
  std::array<std::unique_ptr<Inbox>, 2> inboxes_;
  std::array<std::vector<std::unique_ptr<Channel>>, 2> channels_;
  std::array<std::vector<GpuPort>, 2> ports_;
  std::array<std::unique_ptr<Hbm>, 2> hbms_;
  std::array<std::unique_ptr<Valve>, 2> memories_;
  std::array<std::unique_ptr<GpuCore>, 2> cores_;
  std::array<Waker, 2> wakers_;

 public:
  Log log;
};

inline Operation make_operation(OperationKind kind, std::uint64_t address, std::uint8_t* data, std::uint32_t bytes,
                                std::uint64_t cookie = 0) {
  Operation o;
  o.kind = kind;
  o.address = address;
  o.data = data;
  o.bytes = bytes;
  o.cookie = cookie;
  return o;
}

}  // namespace fs::test
