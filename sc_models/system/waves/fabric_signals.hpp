// SPDX-License-Identifier: Apache-2.0
// A fabric's links as signals: what is on each channel, what its sender may still send, what its receiver holds.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <queue>
#include <string>
#include <vector>

#include "observe/probes/probes.hpp"
#include "system/fabric/running_fabric.hpp"
#include "system/waves/fst_file.hpp"

namespace fs {

/// One direction of a link.
struct ChannelSignals {
  ChannelId channel{};
  std::string scope;              ///< `sw0.p3_to_gpu3`
  SignalId tx{};                  ///< lane: the packet whose flit the wire carries, from the flit's leaving the core
  SignalId kind{};                ///< of that flit: head, body, tail, ...
  SignalId vc{};                  ///< its VC, by name
  std::vector<SignalId> packets;  ///< lanes, by VC: the packet under way there, head to tail; none where VCs are many
  SignalId rx{};                  ///< lane: the packet whose flit reaches the receiver's pins
  std::vector<SignalId> credits;  ///< by VC (or class): slots the sender may still fill
  std::vector<SignalId> fill;     ///< by VC (or class): slots filled at the receiver
  SignalId state{};
  std::vector<int> depth;   ///< by VC (or class): what both can rise to
  std::uint64_t flits = 0;  ///< sent while watched
};

/// Where one packet or transaction was seen, for a guided tour.
struct JourneyStep {
  std::size_t channel = 0;  ///< place in FabricSignals::channels()
  VcId vc{};
  Femtoseconds sent{0};
  Femtoseconds arrived{-1};  ///< below 0: not seen to arrive
};
struct Journey {
  std::string name;  ///< `rd #7 g0->g6`
  std::vector<JourneyStep> steps;
};

class FabricSignals {
 public:
  /// Declares the signals of `links` in `file`, chip by chip. `fabric` and `file` outlive this.
  FabricSignals(RunningFabric& fabric, FstFile& file, const std::vector<LinkId>& links);
  ~FabricSignals();
  FabricSignals(const FabricSignals&) = delete;
  FabricSignals& operator=(const FabricSignals&) = delete;

  /// From now on every change is seen; takes the present state. At the end of an instant.
  void attach();
  /// Nothing is seen any more, and nothing costs any more.
  void detach();
  /// Something happened: it stands on the lane of events until the next, and changes the state of the link it names.
  void note(const EventMark& mark);
  /// The end of the instant `now`: brings the file's values up to date.
  void settle(Femtoseconds now);

  /// Lane: what happened last.
  SignalId events() const { return events_; }
  const std::vector<ChannelSignals>& channels() const { return channels_; }
  /// The first packets or transactions that began while watched, as far as they were seen.
  const std::vector<Journey>& journeys() const { return journeys_; }

 private:
  struct Watcher;
  struct InboxWatcher;
  struct Ending {
    Femtoseconds at;
    std::uint32_t lane;
    friend bool operator>(const Ending& a, const Ending& b) { return a.at > b.at; }
  };
  /// A lane, and the numbers that go idle with it.
  struct Lane {
    Femtoseconds until{-1};
    PacketHandle packet = PacketHandle::none;
    std::uint64_t number = 0;
    std::string text;
  };
  static constexpr std::uint32_t nowhere = 0xffffffff;
  static constexpr std::size_t most_journeys = 64;

  void name_vcs(const VcPlan& vcs, const std::vector<std::string>& classes);
  void declare_chip(ChipId chip, const std::vector<bool>& selected);
  void declare_channel(ChannelId id);
  void watch_inbox(std::size_t inbox, const Clock& clock);
  void begin_instant(Femtoseconds now);
  void end_lanes(Femtoseconds until, bool inclusive);
  void end_lane(std::uint32_t lane);
  std::uint32_t lane_of(std::uint32_t place, std::size_t number) const {
    return place * lanes_a_channel_ + static_cast<std::uint32_t>(number);
  }
  const std::string& name(std::uint32_t number, const Flit& flit);
  void show_until(std::uint32_t number, Femtoseconds until);
  void flit_sent(std::uint32_t place, const Flit& flit, VcId vc, Femtoseconds now, Femtoseconds wire_end);
  void flit_arrived(std::uint32_t place, const PortFlit& arrival, Femtoseconds now, Femtoseconds until);
  void touch(std::uint32_t place);
  void read_counters(ChannelSignals& channel);
  int credits(ChannelId id, VcId vc) const;
  int fill(ChannelId id, VcId vc) const;
  std::string label(const Packet& packet) const;
  void follow(std::uint32_t place, const Packet& packet, VcId vc, Femtoseconds now, bool arrived);

  RunningFabric* fabric_;
  FstFile* file_;
  std::vector<std::vector<VcId>> groups_;  ///< VCs that share a signal: one each, or a class's where there are many
  std::vector<std::string> group_names_;
  std::vector<std::uint32_t> group_of_;  ///< by VC
  SignalId events_{};
  std::map<std::string, LinkId> link_of_name_;
  ValueNames kinds_{}, vcs_{}, states_{};
  int vc_bits_ = 1;
  std::vector<ChannelSignals> channels_;
  std::vector<std::uint32_t> place_of_;  ///< by channel: its place in channels_, or nowhere
  std::uint32_t lanes_a_channel_ = 2;
  std::vector<Lane> lanes_;  ///< by channel: tx, rx, and one a VC
  std::priority_queue<Ending, std::vector<Ending>, std::greater<>> endings_;
  std::vector<char> touched_;
  std::vector<std::uint32_t> touched_list_;
  std::vector<std::unique_ptr<Watcher>> watchers_;
  std::vector<std::unique_ptr<InboxWatcher>> inbox_watchers_;
  Femtoseconds follow_from_{-1};
  std::vector<Journey> journeys_;
  std::map<std::uint64_t, std::size_t> journey_of_;
};

}  // namespace fs
