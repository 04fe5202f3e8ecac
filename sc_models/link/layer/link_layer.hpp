// SPDX-License-Identifier: Apache-2.0
// The link layer of one channel: errors on its wire, its frames' numbers, their acknowledgement and replay, and what
// becomes of flits while the wire is held or dead. Only supervised channels have one.
//
// The wire's errors are known ahead, and a receiver's answer to a frame follows from the frames before it. So whether a
// frame will be taken is settled when it is sent: a frame in order that no error hits costs two counters, and its flits
// go straight to the receiver's inbox. Frames that are not taken keep their flits here until a replay of them is. What
// depends on the other direction - acknowledgements and requests - is settled as late as it can matter: when this side
// next sends, or when the LinkScheduler steps it.
#pragma once

#include <array>
#include <functional>
#include <vector>

#include "common/ring.hpp"
#include "link/channel.hpp"
#include "link/errors/error_process.hpp"
#include "link/layer/link_scheduler.hpp"
#include "link/layer/link_state.hpp"
#include "link/retry/retry_receiver.hpp"
#include "link/retry/retry_transmitter.hpp"

namespace fs {

class alignas(64) LinkLayer final : public LinkService {
 public:
  /// Who is told that retry has come to its end.
  class Owner {
   public:
    virtual ~Owner() = default;
    virtual void replay_limit_reached(Cycles now) = 0;
  };

  explicit LinkLayer(Channel& channel);
  /// Joins the two directions of a link; `number` of this channel, for notices.
  void connect(LinkLayer& opposite, LinkScheduler& scheduler, ChannelId number, LinkObserver* observer, Owner* owner);

  void observe(LinkObserver* observer) { observer_ = observer; }
  /// Others take the decisions of this direction's retry. Before anything is sent; go back n only.
  void depute(RetryTransmitterDeputy* transmitter, RetryReceiverDeputy* receiver) {
    tx_.depute(transmitter);
    rx_.depute(receiver);
  }

  // --- the channel's side ---
  void send(const Flit& flit, VcId vc, Cycles now);
  bool ready(Cycles at);
  void return_credit(VcId vc, Cycles now);
  Cycles flush_credits(Cycles now);
  void service(Cycles now) override;

  // --- the link's side ---
  /// Bit error ratios from the next group of codewords on, one a lane in use.
  void set_errors(const std::vector<double>& lane_ber, const BurstModel& burst, Cycles now);
  /// Every frame fails from the next one on; nothing is heard of the receiver.
  void cut(Cycles now);
  void join(Cycles now);
  /// The sender is held back; nothing is sent. Frames are kept.
  void hold(Cycles now);
  /// Carries again after hold() or sink: sends what the receiver has not taken once more.
  void carry(Cycles now);
  /// Everything kept is lost, half packets are ended, and what comes is discarded until carry().
  void become_sink(DropCause cause, Cycles now);
  void lose_credits(VcId vc, int count);
  void change_rate(const ByteClock& wire, Cycles now);

  // --- for checks and reports ---
  const Clock& clock() const { return channel_->config_.tx_clock; }
  bool sink() const { return mode_ == Mode::sink; }
  /// A sender died with its flits: the packets that the receiver has half of are ended by poisoned flits up to a tail.
  /// `successor`, unless empty, gives the packet that goes on in place of the one whose own tail is still to end
  /// somewhere. Returns how many flits were made up.
  std::uint64_t end_half_packets(Cycles now, const std::function<PacketHandle(PacketHandle)>& successor = {});
  /// Credits of `vc` that no message will bring any more; below 0: that came for slots which do not exist.
  int lost_credits(VcId vc) const { return lost_[index(vc)]; }
  /// A credit for a slot that does not exist has been used up by a flit that was dropped.
  void use_up_credit(VcId vc) { ++lost_[index(vc)]; }
  /// Both ends count credits anew: lost ones are brought, those too many are taken out of what comes.
  void set_credits_right(VcId vc, Cycles now);
  int kept_credits(VcId vc) const;
  std::size_t kept_flits(VcId vc) const;
  /// Passes errors of idle time, lets acknowledgements arrive: for the end of a run.
  void finish(Cycles now);
  LinkCounters counters(Cycles now) const;
  const RetryTransmitter& transmitter() const { return tx_; }
  const RetryReceiver& receiver() const { return rx_; }
  /// Cycles of [from, to) in which the sender was held back by replay, training or recovery.
  Cycles retrying(Cycles from, Cycles to) const { return channel_->ever_held_back_ ? overlap(from, to) : Cycles(0); }

 private:
  enum class Mode : std::uint8_t { carry, hold, sink };

