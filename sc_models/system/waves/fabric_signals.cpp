// SPDX-License-Identifier: Apache-2.0
#include "system/waves/fabric_signals.hpp"

#include <algorithm>
#include <string_view>

#include "link/layer/live_link.hpp"
#include "system/fabric/memory_system.hpp"
#include "system/waves/packet_label.hpp"

namespace fs {
namespace {

/// Values of the signal `kind`.
enum class FlitKind : std::uint32_t { idle, head, body, tail, single, poisoned };
const std::vector<std::string> kind_names = {"idle", "head", "body", "tail", "single", "poisoned"};
constexpr int kind_bits = 3;

FlitKind kind_of(const Flit& flit) {
  if (flit.poison()) return FlitKind::poisoned;
  if (flit.head()) return flit.tail() ? FlitKind::single : FlitKind::head;
  return flit.tail() ? FlitKind::tail : FlitKind::body;
}

constexpr int state_bits = 3;
constexpr auto state_up = static_cast<std::uint32_t>(LinkState::up);
constexpr auto last_state = static_cast<std::uint32_t>(LinkState::down);

std::vector<std::string> names_of_states() {
  std::vector<std::string> names;
  for (std::uint32_t i = 0; i <= last_state; ++i) names.emplace_back(link_state_name(static_cast<LinkState>(i)));
  return names;
}
const std::vector<std::string> state_names = names_of_states();
constexpr std::string_view link_event = "link_";  ///< and the state entered

/// With more VCs than this, a class's are shown as one.
constexpr int most_single_vcs = 8;

/// So that a picture of a journey shows something of what was before.
constexpr int cycles_before_journeys = 16;

int bits_for(int most) {
  int bits = 1;
  while ((1LL << bits) <= most) ++bits;
  return bits;
}

std::string scope_name(std::string name) {
  std::replace_if(
      name.begin(), name.end(), [](char c) { return c == '.' || c == ' ' || c == '[' || c == ']'; }, '_');
  return name;
}

}  // namespace

struct FabricSignals::Watcher final : ChannelProbe {
  void flit_sent(const Flit& flit, VcId vc, Cycles now, Femtoseconds wire_end) override {
    owner->flit_sent(place, flit, vc, channel->config().tx_clock.edge(now), wire_end);
  }
  void slot_freed(VcId, Cycles) override { owner->touch(opposite); }
  FabricSignals* owner = nullptr;
  Channel* channel = nullptr;
  std::uint32_t place = 0;
  std::uint32_t opposite = 0;
};

struct FabricSignals::InboxWatcher final : ArrivalProbe {
  void arrived(const PortFlit* flits, std::size_t flit_count, const CreditPulse* credits, std::size_t credit_count,
               Cycles now) override {
    for (std::size_t i = 0; i < flit_count; ++i) {
      const auto place = in[index(flits[i].port)];
      if (place != nowhere) owner->flit_arrived(place, flits[i], clock.edge(now), clock.edge(now + Cycles(1)));
    }
    for (std::size_t i = 0; i < credit_count; ++i) owner->touch(out[index(credits[i].port)]);
  }
  FabricSignals* owner = nullptr;
  std::size_t inbox = 0;
  Clock clock;
  std::vector<std::uint32_t> in;  ///< by port of the inbox: the channel that arrives there, and the one that leaves
  std::vector<std::uint32_t> out;
};

FabricSignals::FabricSignals(RunningFabric& fabric, FstFile& file, const std::vector<LinkId>& links)
    : fabric_(&fabric), file_(&file), place_of_(fabric.channel_count(), nowhere) {
  fabric.deliver_on_arrival();
  const FabricPlan& plan = fabric.plan();
  const VcPlan& vcs = plan.routes.plan();
  name_vcs(vcs, plan.class_names());
  kinds_ = file.add_names("flit", kind_names);
  std::vector<std::string> vc_names = group_names_;
  vc_names.insert(vc_names.begin(), "none");
  vcs_ = file.add_names("vc", vc_names);
  states_ = file.add_names("link", state_names);
  file.enter("run");
  events_ = file.add_lane("events");
  file.leave();
  std::vector<bool> selected(plan.topology.graph.link_count());
  for (const LinkId link : links) {
    selected[index(link)] = true;
    link_of_name_[plan.topology.graph.link(link).name] = link;
  }
  for (std::size_t chip = 0; chip < plan.topology.graph.chip_count(); ++chip) {
    declare_chip(static_cast<ChipId>(chip), selected);
  }
  lanes_.resize(lanes_a_channel_ * channels_.size());
  touched_.resize(channels_.size());
}

FabricSignals::~FabricSignals() { detach(); }

void FabricSignals::name_vcs(const VcPlan& vcs, const std::vector<std::string>& classes) {
  const bool single = vcs.vcs() <= most_single_vcs;
  for (int c = 0; c < vcs.classes(); ++c) {
    const auto cls = static_cast<ClassId>(c);
    for (int i = 0; i < vcs.count(cls); ++i) {
      if (single || i == 0) {
        groups_.emplace_back();
        group_names_.push_back(classes[index(cls)] + (single && vcs.count(cls) > 1 ? std::to_string(i) : ""));
      }
      groups_.back().push_back(static_cast<VcId>(index(vcs.first(cls)) + static_cast<std::size_t>(i)));
      group_of_.push_back(static_cast<std::uint32_t>(groups_.size() - 1));
    }
  }
  vc_bits_ = bits_for(static_cast<int>(groups_.size()));
  if (single) lanes_a_channel_ += static_cast<std::uint32_t>(groups_.size());
}

void FabricSignals::declare_chip(ChipId chip, const std::vector<bool>& selected) {
  const Graph& graph = fabric_->plan().topology.graph;
  bool inside = false;
  for (std::uint16_t port = 0; port < graph.chip(chip).ports; ++port) {
    const auto& peer = graph.peer(chip, static_cast<PortId>(port));
    if (!peer || !selected[index(link_of(peer->out))]) continue;
    if (!inside) file_->enter(scope_name(graph.chip(chip).name));
    inside = true;
    declare_channel(peer->out);
  }
  if (inside) file_->leave();
}

void FabricSignals::declare_channel(ChannelId id) {
  const FabricPlan& plan = fabric_->plan();
  const Graph& graph = plan.topology.graph;
  const LinkEnd from = graph.source(id);
  const LinkEnd to = graph.sink(id);
  const BufferPlan& slots = graph.is_gpu(to.chip) ? plan.gpu_buffers : plan.switch_buffers;
  ChannelSignals s;
  s.channel = id;
  const std::string inner = 'p' + std::to_string(index(from.port)) + "_to_" + scope_name(graph.chip(to.chip).name);
  s.scope = scope_name(graph.chip(from.chip).name) + '.' + inner;
  file_->enter(inner);
  s.tx = file_->add_lane("tx");
  s.kind = file_->add_number("tx_kind", kind_bits, kinds_);
  s.vc = file_->add_number("tx_vc", vc_bits_, vcs_);
  for (std::uint32_t g = 2; g < lanes_a_channel_; ++g) {
    s.packets.push_back(file_->add_lane("tx_" + group_names_[g - 2]));
  }
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    int depth = 0;
    for (const VcId vc : groups_[g]) depth += slots.capacity(static_cast<int>(index(vc)));
    s.depth.push_back(depth);
    s.credits.push_back(file_->add_number("credits_" + group_names_[g], bits_for(depth)));
  }
  s.rx = file_->add_lane("rx");
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    s.fill.push_back(file_->add_number("fill_" + group_names_[g], bits_for(s.depth[g])));
  }
  s.state = file_->add_number("state", state_bits, states_);
  file_->leave();
  place_of_[index(id)] = static_cast<std::uint32_t>(channels_.size());
  channels_.push_back(std::move(s));
}

