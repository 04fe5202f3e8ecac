// SPDX-License-Identifier: Apache-2.0
// Every value comes from the command line of CMakeLists.txt, which gives the same to Verilator.
#include "link_shape.hpp"

#include <type_traits>

#include FS_MODEL_HEADER
#include "rtl_end.hpp"

namespace fs::lockstep {

using cycle::LinkEnd;
using cycle::LinkEndConfig;

const LinkShape& link_shape() {
  static const LinkShape shape = [] {
    LinkShape s;
    LinkEndConfig& config = s.config;
    config.retry.mode = RetryMode::go_back_n;
    config.retry.window = FS_WINDOW;
    config.retry.numbers = FS_NUMBERS;
    config.retry.crc_bits = FS_CRC;
    config.retry.request = FS_REQUEST != 0 ? ReplayRequest::once_per_gap : ReplayRequest::never;
    config.retry.request_again = FS_AGAIN;
    config.retry.ack_every = FS_EVERY;
    config.retry.ack_wait = Femtoseconds(FS_WAIT);
    config.retry.replay_timer = Femtoseconds(FS_TIMER);
    config.retry.replay_limit = FS_LIMIT;
    config.payload_bits = FS_PAYLOAD;
    config.vcs = FS_LINK_VCS;
    config.depth = FS_DEPTH;
    config.counter_bits = FS_COUNTER_BITS;
    config.repair = FS_REPAIR;
    s.crc_bits = FS_CRC;
    s.seeds = FS_SEEDS;
    s.cycles = FS_CYCLES;
    s.random_initial = FS_RANDOM_INITIAL != 0;
    return s;
  }();
  return shape;
}

namespace {

/// Pins are integers of up to 64 bits, or words.
template <class Pin>
void drive_pin(Pin& pin, const FrameBits& value) {
  if constexpr (std::is_integral_v<Pin>) {
    pin = static_cast<Pin>(value.words()[0]);
  } else {
    for (std::size_t w = 0; w < sizeof(Pin) / 4; ++w) {
      pin[w] = static_cast<std::uint32_t>(value.words()[w / 2] >> (32 * (w % 2)));
    }
  }
}
template <class Pin>
FrameBits read_pin(const Pin& pin) {
  FrameBits value;
  if constexpr (std::is_integral_v<Pin>) {
    value.words()[0] = static_cast<std::uint64_t>(pin);
  } else {
    for (std::size_t w = 0; w < sizeof(Pin) / 4; ++w) {
      value.words()[w / 2] |= static_cast<std::uint64_t>(pin[w]) << (32 * (w % 2));
    }
  }
  return value;
}
class VerilatedEnd final : public RtlEnd {
 public:
  VerilatedEnd(VerilatedContext& context, const char* name) : core_(&context, name) { drive({}, false); }
  ~VerilatedEnd() override { core_.final(); }

  void step(const LinkEnd::Inputs& in, bool reset) override {
    drive(in, reset);
    core_.clk_i = 1;
    core_.eval();
    core_.clk_i = 0;
    core_.eval();
  }
  std::vector<PinValue> pins(int frame_bits, int payload_bits) const override {
    return {{"ready_o", 1, read_pin(core_.ready_o)},
            {"valid_o", 1, read_pin(core_.valid_o)},
            {"payload_o", payload_bits, read_pin(core_.payload_o)},
            {"credit_o", 32, read_pin(core_.credit_o)},
            {"frame_valid_o", 1, read_pin(core_.frame_valid_o)},
            {"frame_o", frame_bits, read_pin(core_.frame_o)},
            {"exhausted_o", 1, read_pin(core_.exhausted_o)},
            {"expected_o", 32, read_pin(core_.expected_o)},
            {"next_o", 32, read_pin(core_.next_o)},
            {"replaying_o", 1, read_pin(core_.replaying_o)},
            {"count_o", 32, read_pin(core_.count_o)},
            {"replays_o", 32, read_pin(core_.replays_o)},
            {"at_o", 32, read_pin(core_.at_o)},
            {"end_o", 32, read_pin(core_.end_o)},
            {"progress_o", 32, read_pin(core_.progress_o)},
            {"timing_o", 1, read_pin(core_.timing_o)},
            {"news_o", 1, read_pin(core_.news_o)},
            {"began_o", 1, read_pin(core_.began_o)},
            {"expired_o", 1, read_pin(core_.expired_o)},
            {"nack_sent_o", 1, read_pin(core_.nack_sent_o)},
            {"unexpected_o", 32, read_pin(core_.unexpected_o)},
            {"gathered_o", 32, read_pin(core_.gathered_o)},
            {"again_o", 1, read_pin(core_.again_o)},
            {"fresh_o", 32, read_pin(core_.fresh_o)},
            {"freed_o", 64, read_pin(core_.freed_o)},
            {"heard_o", 64, read_pin(core_.heard_o)}};
  }
  void trace(VerilatedFstC& file) override { core_.trace(&file, 99); }

 private:
  void drive(const LinkEnd::Inputs& in, bool reset) {
    core_.rst_ni = reset ? 0 : 1;
    drive_pin(core_.valid_i, number_bits(in.valid));
    drive_pin(core_.payload_i, number_bits(in.payload));
    drive_pin(core_.free_i, number_bits(in.free));
    drive_pin(core_.wire_ready_i, number_bits(in.wire_ready));
    drive_pin(core_.frame_valid_i, number_bits(in.frame_valid));
    drive_pin(core_.frame_i, in.frame);
    drive_pin(core_.restart_i, number_bits(in.restart));
    drive_pin(core_.forget_i, number_bits(in.forget));
    drive_pin(core_.peer_i, number_bits(in.peer));
  }
  FS_MODEL core_;
};

}  // namespace

std::unique_ptr<RtlEnd> make_rtl_end(VerilatedContext& context, const char* name) {
  return std::make_unique<VerilatedEnd>(context, name);
}

}  // namespace fs::lockstep
