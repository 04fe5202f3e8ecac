// SPDX-License-Identifier: Apache-2.0
// Counts credits: up to Step are taken and up to Step given at an edge. Starts at zero.
// What is given at an edge can be taken from the next edge on. More than Most credits are kept at Most, and said.
// Twin: OutputUnits::Vc (sc_models/switch/model/general/output_unit.hpp).
`include "fs_assert.svh"
module fs_credit_counter #(
  parameter int unsigned Most = 64,
  parameter int unsigned Step = 1,
  localparam int unsigned CountBits = fs_pkg::count_bits(Most),
  localparam int unsigned StepBits = fs_pkg::count_bits(Step)
) (
  input logic clk_i,
  input logic rst_ni,
  input logic [StepBits-1:0] take_i,  // at most count_o
  input logic [StepBits-1:0] give_i,
  output logic [CountBits-1:0] count_o,
  output logic [CountBits-1:0] next_o  // after this edge
);
  localparam int unsigned SumBits = ((CountBits > StepBits) ? CountBits : StepBits) + 1;

  logic [CountBits-1:0] count_q;
  logic [SumBits-1:0] sum;

  assign count_o = count_q;
  assign sum = SumBits'(count_q) + SumBits'(give_i) - SumBits'(take_i);
  assign next_o = (sum > SumBits'(Most)) ? CountBits'(Most) : sum[CountBits-1:0];

  always_ff @(posedge clk_i) begin
    if (!rst_ni) count_q <= '0;
    else if (take_i != give_i) count_q <= next_o;
  end

  `FS_ASSUME(a_credit_underflow, SumBits'(take_i) <= SumBits'(count_q), "more credits taken than there are")
  `FS_ASSUME(a_credit_overflow, sum <= SumBits'(Most), "more credits than the neighbour has slots")
  `FS_ASSERT(a_credit_count, SumBits'(count_q) <= SumBits'(Most), "count beyond its range")
endmodule
