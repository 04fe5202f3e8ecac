// SPDX-License-Identifier: Apache-2.0
#include "cosim/retry/retry_pins.hpp"

#include <verilated.h>

#include <cstring>
#include <stdexcept>

#include "common/check.hpp"
#include "cosim/runtime/messages.hpp"

namespace fs::cosim {
namespace {

/// What says for one edge that something happens.
constexpr const char* events[] = {"new_i",       "replay_i",      "control_i",    "tick_i",     "tx_restart_i",
                                  "tx_forget_i", "frame_valid_i", "rx_restart_i", "rx_forget_i"};

}  // namespace

RetryPins::RetryPins(const RetryFormat& format, std::string name, std::unique_ptr<PinModel> model)
    : name_(std::move(name)),
      model_(std::move(model)),
      number_bits_(find("oldest_o").bits),
      frame_bits_(find("frame_o").bits) {
  if ((std::int64_t{1} << number_bits_) < format.numbers || crc_bits() != static_cast<int>(format.crc_bits) ||
      frame_bits_ > FrameBits::most || find("now_i").bits != 64) {
    throw std::invalid_argument(name_ + ": the RTL's pins are not those of this protocol's link layer");
  }
  for (int k = 0; k < model_->pin_count(); ++k) {
    const Pin& pin = model_->pins()[k];
    if (pin.input) std::memset(pin.data, 0, pin_storage(pin.bits));
  }
  take_messages();
  edge(Femtoseconds(0));
  edge(Femtoseconds(0));
  set("rst_ni", 1);
}

const Pin& RetryPins::find(const char* name) const {
  for (int k = 0; k < model_->pin_count(); ++k) {
    const Pin& pin = model_->pins()[k];
    if (std::strcmp(pin.name, name) == 0) return pin;
  }
  throw std::invalid_argument(name_ + ": the RTL has no pin " + std::string(name));
}

void RetryPins::set(const char* name, std::uint64_t value) {
  const Pin& pin = find(name);
  std::memcpy(pin.data, &value, std::min<std::size_t>(pin_storage(pin.bits), sizeof value));
}

std::uint64_t RetryPins::get(const char* name) const {
  const Pin& pin = find(name);
  std::uint64_t value = 0;
  std::memcpy(&value, pin.data, std::min<std::size_t>(pin_storage(pin.bits), sizeof value));
  return value;
}

// Pins and 64-bit words agree on bytes (little-endian).
void RetryPins::set_frame(const FrameBits& frame) {
  const Pin& pin = find("frame_i");
  std::memcpy(pin.data, frame.words(), pin_storage(pin.bits));
  set("frame_valid_i", 1);
}

FrameBits RetryPins::frame() const {
  const Pin& pin = find("frame_o");
  FrameBits bits;
  std::memcpy(bits.words(), pin.data, pin_storage(pin.bits));
  return bits;
}

void RetryPins::edge(Femtoseconds now) {
  set("now_i", static_cast<std::uint64_t>(now.value()));
  VerilatedContext& context = verilated_context();
  context.time(static_cast<std::uint64_t>(now.value()));
  model_->edge();
  for (const char* event : events) set(event, 0);
  if (!context.gotError() && !context.gotFinish()) return;
  context.gotError(false);
  context.gotFinish(false);
  throw InvariantError(name_ + ", " + std::to_string(now.value()) + " fs: the RTL stopped:\n" + take_messages());
}

}  // namespace fs::cosim
