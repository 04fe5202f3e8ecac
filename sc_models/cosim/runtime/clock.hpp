// SPDX-License-Identifier: Apache-2.0
// A clock cycle of a Verilated model in one evaluation instead of two.
#pragma once

#include <type_traits>
#include <utility>

namespace fs::cosim {

/// Whether Verilator keeps the level that clk_i had at the last evaluation where 5.006 does. Wants the generated
/// V<name>___024root.h; without it, and with another Verilator, false.
template <class Model, class = void>
struct RemembersClock : std::false_type {};
template <class Model>
struct RemembersClock<Model, std::void_t<decltype(std::declval<Model&>().rootp->__Vtrigrprev__TOP__clk_i)>>
    : std::true_type {};

/// clk_i rises with the input pins as they stand, and falls again. Only for designs in which nothing but registers
/// looks at clk_i, and these at its rising edge: then its fall changes nothing, and need not be evaluated for Verilator
/// to see the next rise. An evaluation works out all that hangs on input pins, which is half of a switch core's cost.
template <class Model>
void rising_edge(Model& model) {
  model.clk_i = 1;
  model.eval();
  model.clk_i = 0;
  if constexpr (RemembersClock<Model>::value) {
    model.rootp->__Vtrigrprev__TOP__clk_i = 0;
  } else {
    model.eval();
  }
}

}  // namespace fs::cosim
