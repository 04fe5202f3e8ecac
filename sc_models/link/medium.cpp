// SPDX-License-Identifier: Apache-2.0
#include "link/medium.hpp"

#include <stdexcept>

#include "common/wide.hpp"

namespace fs {

Femtoseconds propagation_delay(const std::string& medium, Micrometres length) {
  // ns/m is fs/um x 1; tenths keep it in integers.
  std::int64_t tenths = 0;
  if (medium == "copper") {
    tenths = 46;
  } else if (medium == "fibre") {
    tenths = 49;
  } else if (medium == "pcb") {
    tenths = 71;
  } else {
    throw std::invalid_argument("medium " + medium + ": allowed are copper, fibre, pcb");
  }
  return Femtoseconds(static_cast<std::int64_t>(static_cast<Int128>(length.value()) * tenths / 10));
}

}  // namespace fs
