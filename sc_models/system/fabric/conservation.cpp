// SPDX-License-Identifier: Apache-2.0
#include "system/fabric/conservation.hpp"

#include <algorithm>
#include <numeric>

#include "common/check.hpp"
#include "link/layer/link_layer.hpp"
#include "system/fabric/memory_system.hpp"
#include "system/faults/fault_desk.hpp"
#include "system/sites/site_carrier.hpp"
#include "tlm/carrier_module.hpp"

namespace fs {
namespace {

/// Flits and credits still in one inbox, by port and VC.
class InboxCensus {
 public:
  InboxCensus(const Inbox& inbox, int vcs) : vcs_(vcs) {
    inbox.for_each([this](const Inbox::Slot& slot) {
      for (const auto& f : slot.flits) ++at(flits_, f.port, f.vc);
      for (const auto& c : slot.credits) ++at(credits_, c.port, c.vc);
    });
  }
  int flits(std::size_t port, VcId vc) const { return read(flits_, port, vc); }
  int credits(std::size_t port, VcId vc) const { return read(credits_, port, vc); }
  std::uint64_t all_flits() const {
    std::uint64_t sum = 0;
    for (const int n : flits_) sum += static_cast<std::uint64_t>(n);
    return sum;
  }

 private:
  std::size_t place(std::size_t port, VcId vc) const { return port * static_cast<std::size_t>(vcs_) + index(vc); }
  int& at(std::vector<int>& counts, PortId port, VcId vc) const {
    const std::size_t i = place(index(port), vc);
    if (i >= counts.size()) counts.resize(i + 1);
    return counts[i];
  }
  int read(const std::vector<int>& counts, std::size_t port, VcId vc) const {
    const std::size_t i = place(port, vc);
    return i < counts.size() ? counts[i] : 0;
  }
  int vcs_;
  std::vector<int> flits_;
  std::vector<int> credits_;
};

/// What is in all inboxes, found by link end.
class Census {
 public:
  explicit Census(const RunningFabric& fabric) : fabric_(fabric) {
    for (std::size_t i = 0; i < fabric.inbox_count(); ++i) {
      inboxes_.emplace_back(fabric.inbox(i), fabric.plan().routes.plan().vcs());
    }
  }
  int flits(LinkEnd end, VcId vc) const { return inbox(end).flits(port(end), vc); }
  int credits(LinkEnd end, VcId vc) const { return inbox(end).credits(port(end), vc); }
  std::uint64_t all_flits() const {
    std::uint64_t sum = 0;
    for (const auto& inbox : inboxes_) sum += inbox.all_flits();
    return sum;
  }

 private:
  const InboxCensus& inbox(LinkEnd end) const { return inboxes_[fabric_.arrivals(end.chip).inbox]; }
  std::size_t port(LinkEnd end) const {
    return static_cast<std::size_t>(fabric_.arrivals(end.chip).first_port) + index(end.port);
  }
  const RunningFabric& fabric_;
  std::vector<InboxCensus> inboxes_;
};

const GpuPort& port_of(const RunningFabric& fabric, LinkEnd end) {
  const NodeId node = fabric.plan().topology.graph.chip(end.chip).node;
  return fabric.gpus()[index(node)]->ports()[index(end.port)];
}

/// Both ends of one channel: what each VC's slots are doing.
class ChannelAccount {
 public:
  ChannelAccount(const RunningFabric& fabric, const Census& census, ChannelId id)
      : fabric_(fabric),
        census_(census),
        channel_(fabric.channel(id)),
        back_(fabric.channel(opposite(id))),
        source_(fabric.plan().topology.graph.source(id)),
        sink_(fabric.plan().topology.graph.sink(id)) {}

  /// Slots of `vc` that are full, or on their way to being so, or whose credit is on its way back.
  int outstanding(VcId vc) const {
    return census_.flits(sink_, vc) + static_cast<int>(channel_.waiting_flits(vc)) + buffered(vc) +
           census_.credits(source_, vc) + back_.waiting_credits(vc);
  }
  int available(VcId vc) const {
    const auto* chip = fabric_.switch_at(source_.chip);
    if (chip != nullptr) return chip->credits(source_.port, vc) + kept(*chip, vc);
    const GpuPort& port = port_of(fabric_, source_);
    return port.credits_available(vc) + port.reserved_unsent(vc);
  }
  int total() const {
    const auto* chip = fabric_.switch_at(source_.chip);
    if (chip != nullptr) {
      int sum = chip->credits_total(source_.port);
      for (int vc = 0; vc < fabric_.plan().routes.plan().vcs(); ++vc) sum += kept(*chip, static_cast<VcId>(vc));
      return sum;
    }
    const GpuPort& port = port_of(fabric_, source_);
    int sum = port.credits_total();
    for (int vc = 0; vc < fabric_.plan().routes.plan().vcs(); ++vc) sum += port.reserved_unsent(static_cast<VcId>(vc));
    return sum;
  }

  /// The sender lost count of its credits and has not been told anew.
  bool sender_was_reset() const {
    const auto* chip = fabric_.switch_at(source_.chip);
    return chip != nullptr && chip->trouble() != nullptr &&
           chip->trouble()->was_reset(static_cast<int>(index(source_.port)));
  }

 private:
  int kept(const tlm::SwitchChip& chip, VcId vc) const {
    if (chip.trouble() == nullptr) return 0;
    return chip.trouble()->kept_credits(static_cast<int>(index(source_.port)), static_cast<int>(index(vc)));
  }
  int buffered(VcId vc) const {
    const auto* chip = fabric_.switch_at(sink_.chip);
    return chip != nullptr ? chip->buffered(sink_.port, vc) : port_of(fabric_, sink_).held(vc);
  }