  /// A flit, or credits, in a frame that its receiver has not taken yet.
  struct Kept {
    std::uint64_t frame = 0;
    Flit flit;
    VcId vc{};
    std::int32_t credits = 0;  ///< > 0: credits of `vc`, no flit
    Cycles planned{0};         ///< when it would have arrived
  };
  struct Staged {
    Flit flit;
    VcId vc{};
    Cycles sent{0};
  };
  struct Request {
    Femtoseconds ready{0};
    std::uint32_t number = 0;
  };
  /// An acknowledgement or request on its way back to this channel's sender.
  struct News {
    Femtoseconds arrival{0};
    std::uint32_t number = 0;
    bool request = false;
  };
  /// What the receiver has of the packet under way on a VC.
  struct Open {
    PacketHandle packet = PacketHandle::none;
    std::uint16_t left = 0;  ///< flits still to come; 0: no packet open
    bool dropping = false;   ///< its head was discarded, and so is what comes of it
  };
  struct Stretch {
    Cycles begin{0};
    Cycles end{0};
  };

  // link_layer.cpp: frames and their flits
  void send_otherwise(const Flit& flit, VcId vc, Cycles now);
  void put_on_wire(const Flit& flit, VcId vc, Cycles now, Cycles sent);
  bool in_open_frame(std::int64_t position, std::int64_t bytes) const {
    return position <= open_end_ && position - bytes >= open_end_ - channel_->config_.frame.payload.value();
  }
  /// Brings what a new frame touches near, all at once.
  void prefetch_frame() const {
    for (int line = 2; line < 8; ++line) __builtin_prefetch(reinterpret_cast<const char*>(this) + 64 * line, 1);
  }
  bool frames_of_bytes(std::int64_t position, std::int64_t bytes, Cycles now);
  void begin_frame(Femtoseconds usable, std::int64_t bytes, bool hit, Cycles now);
  bool judge(std::uint64_t number, bool hit, Femtoseconds usable);
  void mark_wrong(PacketHandle handle);
  void release_kept(Femtoseconds usable);
  void place_direct(const Flit& flit, VcId vc, std::int64_t position, Cycles now);
  void place_flit(const Flit& flit, VcId vc, std::int64_t position, Cycles now, bool hit);
  void assemble(const Flit& flit, VcId vc, std::int64_t position, std::int64_t bytes, Cycles now);
  void deliver(const Flit& flit, VcId vc, Cycles at) {
    Open& open = open_[index(vc)];
    if (flit.head()) {
      open.packet = flit.handle;
      open.left = flit.length;
      if (per_packet_ && opposite_ != nullptr) opposite_->arrived_[index(vc)].push(flit.length);
    }
    --open.left;
    channel_->inbox_->put_flit(at, PortFlit{flit, channel_->port_, vc});
  }
  void note_exceptions();
  /// When its receiver took a frame that is not acknowledged; max: not yet.
  Femtoseconds& accepted(std::uint64_t frame) { return accepted_[frame - records_base_]; }
  /// ... and its bytes of the wire, overhead included.
  std::int64_t bytes_of(std::uint64_t frame) const { return fixed_ ? frame_bytes_ : lengths_[frame - records_base_]; }
  std::uint64_t frames_for(std::int64_t bytes) const;
  bool window_blocks(Cycles now, std::int64_t bytes) const;

  // link_layer_errors.cpp
  bool hit_by_error(std::int64_t position, std::int64_t bytes) {
    return position > error_from_ && range_fails(position - bytes, position);
  }
  bool fixed_frame_hit(std::int64_t frame);
  bool range_fails(std::int64_t begin, std::int64_t end);
  void pass_errors(std::int64_t wire);
  void aim_errors();
  bool slips_through();
  std::int64_t first_unsent_wire_byte(Cycles now) const;

  // link_layer_control.cpp: acknowledgements, requests, replay
  Femtoseconds control_due() const { return request_due_ < ack_due_ ? request_due_ : ack_due_; }
  /// The opposite receiver has had something to say since before `at`.
  bool controls_due(Femtoseconds at) {
    if (controls_from_ >= at) return false;
    controls_from_ = opposite_->control_due();
    return controls_from_ < at;
  }
  void tell_control_due() {
    if (opposite_ != nullptr) opposite_->controls_from_ = std::min(opposite_->controls_from_, control_due());
  }
  void place_controls(Cycles now);
  void place_control(Femtoseconds at, bool request, std::uint32_t number, Cycles now);
  void piggyback(Femtoseconds usable, bool hit, Cycles now);
  bool report_accepted(Femtoseconds until);
  void note_accepted(Femtoseconds usable);
  void plan_ack();
  void settle(Cycles now, bool requests);
  void drop_acknowledged();
  void begin_replay(Cycles now);
  void send_replays(Cycles now);
  std::int64_t place_replay(std::int64_t bytes, Cycles now, bool& hit);
  void send_staged(Cycles now);
  void enter(Mode mode);
  void refresh_gate(Cycles now);
  Cycles overlap(Cycles from, Cycles to) const;
  void ask_for_service(Cycles at) {
    if (scheduler_ != nullptr) scheduler_->wake(service_number_, at);
  }
  void ask_for_what_is_due(Cycles now);

  // link_layer_credits.cpp
  bool credits_are_replayed() const { return retry_ && !channel_->config_.credits.counters; }
  void gather_packet_credits(VcId vc, Cycles now);
  void carry_waiting_credits(Cycles at, bool taken);
  void deliver_credits(VcId vc, int count, Cycles at);
  void send_credit_message(Cycles now);
  Cycles fixed_way() const;