void FabricSignals::attach() {
  const Clock clock = fabric_->domain().clock();
  for (std::size_t i = 0; i < channels_.size(); ++i) {
    const ChannelId id = channels_[i].channel;
    auto watcher = std::make_unique<Watcher>();
    watcher->owner = this;
    watcher->channel = &fabric_->channel(id);
    watcher->place = static_cast<std::uint32_t>(i);
    watcher->opposite = place_of_[index(opposite(id))];
    watcher->channel->watch(watcher.get());
    watchers_.push_back(std::move(watcher));
    file_->set(channels_[i].state, state_up);
    read_counters(channels_[i]);
  }
  for (const EventMark& mark : fabric_->events().marks()) note(mark);
  for (std::size_t i = 0; i < fabric_->inbox_count(); ++i) watch_inbox(i, clock);
}

void FabricSignals::watch_inbox(std::size_t inbox, const Clock& clock) {
  const Graph& graph = fabric_->plan().topology.graph;
  auto watcher = std::make_unique<InboxWatcher>();
  watcher->owner = this;
  watcher->inbox = inbox;
  watcher->clock = clock;
  bool any = false;
  for (std::size_t c = 0; c < graph.chip_count(); ++c) {
    const auto chip = static_cast<ChipId>(c);
    if (fabric_->arrivals(chip).inbox != inbox) continue;
    const auto first = static_cast<std::size_t>(fabric_->arrivals(chip).first_port);
    watcher->in.resize(std::max<std::size_t>(watcher->in.size(), first + graph.chip(chip).ports), nowhere);
    watcher->out.resize(watcher->in.size(), nowhere);
    for (std::uint16_t port = 0; port < graph.chip(chip).ports; ++port) {
      const auto& peer = graph.peer(chip, static_cast<PortId>(port));
      if (!peer) continue;
      watcher->in[first + port] = place_of_[index(peer->in)];
      watcher->out[first + port] = place_of_[index(peer->out)];
      any = any || watcher->in[first + port] != nowhere;
    }
  }
  if (!any) return;
  fabric_->inbox(inbox).watch(watcher.get());
  inbox_watchers_.push_back(std::move(watcher));
}

