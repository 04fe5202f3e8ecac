// SPDX-License-Identifier: Apache-2.0
// Assertions of the RTL: checked at every clock edge out of reset, by simulators and by yosys' formal flow alike.
//   `FS_ASSERT(a_name, condition, "what is wrong")     the module must break it never
//   `FS_ASSUME(a_name, condition, "what is wrong")     its environment must break it never: an assumption in proofs,
//                                                      an assertion in simulation
//   `FS_ASSUME_AT(a_name, condition, port, "...")      the same, and says at which port
//   `FS_COVER(c_name, condition)                       proofs show that it can happen
// They use clk_i and rst_ni of the module. Empty in synthesis.
`ifndef FS_ASSERT_SVH
`define FS_ASSERT_SVH

`ifdef SYNTHESIS

`define FS_ASSERT(name, condition, text)
`define FS_ASSUME(name, condition, text)
`define FS_ASSUME_AT(name, condition, where, text)
`define FS_COVER(name, condition)

`elsif FORMAL

`define FS_ASSERT(name, condition, text) always_ff @(posedge clk_i) if (rst_ni) begin name: assert (condition); end
`define FS_ASSUME(name, condition, text) always_ff @(posedge clk_i) if (rst_ni) begin name: assume (condition); end
`define FS_ASSUME_AT(name, condition, where, text) `FS_ASSUME(name, condition, text)
`define FS_COVER(name, condition) always_ff @(posedge clk_i) if (rst_ni) begin name: cover (condition); end

`else

// Neither an assert statement nor $error: they print the instance's path, which makes the code of every instance another, and
// which then cannot be shared between the ports of a switch (by Verilator).
`define FS_ASSERT(name, condition, text) \
  always_ff @(posedge clk_i) if (rst_ni && !(condition)) begin \
    $display("[%0t] %%Error: %s: %s", $time, `"name`", text); \
    $stop; \
  end
`define FS_ASSUME(name, condition, text) `FS_ASSERT(name, condition, text)
`define FS_ASSUME_AT(name, condition, where, text) \
  always_ff @(posedge clk_i) if (rst_ni && !(condition)) begin \
    $display("[%0t] %%Error: %s: port %0d: %s", $time, `"name`", where, text); \
    $stop; \
  end
`define FS_COVER(name, condition)

`endif

`endif  // FS_ASSERT_SVH
