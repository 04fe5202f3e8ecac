// SPDX-License-Identifier: Apache-2.0
// A link of the fabric whose retry is RTL: a Verilated fs_retry_port at each end, deputies for the two directions'
// state machines, and the frames between them. The fabric says when things happen and which frames errors destroy; RTL
// numbers frames, makes and checks their CRC, and takes every decision.
//
// A destroyed frame reaches the receiver with a burst of wrong bits, so that its CRC has to find it; a frame that is
// taken must bring the token that was sent in its place, so that nothing is lost, repeated or out of order.
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include "common/random.hpp"
#include "cosim/retry/retry_pins.hpp"
#include "cosim/retry/retry_rtl.hpp"
#include "link/retry/retry_receiver.hpp"
#include "link/retry/retry_transmitter.hpp"

namespace fs::cosim {

class RtlRetryLink {
 public:
  using Ends = std::array<std::unique_ptr<PinModel>, 2>;
  /// `name` of the link; `ends`: the RTL of ends a and b, of RetryRtl::make. `engine` is rtl or lockstep.
  RtlRetryLink(const RetryFormat& format, const std::string& name, std::uint64_t seed, RetryEngine engine, Ends ends);
  ~RtlRetryLink();

  /// Direction 0 is that from end a to end b.
  RetryTransmitterDeputy& transmitter(int direction);
  RetryReceiverDeputy& receiver(int direction);
  /// The link's name; those of its ends in waveforms are `<name>.a` and `<name>.b`.
  const std::string& name() const { return name_; }
  /// Registers the signals of both ends with a waveform file. Before the file is opened.
  void trace(VerilatedFstC& file, int levels);
  /// Events that RTL has decided.
  std::uint64_t events() const { return events_; }

 private:
  class Transmitter;
  class Receiver;
  /// A direction's frame on its way: what the sending end's pins showed last.
  struct Wire {
    FrameBits frame;
    std::uint64_t number = 0;  ///< counted without wrap
  };

  RetryFormat format_;
  std::string name_;
  std::array<std::unique_ptr<RetryPins>, 2> ends_;
  std::array<Wire, 2> wires_;
  std::array<std::unique_ptr<Transmitter>, 2> transmitters_;
  std::array<std::unique_ptr<Receiver>, 2> receivers_;
  RandomStream bursts_;
  std::uint64_t events_ = 0;
};

}  // namespace fs::cosim
