// SPDX-License-Identifier: Apache-2.0
// A wave between two gateways: both directions, a transport each way, and what holds a sender back.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "common/ring.hpp"
#include "transport/channel/long_haul_channel.hpp"
#include "transport/end_to_end/transport.hpp"

namespace fs {

/// How a buffer keeps from being overrun.
enum class FlowControl : std::uint8_t {
  credits,  ///< nobody sends what has no room set aside
  pfc,      ///< it tells senders to pause and to go on, and has headroom for what still comes
  lossy,    ///< not at all: what finds no room is lost, and sent again by its transport
};

/// Who owns a wave is told what comes out of it. Ends are 0 and 1; a chunk is known by the tag it was given with.
class WaveOwner {
 public:
  virtual ~WaveOwner() = default;
  /// All of it is in the receive buffer of `end`, where it stays until drained(end, ...).
  virtual void chunk_arrived(std::size_t wave, int end, std::uint64_t tag, Femtoseconds now) = 0;
  /// `end`, which sent it, knows that it has arrived, and need not keep it.
  virtual void chunk_known(std::size_t wave, int end, std::uint64_t tag, Femtoseconds now) = 0;
};

/// Each direction carries one end's chunks, and answers to the other end's: acknowledgements, credits, pauses. Chunks
/// are the transport's messages: each arrives exactly once whatever is lost.
///
/// Credits are a running count of bytes that may be sent; a lost word of them is made good by the next, and when none
/// comes, for two round trips, by asking. A pause is repeated every round trip and ends by itself after three without.
class WaveLink {
 public:
  struct Spec {
    std::string name;
    LongHaulChannel::Spec there;  ///< from end 0 to end 1
    LongHaulChannel::Spec back;
    TransportSpec transport;  ///< go_back_n, selective_repeat or erasure
    FlowControl flow_control = FlowControl::credits;
    std::array<std::int64_t, 2> room{};  ///< bytes of receive buffer that each end has for this wave
    std::array<std::int64_t, 2> xoff{};  ///< pfc: filled beyond, the other end is told to pause; half of it: to go on
    Femtoseconds response{0};            ///< pfc: from the arrival of a pause to its effect
  };
  WaveLink(const Spec& spec, WaveOwner& owner, std::size_t number);

  /// Whether `end` takes another chunk now: the transport has less than a window and the wave has credit.
  bool accepts(int end, std::int64_t bytes) const;
  /// Nobody took a chunk of `bytes` that waits at `end`: where credit is what is missing, the time counts as starved,
  /// and after two round trips the other end is asked. Until fed(): the chunk has found another wave, or this one.
  void starve(int end, std::int64_t bytes, Femtoseconds now);
  void fed(int end, Femtoseconds now);
  void give(int end, std::int64_t bytes, std::uint64_t tag, Femtoseconds now);
  /// A chunk of `bytes` that had arrived at `end` has left its receive buffer.
  void drained(int end, std::int64_t bytes, Femtoseconds now);

  Femtoseconds next_event() const { return next_; }
  /// Lets happen what happens at next_event(), which is `now`. True: accepts() may say something else now.
  bool step(Femtoseconds now);

  struct Counts {
    std::uint64_t chunks = 0;      ///< given
    std::uint64_t arrived = 0;     ///< of these
    std::uint64_t overflowed = 0;  ///< packets without room at their receiver
    std::uint64_t pauses = 0;      ///< told by the receiver of this direction
    std::uint64_t credit_probes = 0;
    std::int64_t receive_high_water = 0;  ///< bytes in the receiver's buffer
    Femtoseconds starved{0};              ///< time in which chunks waited for credit
  };
  const Counts& counts(int end) const { return ends_[index(end)].counts; }
  const SenderCounts& sender_counts(int end) const { return ends_[index(end)].transport.sender->counts(); }
  std::uint64_t duplicates(int end) const { return ends_[index(1 - end)].duplicates(); }
  /// The channel that `end` sends by.
  const LongHaulChannel& channel(int end) const { return ends_[index(end)].out; }
  /// Bytes given by `end` and not known to have arrived.
  std::int64_t outstanding(int end) const { return ends_[index(end)].outstanding; }
  /// Tags of all chunks given by `end` and not known to have arrived, in the order of giving.
  std::vector<std::uint64_t> not_known(int end) const;
  std::int64_t window_bytes() const { return window_bytes_; }
  const Spec& spec() const { return spec_; }
  std::uint64_t events() const { return events_; }

 private:
  struct Chunk {
    std::uint64_t tag = 0;
    std::int64_t bytes = 0;
    std::int64_t inside = 0;  ///< of it in the receive buffer
  };
  /// A sender, the channel it sends by, and the receiver of what comes back the other way.
  struct End {
    End(const LongHaulChannel::Spec& channel) : out(channel) {}
    std::uint64_t duplicates() const { return receiver->duplicates(); }
    LongHaulChannel out;
    TransportPair transport;                ///< of what it sends; its receiver is the other end's
    TransportReceiver* receiver = nullptr;  ///< of what it receives
    const MessageTable* receiver_table = nullptr;
    Ring<Chunk> chunks;      ///< given and not known, in order
    std::int64_t known = 0;  ///< the number of the first of them
    std::int64_t outstanding = 0;
    std::int64_t given = 0, granted = 0;  ///< running counts of bytes
    Femtoseconds starved_since = Femtoseconds::max();
    Femtoseconds ask_at = Femtoseconds::max();  ///< credits: when to ask for them
    Femtoseconds paused_from = Femtoseconds::max(), paused_until = Femtoseconds::max();
    // As a receiver.
    std::int64_t level = 0;              ///< bytes in the receive buffer
    std::int64_t drained = 0, told = 0;  ///< running counts: left the buffer; and of these the other end was told
    bool pausing = false;
    Femtoseconds repeat_pause = Femtoseconds::max();
    Counts counts;
  };
  static std::size_t index(int end) { return static_cast<std::size_t>(end); }
  /// What a chunk takes in a receive buffer: whole packets.
  std::int64_t stored(std::int64_t bytes) const {
    return (bytes + spec_.transport.payload - 1) / spec_.transport.payload * spec_.transport.payload;
  }

  bool short_of_credit(const End& end, std::int64_t bytes) const {
    return spec_.flow_control == FlowControl::credits && end.given + stored(bytes) > end.granted;
  }
  Femtoseconds sending_at(const End& end) const;
  void plan();
  bool arrives(int at, Femtoseconds now);
  void data_arrives(int at, const WirePacket& packet, Femtoseconds now);
  bool control_arrives(int at, const WirePacket& packet, Femtoseconds now);
  bool note_known(int end, Femtoseconds now);
  void send_control(int from, WirePacket::Kind kind, std::uint64_t number, Femtoseconds now);
  void tell_credit(int receiver, Femtoseconds now);
  void tell_pause(int receiver, bool pause, Femtoseconds now);
  bool timers(Femtoseconds now);
  bool send(Femtoseconds now);

  Spec spec_;
  WaveOwner* owner_;
  std::size_t number_;
  std::array<End, 2> ends_;
  Femtoseconds round_trip_{0};
  std::int64_t window_bytes_ = 0;
  Femtoseconds now_{0};
  Femtoseconds next_ = Femtoseconds::max();
  std::uint64_t events_ = 0;
};

}  // namespace fs
