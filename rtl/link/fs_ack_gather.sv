// SPDX-License-Identifier: Apache-2.0
// What a receiver has to say, and when it is due: frames taken are gathered, a duplicate is acknowledged once more, a request
// goes at once. Every frame that leaves (report_i) says all of it, and carries the number expected as it stood before this edge.
// due_o follows from registers and now_i.
// Twin: AckGather (sc_models/link/cycle/ack_gather.hpp).
`include "fs_assert.svh"
module fs_ack_gather #(
  parameter int unsigned Every = 8,  // frames gathered before an acknowledgement goes by itself ...
  parameter int unsigned TimeBits = 16,
  parameter logic [TimeBits-1:0] Wait = 0,  // ... unless the oldest has waited this long; below 2^(TimeBits-1)
  localparam int unsigned CountBits = fs_pkg::count_bits(Every)
) (
  input logic clk_i,
  input logic rst_ni,
  input logic [TimeBits-1:0] now_i,
  input logic report_i,  // before what follows
  input logic accept_i,
  input logic duplicate_i,
  input logic request_i,
  input logic clear_i,  // the link starts anew: nothing is left to say
  output logic due_o,
  output logic nack_o,  // what goes now is a request
  output logic [CountBits-1:0] gathered_o,
  output logic again_o
);
  localparam logic [CountBits-1:0] Enough = CountBits'(Every);

  logic [CountBits-1:0] gathered_q, gathered;
  logic [TimeBits-1:0] since_q, since, waited;
  logic again_q, again, nack_q, nack;

  assign waited = now_i - since_q;
  assign due_o = nack_q || again_q || gathered_q == Enough || (gathered_q != '0 && waited >= Wait);
  assign nack_o = nack_q;
  assign gathered_o = gathered_q;
  assign again_o = again_q;

  always_comb begin
    gathered = report_i ? '0 : gathered_q;
    again = !report_i && again_q;
    nack = !report_i && nack_q;
    since = since_q;
    if (accept_i) begin
      if (gathered == '0) since = now_i;
      if (gathered != Enough) gathered = gathered + 1'b1;
    end
    if (duplicate_i) again = 1'b1;
    if (request_i) nack = 1'b1;
    if (clear_i) begin
      gathered = '0;
      again = 1'b0;
      nack = 1'b0;
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      gathered_q <= '0;
      since_q <= '0;
      again_q <= 1'b0;
      nack_q <= 1'b0;
    end else begin
      gathered_q <= gathered;
      since_q <= since;
      again_q <= again;
      nack_q <= nack;
    end
  end

  `FS_ASSERT(a_ack_gathered, gathered_q <= Enough, "more frames gathered than it waits for")
endmodule
