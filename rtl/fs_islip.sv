// SPDX-License-Identifier: Apache-2.0
// Separable allocator iSLIP(Iterations) (McKeown 1999). Every output's round-robin pick is done at once: vectors run
// over outputs, and a ripple over inputs takes the first request at or after each output's pointer. Rows stay in input
// order throughout, so no matrix is ever transposed. Combinational from requests to matches; pointers are registers.
// Twin: sc_models/switch/allocators/islip.hpp.
`include "fs_assert.svh"
module fs_islip #(
  parameter int unsigned NumPorts = 8,
  parameter int unsigned Iterations = 1
) (
  input logic clk_i,
  input logic rst_ni,
  input logic [NumPorts*NumPorts-1:0] request_i,  // per input: outputs it asks for
  output logic [NumPorts*NumPorts-1:0] match_o,  // per input: the output it got, one-hot
  output logic [NumPorts-1:0] matched_o  // outputs with a match
);
  // Grant pointers: bit o of row i says that input i stands at or after the pointer of output o. No row: pointer 0.
  logic [NumPorts*NumPorts-1:0] from_q;
  // Accept pointers: bit o of row i says that output o stands at or after the pointer of input i. No bit: pointer 0.
  logic [NumPorts*NumPorts-1:0] accept_from_q;

  for (genvar k = 0; k < Iterations; k++) begin : gen_iteration
    // Matched in earlier iterations: row per input, and the outputs. And with this one's.
    logic [NumPorts*NumPorts-1:0] before_rows, rows;
    logic [NumPorts-1:0] before_outputs, outputs;
    if (k == 0) begin : gen_none
      assign before_rows = '0;
      assign before_outputs = '0;
    end else begin : gen_before
      assign before_rows = gen_iteration[k-1].rows;
      assign before_outputs = gen_iteration[k-1].outputs;
    end

    // Grant: outputs that are free offer themselves to one input each.
    logic [NumPorts*NumPorts-1:0] offers, accepts;
    logic [NumPorts-1:0] asks, ahead, taken;
    always_comb begin
      taken = '0;
      offers = '0;
      asks = '0;
      ahead = '0;
      for (int unsigned i = 0; i < NumPorts; i++) begin
        asks = request_i[i*NumPorts +: NumPorts] & ~before_outputs;
        if (k > 0 && before_rows[i*NumPorts +: NumPorts] != '0) asks = '0;
        ahead = asks & from_q[i*NumPorts +: NumPorts];
        offers[i*NumPorts +: NumPorts] = ahead & ~taken;
        taken = taken | ahead;
      end
      for (int unsigned i = 0; i < NumPorts; i++) begin
        asks = request_i[i*NumPorts +: NumPorts] & ~before_outputs;
        if (k > 0 && before_rows[i*NumPorts +: NumPorts] != '0) asks = '0;
        offers[i*NumPorts +: NumPorts] = offers[i*NumPorts +: NumPorts] | (asks & ~taken);
        taken = taken | asks;
      end
    end

    // Accept: each input takes the first offer at or after its own pointer.
    logic [NumPorts-1:0] offer, near, accept;
    always_comb begin
      accepts = '0;
      offer = '0;
      near = '0;
      accept = '0;
      for (int unsigned i = 0; i < NumPorts; i++) begin
        offer = offers[i*NumPorts +: NumPorts];
        if (offer != '0) begin
          near = offer & accept_from_q[i*NumPorts +: NumPorts];
          if (near != '0) offer = near;
          accept = offer & (~offer + 1'b1);
          accepts[i*NumPorts +: NumPorts] = accept;
        end
      end
    end

    assign rows = before_rows | accepts;
    always_comb begin
      outputs = before_outputs;
      for (int unsigned i = 0; i < NumPorts; i++) outputs = outputs | accepts[i*NumPorts +: NumPorts];
    end
  end
  assign match_o = gen_iteration[Iterations-1].rows;
  assign matched_o = gen_iteration[Iterations-1].outputs;

  // A grant accepted in the first iteration moves its output's pointer one past the input, and the input's one past it.
  logic [NumPorts-1:0] passed, moved, row;
  assign moved = gen_iteration[0].outputs;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      from_q <= '1;
      accept_from_q <= '1;
    end else if (moved != '0) begin
      passed = '0;
      for (int unsigned i = 0; i < NumPorts; i++) begin
        from_q[i*NumPorts +: NumPorts] <= (from_q[i*NumPorts +: NumPorts] & ~moved) | (passed & moved);
        row = gen_iteration[0].rows[i*NumPorts +: NumPorts];
        passed = passed | row;
        if (row != '0) accept_from_q[i*NumPorts +: NumPorts] <= ~(row | (row - 1'b1));
      end
    end
  end

  // Which input an output is matched with is for the crossbar; that none is matched twice is for here.
  logic [NumPorts-1:0] once, twice;
  always_comb begin
    once = '0;
    twice = '0;
    for (int unsigned i = 0; i < NumPorts; i++) begin
      twice = twice | (once & match_o[i*NumPorts +: NumPorts]);
      once = once | match_o[i*NumPorts +: NumPorts];
    end
  end
  `FS_ASSERT(a_islip_once, twice == '0, "an output matched with two inputs")
endmodule
