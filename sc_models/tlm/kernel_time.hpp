// SPDX-License-Identifier: Apache-2.0
// The kernel's time, which counts femtoseconds.
#pragma once

#include <systemc>

#include "common/quantity.hpp"

namespace fs::tlm {

inline sc_core::sc_time to_sc_time(Femtoseconds t) {
  return sc_core::sc_time::from_value(static_cast<std::uint64_t>(t.value()));
}
inline Femtoseconds to_femtoseconds(const sc_core::sc_time& t) {
  return Femtoseconds(static_cast<std::int64_t>(t.value()));
}
inline Femtoseconds present() { return to_femtoseconds(sc_core::sc_time_stamp()); }
/// What the annotated delay of a TLM-2.0 call means.
inline Femtoseconds time_after(const sc_core::sc_time& delay) { return present() + to_femtoseconds(delay); }

}  // namespace fs::tlm
