// SPDX-License-Identifier: Apache-2.0
#include "cosim/retry/retry_rtl.hpp"

#include <cstdio>

#include "cosim/library/builder.hpp"
#include "cosim/library/installed.hpp"
#include "cosim/retry/retry_pins.hpp"
#include "cosim/runtime/messages.hpp"
#include "link/cycle/frame_bits.hpp"

namespace fs::cosim {
namespace {

constexpr std::int64_t most_window = 4096;  // a replay buffer in Verilator's memory for each end of a link

Recipe recipe() {
  Recipe r;
  r.name = "link_layer";
  r.top = "fs_retry_port";
  const std::string rtl = where_installed().rtl;
  r.sources = {rtl + "/waivers.vlt", rtl + "/link/waivers.vlt", rtl + "/fs_pkg.sv", rtl + "/link/fs_retry_port.sv"};
  r.include_dirs = {rtl + "/link", rtl};
  // No core that a switch could have: only the place beside those.
  r.file = where_installed().cores + "/link_layer.yaml";
  return r;
}

std::string sized(int bits, std::uint64_t value) { return std::to_string(bits) + "'d" + std::to_string(value); }

}  // namespace

std::optional<OutsideRetryRtl> outside_retry_rtl(const RetryFormat& format) {
  if (format.mode != RetryMode::go_back_n) return OutsideRetryRtl{"mode", "mode: go_back_n"};
  if (format.request == ReplayRequest::every_loss) {
    return OutsideRetryRtl{
        "request", "request: once_per_gap or never: of a frame that its CRC refuses RTL cannot know the number"};
  }
  if (format.window > most_window) {
    return OutsideRetryRtl{"window", "a window of at most " + std::to_string(most_window) + "frames"};
  }
  if (crc_polynomial(format.crc_bits).bits == 0) {
    return OutsideRetryRtl{"crc_bits", "crc_bits: 8, 16, 24, 25 or 32"};
  }
  return std::nullopt;
}

Shape retry_shape(const RetryFormat& format) {
  const CrcPolynomial polynomial = crc_polynomial(format.crc_bits);
  return {{"Window", std::to_string(format.window)},
          {"Numbers", std::to_string(format.numbers)},
          {"PayloadWidth", std::to_string(RetryPins::payload_bits)},
          {"Limit", std::to_string(format.replay_limit)},
          {"TimeBits", "64"},
          {"Timer", sized(64, static_cast<std::uint64_t>(format.replay_timer.value()))},
          {"Request", format.request == ReplayRequest::once_per_gap ? "1'b1" : "1'b0"},
          {"Again", std::to_string(format.request_again)},
          {"CrcBits", std::to_string(polynomial.bits)},
          {"Poly", sized(polynomial.bits, polynomial.terms)}};
}

RetryRtl::Create RetryRtl::open(const RetryFormat& format) {
  const Shape shape = retry_shape(format);
  std::string text;
  for (const auto& [name, value] : shape) text += name + '=' + value + '\n';
  const auto known = open_.find(text);
  if (known != open_.end()) return known->second;
  const std::string name = "w" + std::to_string(format.window) + "-" + shape_hash(shape);
  return open_[text] = open_core(build_core(recipe(), name, shape));
}

std::unique_ptr<PinModel> RetryRtl::make(const RetryFormat& format, const std::string& name) {
  return std::unique_ptr<PinModel>(open(format)(verilated_context(), name.c_str()));
}

}  // namespace fs::cosim