void FabricSignals::note(const EventMark& mark) {
  file_->set(events_, mark.where.empty() ? mark.name : mark.name + ' ' + mark.where);
  if (mark.name.compare(0, link_event.size(), link_event) != 0) return;
  const auto link = link_of_name_.find(mark.where);
  const auto state = std::find(state_names.begin(), state_names.end(), mark.name.substr(link_event.size()));
  if (link == link_of_name_.end() || state == state_names.end()) return;
  for (const ChannelId id : {forward_channel(link->second), reverse_channel(link->second)}) {
    file_->set(channels_[place_of_[index(id)]].state, static_cast<std::uint32_t>(state - state_names.begin()));
  }
}

void FabricSignals::detach() {
  for (const auto& watcher : watchers_) watcher->channel->watch(nullptr);
  for (const auto& watcher : inbox_watchers_) fabric_->inbox(watcher->inbox).watch(nullptr);
  watchers_.clear();
  inbox_watchers_.clear();
}

void FabricSignals::touch(std::uint32_t place) {
  if (place == nowhere || touched_[place] != 0) return;
  touched_[place] = 1;
  touched_list_.push_back(place);
}

void FabricSignals::end_lanes(Femtoseconds until, bool inclusive) {
  while (!endings_.empty() && (endings_.top().at < until || (inclusive && endings_.top().at == until))) {
    const Femtoseconds at = endings_.top().at;
    while (!endings_.empty() && endings_.top().at == at) {
      const std::uint32_t lane = endings_.top().lane;
      endings_.pop();
      // One that has been busy anew ends later.
      if (lanes_[lane].until == at) end_lane(lane);
    }
    if (at < until) file_->dump(at, false);
  }
}

void FabricSignals::end_lane(std::uint32_t lane) {
  lanes_[lane].until = Femtoseconds(-1);
  const ChannelSignals& channel = channels_[lane / lanes_a_channel_];
  switch (const auto number = lane % lanes_a_channel_) {
    case 0:
      file_->set(channel.tx, std::string());
      file_->set(channel.kind, static_cast<std::uint32_t>(FlitKind::idle));
      file_->set(channel.vc, 0U);
      break;
    case 1:
      file_->set(channel.rx, std::string());
      break;
    default:
      file_->set(channel.packets[number - 2], std::string());
  }
}

/// Whatever ended before this instant goes to the file before anything of this instant is set.
void FabricSignals::begin_instant(Femtoseconds now) {
  if (!endings_.empty() && endings_.top().at < now) end_lanes(now, false);
}

void FabricSignals::settle(Femtoseconds now) {
  begin_instant(now);
  end_lanes(now, true);
  for (const auto place : touched_list_) {
    touched_[place] = 0;
    read_counters(channels_[place]);
  }
  touched_list_.clear();
}

/// The name of a flit's packet, made anew only when the lane's packet changes.
const std::string& FabricSignals::name(std::uint32_t number, const Flit& flit) {
  Lane& lane = lanes_[number];
  const Packet& packet = fabric_->packet_pool()[flit.handle];
  if (lane.packet != flit.handle || lane.number != packet.number) {
    lane.packet = flit.handle;
    lane.number = packet.number;
    lane.text = packet_colour(packet.kind) + label(packet);
  }
  return lane.text;
}

void FabricSignals::show_until(std::uint32_t number, Femtoseconds until) {
  if (lanes_[number].until == until) return;
  lanes_[number].until = until;
  endings_.push({until, number});
}