  const RunningFabric& fabric_;
  const Census& census_;
  const Channel& channel_;
  const Channel& back_;
  LinkEnd source_;
  LinkEnd sink_;
};

void check_channel(const RunningFabric& fabric, const Census& census, ChannelId id) {
  const ChannelAccount account(fabric, census, id);
  const auto& graph = fabric.plan().topology.graph;
  const bool to_gpu = graph.is_gpu(graph.sink(id).chip);
  const BufferPlan& slots = to_gpu ? fabric.plan().gpu_buffers : fabric.plan().switch_buffers;
  const auto say = [&](int found, int wanted) {
    return graph.channel_name(id) + ": " + std::to_string(found) + " of " + std::to_string(wanted) + " credits found";
  };
  int outstanding = 0;
  for (int v = 0; v < fabric.plan().routes.plan().vcs(); ++v) {
    const auto vc = static_cast<VcId>(v);
    outstanding += account.outstanding(vc);
    if (slots.shared) continue;
    const int found = account.available(vc) + account.outstanding(vc);
    const bool lost_count = account.sender_was_reset() && found <= slots.depth[index(vc)];
    FS_CHECK(lost_count || found == slots.depth[index(vc)],
             say(found, slots.depth[index(vc)]) + " on VC " + std::to_string(v));
  }
  if (!slots.shared) return;
  const int found = account.total() + outstanding;
  const bool lost_count = account.sender_was_reset() && found <= slots.pool;
  FS_CHECK(lost_count || found == slots.pool, say(found, slots.pool));
}

}  // namespace

FlitCensus count_flits(const RunningFabric& fabric) {
  FlitCensus census;
  for (const auto& chip : fabric.gpus()) {
    for (const auto& port : chip->ports()) {
      census.sent += port.flits_sent();
      census.received += port.flits_received();
      census.waiting += port.flits_waiting();
    }
  }
  for (const auto& chip : fabric.switches()) census.in_switches += chip->flits_inside();
  census.under_way = Census(fabric).all_flits();
  if (fabric.faults() != nullptr) {
    census.dropped += fabric.faults()->flits_lost();
    census.made_up = fabric.faults()->flits_made_up();
  }
  const int vcs = fabric.plan().routes.plan().vcs();
  for (std::size_t i = 0; i < fabric.channel_count(); ++i) {
    const Channel& channel = fabric.channel(static_cast<ChannelId>(i));
    for (int vc = 0; vc < vcs; ++vc) census.under_way += channel.waiting_flits(static_cast<VcId>(vc));
    if (channel.layer() != nullptr) census.dropped += channel.layer()->counters(Cycles(0)).flits_dropped;
  }
  return census;
}

std::vector<std::pair<VcId, int>> missing_credits(const RunningFabric& fabric, ChannelId id) {
  const Census census(fabric);
  const ChannelAccount account(fabric, census, id);
  const auto& graph = fabric.plan().topology.graph;
  const BufferPlan& slots =
      graph.is_gpu(graph.sink(id).chip) ? fabric.plan().gpu_buffers : fabric.plan().switch_buffers;
  std::vector<std::pair<VcId, int>> missing;
  int rest = slots.pool - account.total();
  for (int v = 0; v < fabric.plan().routes.plan().vcs(); ++v) {
    const auto vc = static_cast<VcId>(v);
    const int outstanding = account.outstanding(vc);
    int count = slots.depth[index(vc)] - outstanding;
    if (slots.shared) {
      count = std::max(0, count);
      rest -= outstanding + count;
    } else {
      count -= account.available(vc);
    }
    if (count > 0) missing.emplace_back(vc, count);
  }
  if (slots.shared && rest > 0) missing.emplace_back(VcId{0}, rest);
  return missing;
}

bool more_credits_than_slots(const RunningFabric& fabric, ChannelId id) {
  const auto& graph = fabric.plan().topology.graph;
  const BufferPlan& slots =
      graph.is_gpu(graph.sink(id).chip) ? fabric.plan().gpu_buffers : fabric.plan().switch_buffers;
  int all = slots.pool;
  if (!slots.shared) all = std::accumulate(slots.depth.begin(), slots.depth.end(), 0);
  const LinkEnd source = graph.source(id);
  const auto* chip = fabric.switch_at(source.chip);
  return (chip != nullptr ? chip->credits_total(source.port) : port_of(fabric, source).credits_total()) > all;
}

void check_conservation(const RunningFabric& fabric) {
  const FlitCensus flits = count_flits(fabric);
  FS_CHECK(flits.sent + flits.made_up == flits.received + flits.in_switches + flits.under_way + flits.dropped,
           "flits sent " + std::to_string(flits.sent) + ", received " + std::to_string(flits.received) +
               ", in switches " + std::to_string(flits.in_switches) + ", under way " + std::to_string(flits.under_way) +
               ", dropped " + std::to_string(flits.dropped) + ", made up " + std::to_string(flits.made_up));
  const Census census(fabric);
  for (std::size_t i = 0; i < fabric.channel_count(); ++i) check_channel(fabric, census, static_cast<ChannelId>(i));
  if (fabric.memory() == nullptr || fabric.memory()->sites() == nullptr) return;
  const SiteCarrier& sites = *fabric.memory()->sites();
  if (sites.sites != nullptr) sites.sites->check_end();
  for (const auto* network : sites.networks) network->check_conservation();
}

}  // namespace fs
