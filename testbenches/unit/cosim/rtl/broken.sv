// SPDX-License-Identifier: Apache-2.0
// Not SystemVerilog.
module broken (input logic clk_i
  this is where it ends