void FabricSignals::flit_sent(std::uint32_t place, const Flit& flit, VcId vc, Femtoseconds now, Femtoseconds wire_end) {
  begin_instant(now);
  ChannelSignals& channel = channels_[place];
  ++channel.flits;
  const std::uint32_t tx = lane_of(place, 0);
  file_->set(channel.tx, name(tx, flit));
  show_until(tx, wire_end);
  file_->set(channel.kind, static_cast<std::uint32_t>(kind_of(flit)));
  file_->set(channel.vc, group_of_[index(vc)] + 1);
  if (!channel.packets.empty()) {
    const std::uint32_t lane = lane_of(place, 2 + index(vc));
    file_->set(channel.packets[index(vc)], lanes_[tx].text);
    if (flit.tail()) {
      show_until(lane, wire_end);
    } else {
      lanes_[lane].until = Femtoseconds(-1);
    }
  }
  touch(place);
  if (flit.head()) follow(place, fabric_->packet_pool()[flit.handle], vc, now, false);
}

void FabricSignals::flit_arrived(std::uint32_t place, const PortFlit& arrival, Femtoseconds now, Femtoseconds until) {
  begin_instant(now);
  const std::uint32_t rx = lane_of(place, 1);
  file_->set(channels_[place].rx, name(rx, arrival.flit));
  show_until(rx, until);
  touch(place);
  if (arrival.flit.head()) follow(place, fabric_->packet_pool()[arrival.flit.handle], arrival.vc, now, true);
}

int FabricSignals::credits(ChannelId id, VcId vc) const {
  const Graph& graph = fabric_->plan().topology.graph;
  const LinkEnd from = graph.source(id);
  if (const tlm::SwitchChip* chip = fabric_->switch_at(from.chip)) return chip->credits(from.port, vc);
  const GpuPort& port = fabric_->gpus()[index(graph.chip(from.chip).node)]->ports()[index(from.port)];
  return port.credits_available(vc) + port.reserved_unsent(vc);
}

int FabricSignals::fill(ChannelId id, VcId vc) const {
  const Graph& graph = fabric_->plan().topology.graph;
  const LinkEnd to = graph.sink(id);
  if (const tlm::SwitchChip* chip = fabric_->switch_at(to.chip)) return chip->buffered(to.port, vc);
  return fabric_->gpus()[index(graph.chip(to.chip).node)]->ports()[index(to.port)].held(vc);
}

/// Whoever marks an event says so at once; here is what nobody marks.
void FabricSignals::read_counters(ChannelSignals& channel) {
  if (const LiveLink* link = fabric_->live_link(link_of(channel.channel))) {
    file_->set(channel.state, static_cast<std::uint32_t>(link->state()));
  }
  for (std::size_t g = 0; g < groups_.size(); ++g) {
    int can_send = 0;
    int held = 0;
    for (const VcId vc : groups_[g]) {
      can_send += credits(channel.channel, vc);
      held += fill(channel.channel, vc);
    }
    file_->set(channel.credits[g], static_cast<std::uint32_t>(can_send));
    file_->set(channel.fill[g], static_cast<std::uint32_t>(held));
  }
}

std::string FabricSignals::label(const Packet& packet) const {
  const MemorySystem* memory = fabric_->memory();
  return packet_label(packet, memory == nullptr ? nullptr : &memory->pools());
}

void FabricSignals::follow(std::uint32_t place, const Packet& packet, VcId vc, Femtoseconds now, bool arrived) {
  const MemorySystem* memory = fabric_->memory();
  const std::uint64_t key = journey_key(packet, memory == nullptr ? nullptr : &memory->pools());
  const auto known = journey_of_.find(key);
  if (known == journey_of_.end()) {
    const bool begins =
        !arrived && !is_response(packet.kind) &&
        fabric_->plan().topology.graph.is_gpu(fabric_->plan().topology.graph.source(channels_[place].channel).chip);
    if (follow_from_ < Femtoseconds(0))
      follow_from_ = now + fabric_->domain().clock().period() * cycles_before_journeys;
    if (!begins || now < follow_from_ || journeys_.size() >= most_journeys) return;
    journey_of_[key] = journeys_.size();
    journeys_.push_back({label(packet), {{place, vc, now, Femtoseconds(-1)}}});
    return;
  }
  auto& steps = journeys_[known->second].steps;
  if (!arrived) {
    steps.push_back({place, vc, now, Femtoseconds(-1)});
  } else if (!steps.empty() && steps.back().channel == place && steps.back().arrived < Femtoseconds(0)) {
    steps.back().arrived = now;
  }
}

}  // namespace fs