  // link_layer_sink.cpp: what becomes of flits of a dead link
  /// Discards a flit, or ends with it the packet that the receiver has half of. `booked` is when its ledger ends.
  void lose(Flit flit, VcId vc, Cycles booked, Cycles now);
  void give_back(VcId vc, Cycles now);
  void forget_everything(Cycles now);

  // What every flit touches comes first, in a cache line, and what the VCs have under way in the next. Then what every
  // frame touches, in five lines.
  Channel* channel_;
  LinkLayer* opposite_ = nullptr;
  Open* open_ = nullptr;                              ///< by VC
  std::int64_t open_end_ = -1;                        ///< fixed frames: the payload byte at which open_frame_ ends
  std::int64_t error_from_ = ErrorProcess::never;     ///< first wire byte of the next event, or of the cut
  Femtoseconds controls_from_ = Femtoseconds::max();  ///< not after the opposite's control_due()
  bool retry_;
  bool fixed_;  ///< frames lie at fixed places of the wire
  Mode mode_ = Mode::carry;
  bool exceptional_ = false;     ///< flits may have to be discarded
  bool direct_ = true;           ///< the flits of the frame being filled go straight to the inbox
  bool checked_hit_ = false;     ///< an error hits checked_frame_
  bool per_packet_ = false;      ///< credits go back by the packet
  bool faulty_credits_ = false;  ///< some are to be lost or repeated
  static constexpr std::size_t few_vcs = 8;
  std::array<Open, few_vcs> open_of_few_;

  std::int64_t open_frame_ = -1;     ///< fixed frames: the index on the wire of the one being filled
  std::int64_t checked_frame_ = -1;  ///< ... and the last of which it is known whether errors hit it
  std::uint64_t current_ = 0;        ///< the number of the one being filled
  std::uint64_t gate_from_ = 1;      ///< unacknowledged frames from which the next flit may not find room
  Femtoseconds request_due_ = Femtoseconds::max();
  Femtoseconds ack_due_ = Femtoseconds::max();
  Femtoseconds ack_again_ = Femtoseconds::max();
  std::uint64_t reported_ = 0;  ///< frames acknowledged on the way back
  // Sender: what is not acknowledged. Entry i of accepted_ and lengths_ is frame records_base_ + i.
  std::uint64_t records_base_ = 0;
  std::int64_t unacknowledged_bytes_ = 0;
  std::int64_t longest_frame_ = 0;  ///< wire bytes, so far
  std::uint64_t most_unacknowledged_ = 0;
  Femtoseconds ack_wait_;
  std::int64_t ack_every_;
  bool ack_piggyback_;
  bool bytes_count_;  ///< the window has a limit in bytes
  bool timed_;        ///< there is a replay timer
  bool timer_armed_ = false;
  bool frame_wrong_ = false;  ///< errors passed the checks of the frame being filled ...
  bool flit_wrong_ = false;   ///< ... or of one that the present flit began in
  Ring<Femtoseconds> accepted_;
  Ring<News> news_;
  RetryTransmitter tx_;
  RetryReceiver rx_;

  Ring<std::int32_t> lengths_;  ///< of frames that are not all as long
  std::int64_t frame_bytes_;    ///< of those that are
  RetryFormat format_;
  std::uint64_t window_;
  LinkCounters counters_;
  std::vector<Open> open_of_many_;
  LinkScheduler* scheduler_ = nullptr;
  LinkObserver* observer_ = nullptr;
  Owner* owner_ = nullptr;
  int service_number_ = -1;
  ChannelId number_{};
  DropCause sink_cause_ = DropCause::link_down;

  // The wire's errors.
  ErrorProcess errors_;
  FecCode code_;
  std::int64_t group_bytes_ = 1;
  std::int64_t cut_from_ = ErrorProcess::never;
  RandomStream slips_;

  // Replay.
  Ring<Kept> kept_;
  Ring<Staged> staged_;
  Cycles replay_from_{0};
  int requests_coming_ = 0;  ///< among news_
  Ring<Request> requests_;   ///< of this receiver, on their way to be sent
  Cycles planned_last_{-1};  ///< when the last flit kept would have arrived
  struct Assembly {
    std::int64_t bytes = 0;
    bool hit = false;
  };
  std::vector<Assembly> assembly_;  ///< packet frames, by VC

  // Credits.
  std::vector<int> freed_;                    ///< per_packet: slots freed that do not make up a packet yet
  std::vector<Ring<std::uint16_t>> arrived_;  ///< per_packet: lengths of packets arrived, by VC
  std::vector<int> owed_;                     ///< counters: credits of lost messages
  std::vector<int> to_lose_;                  ///< faults: credits to lose (> 0) or to repeat (< 0)
  std::vector<int> lost_;                     ///< credits that no message will bring any more
  bool owes_ = false;
  Cycles repair_at_{0};

  std::array<Stretch, 8> stretches_{};  ///< the last few in which the sender was held back
  int newest_ = 0;
  Cycles held_since_{-1};
};

}  // namespace fs
