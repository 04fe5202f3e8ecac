// SPDX-License-Identifier: Apache-2.0
// The retry of links as RTL: rtl/link/fs_retry_port.sv in the shape that a protocol asks for, built once and kept.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "cosim/library/shape.hpp"
#include "cosim/pin_model.hpp"
#include "flit/profile/link_layer_format.hpp"

namespace fs::cosim {

/// Who takes the decisions of a link's retry.
enum class RetryEngine : std::uint8_t {
  model,
  rtl,
  lockstep,  ///< RTL, each decision and register compared with the model's
};

/// What of a protocol's `link_layer.retry` the RTL does not do: the key, and what it has to be.
struct OutsideRetryRtl {
  const char* key;
  std::string needs;
};
std::optional<OutsideRetryRtl> outside_retry_rtl(const RetryFormat& format);

/// The format as parameters of fs_retry_port. Time counts femtoseconds.
Shape retry_shape(const RetryFormat& format);

class RetryRtl {
 public:
  /// Builds the RTL for this format, if that has not been done. Throws std::runtime_error with the tools' complaints.
  void build(const RetryFormat& format) { open(format); }
  /// The RTL of one end of a link, built first if need be.
  std::unique_ptr<PinModel> make(const RetryFormat& format, const std::string& name);

 private:
  using Create = PinModel* (*)(VerilatedContext&, const char*);
  Create open(const RetryFormat& format);

  std::map<std::string, Create> open_;  ///< by shape
};

}  // namespace fs::cosim
