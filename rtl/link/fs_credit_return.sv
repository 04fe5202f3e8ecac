// SPDX-License-Identifier: Apache-2.0
// The half of a credit counter pair at the receive buffer: counts the slots freed of each VC, cyclically, and says with each
// frame that leaves how far one VC's counter has come. A message that is lost costs nothing: a later one says it again.
// VCs take turns, with news or without: so what was lost is said again however busy the others are, and within Repair on an
// idle link.
// vc_o and count_o follow from registers, due_o from registers and now_i.
// Twin: CreditReturn (sc_models/link/cycle/credit_pair.hpp).
`include "fs_assert.svh"
module fs_credit_return #(
  parameter int unsigned NumVcs = 2,
  parameter int unsigned CounterBits = 8,
  parameter int unsigned TimeBits = 16,
  parameter logic [TimeBits-1:0] Repair = 0,  // without a message for this long, one is due; 0: never
  localparam int unsigned VcBits = fs_pkg::index_bits(NumVcs)
) (
  input logic clk_i,
  input logic rst_ni,
  input logic [TimeBits-1:0] now_i,
  input logic [NumVcs-1:0] free_i,  // a slot was freed
  input logic report_i,  // vc_o and count_o leave at this edge
  output logic due_o,
  output logic [VcBits-1:0] vc_o,
  output logic [CounterBits-1:0] count_o,
  output logic [NumVcs-1:0] fresh_o,  // VCs with news
  output logic [NumVcs*CounterBits-1:0] freed_o
);
  localparam logic [VcBits-1:0] Last = VcBits'(NumVcs - 1);

  logic [NumVcs*CounterBits-1:0] freed_q, freed;
  logic [NumVcs-1:0] fresh_q, fresh;
  logic [VcBits-1:0] turn_q;
  logic [TimeBits-1:0] said_q, silent;

  assign vc_o = turn_q;
  assign count_o = freed_q[turn_q*CounterBits +: CounterBits];
  assign silent = now_i - said_q;
  assign due_o = fresh_q != '0 || (Repair != '0 && silent >= Repair);
  assign fresh_o = fresh_q;
  assign freed_o = freed_q;

  always_comb begin
    fresh = fresh_q;
    if (report_i) fresh[turn_q] = 1'b0;
    fresh = fresh | free_i;
    freed = freed_q;
    for (int v = 0; v < NumVcs; v++) begin
      if (free_i[v]) freed[v*CounterBits +: CounterBits] = freed_q[v*CounterBits +: CounterBits] + 1'b1;
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      freed_q <= '0;
      fresh_q <= '0;
      turn_q <= '0;
      said_q <= '0;
    end else begin
      freed_q <= freed;
      fresh_q <= fresh;
      if (report_i) begin
        turn_q <= (turn_q == Last) ? '0 : turn_q + 1'b1;
        said_q <= now_i;
      end
    end
  end

  `FS_ASSERT(a_credit_turn, turn_q <= Last, "the turn of a VC that is none")
endmodule
