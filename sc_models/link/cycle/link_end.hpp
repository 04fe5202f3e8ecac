// SPDX-License-Identifier: Apache-2.0
// One end of a link, cycle by cycle, equal to rtl/link/fs_link_end.sv on every pin in every cycle. The decisions are
// those of the state machines that every link of a fabric uses; what is added here is when a frame goes, and its bits.
// docs/link_layer.md fixes both.
#pragma once

#include <cstdint>

#include "common/ring.hpp"
#include "link/cycle/ack_gather.hpp"
#include "link/cycle/credit_pair.hpp"
#include "link/cycle/frame_bits.hpp"
#include "link/retry/retry_receiver.hpp"
#include "link/retry/retry_transmitter.hpp"

namespace fs::cycle {

struct LinkEndConfig {
  /// Go back n; times count cycles; window, numbers, request, request_again, replay_timer, replay_limit, ack_every,
  /// ack_wait and crc_bits are looked at.
  RetryFormat retry;
  int payload_bits = 32;  ///< at most 64
  int vcs = 2;
  int depth = 16;            ///< slots of a VC in the receive buffers
  int counter_bits = 6;      ///< 2^counter_bits above twice the depth
  std::int64_t repair = 64;  ///< cycles without a frame after which one brings a credit counter; 0: never
  CrcPolynomial polynomial;  ///< of retry.crc_bits, unless given
};

class LinkEnd {
 public:
  struct Inputs {
    bool valid = false;
    std::uint64_t payload = 0;
    std::uint32_t free = 0;  ///< bit v: a slot of VC v was freed
    bool wire_ready = true;
    bool frame_valid = false;
    FrameBits frame;
    bool restart = false;
    bool forget = false;
    std::uint32_t peer = 0;
  };
  struct Outputs {
    bool ready = true;
    bool valid = false;
    std::uint64_t payload = 0;
    std::uint32_t credit = 0;
    bool frame_valid = false;
    FrameBits frame;
    bool exhausted = false;
    std::uint32_t expected = 0;
    std::uint32_t next = 0;
    bool replaying = false;
    std::uint32_t count = 0;
    std::uint32_t replays = 0;
    // Registers of the units, for who looks on.
    std::uint32_t at = 0;   ///< the next frame to replay, counted from the oldest; 0 without replay
    std::uint32_t end = 0;  ///< the first not to be replayed
    std::uint64_t progress = 0;
    bool timing = false;
    bool news = false, began = false, expired = false;  ///< what the last edge brought
    bool nack_sent = false;
    std::uint32_t unexpected = 0;
    std::uint32_t gathered = 0;
    bool again = false;
    std::uint32_t fresh = 0;             ///< bit v: news of VC v
    std::uint64_t freed = 0, heard = 0;  ///< counter_bits a VC, VC 0 in the low bits
  };
  /// Where a frame's fields begin.
  struct Layout {
    int ack, nack, data, vc, credit, payload, crc, end;
  };

  explicit LinkEnd(const LinkEndConfig& config);

  /// One edge; `outputs()` are the pins after it.
  void step(const Inputs& in);
  const Outputs& outputs() const { return out_; }
  const Layout& layout() const { return at_; }
  int number_bits() const { return at_.ack; }
  /// What the units hold, for reports.
  const RetryTransmitter& transmitter() const { return tx_; }
  const RetryReceiver& receiver() const { return rx_; }

 private:
  void send(const Inputs& in);
  void receive(const FrameBits& frame);
  void start_anew(const Inputs& in);
  void show();
  void show_registers();

  LinkEndConfig config_;
  CrcPolynomial polynomial_;
  Layout at_{};
  RetryTransmitter tx_;
  RetryReceiver rx_;
  AckGather ack_;
  CreditReturn return_;
  CreditTake take_;
  Ring<std::uint64_t> buffer_;      ///< payloads not acknowledged
  std::uint64_t buffer_first_ = 0;  ///< the frame of the first of them
  std::int64_t now_ = 0;
  Outputs out_;
};

}  // namespace fs::cycle
