// SPDX-License-Identifier: Apache-2.0
// The receiving half of link-level retry, go back n: takes the frame expected, and asks for it once a gap.
// Combinational from the frame to verdict_o and request_o. What is asked for is always expected_o.
//
// Of a frame that its CRC refuses nothing is known: it may have been any frame, so it is as good as a gap.
// Twin: RetryReceiver (sc_models/link/retry/retry_receiver.hpp).
`include "fs_assert.svh"
module fs_retry_receiver #(
  parameter int unsigned Window = 64,
  parameter int unsigned Numbers = 128,
  parameter bit Request = 1'b1,  // 1: at the first bad or unexpected frame; 0: never, the sender's timer finds the loss
  parameter int unsigned Again = 0,  // unexpected frames after which it asks again; 0: never
  localparam int unsigned NumberBits = fs_pkg::index_bits(Numbers),
  localparam int unsigned AgainBits = fs_pkg::count_bits(Again + 1)
) (
  input logic clk_i,
  input logic rst_ni,
  input logic frame_i,
  input logic good_i,
  input logic [NumberBits-1:0] number_i,
  input logic restart_i,  // the link starts anew: asks as if it never had
  input logic forget_i,  // the sender starts anew at next_i
  input logic [NumberBits-1:0] next_i,
  output logic [1:0] verdict_o,  // 0 accept, 2 duplicate, 3 discard; of the frame at this edge
  output logic request_o,
  // Registers
  output logic [NumberBits-1:0] expected_o,
  output logic nack_sent_o,
  output logic [AgainBits-1:0] unexpected_o  // frames since the request that were not the one asked for
);
  localparam logic [1:0] Accept = 2'd0, Duplicate = 2'd2, Discard = 2'd3;
  localparam int unsigned SumBits = NumberBits + 1;
  localparam logic [NumberBits-1:0] Last = NumberBits'(Numbers - 1);

  logic [NumberBits-1:0] expected_q;
  logic nack_sent_q;
  logic [AgainBits-1:0] unexpected_q, more;
  logic [SumBits-1:0] ahead;
  logic accept, early;

  assign ahead = SumBits'(number_i) + ((number_i < expected_q) ? SumBits'(Numbers) : SumBits'(0)) - SumBits'(expected_q);
  assign accept = frame_i && good_i && ahead == '0;
  assign early = frame_i && good_i && ahead != '0 && ahead < SumBits'(Window);
  assign more = unexpected_q + 1'b1;

  always_comb begin
    verdict_o = Discard;
    if (good_i && ahead == '0) verdict_o = Accept;
    else if (good_i && !early) verdict_o = Duplicate;
    request_o = 1'b0;
    if (Request && frame_i) begin
      if (!nack_sent_q) request_o = early || !good_i;
      else request_o = early && Again != 0 && more >= AgainBits'(Again);
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      expected_q <= '0;
      nack_sent_q <= 1'b0;
      unexpected_q <= '0;
    end else if (forget_i) begin
      expected_q <= next_i;
      nack_sent_q <= 1'b0;
      unexpected_q <= '0;
    end else if (accept) begin
      expected_q <= (expected_q == Last) ? '0 : expected_q + 1'b1;
      nack_sent_q <= 1'b0;
      unexpected_q <= '0;
    end else begin
      if (restart_i) nack_sent_q <= 1'b0;
      else if (early || (Request && frame_i && !good_i)) nack_sent_q <= 1'b1;
      if (request_o) unexpected_q <= '0;
      else if (Request && Again != 0 && early) unexpected_q <= more;
    end
  end

  assign expected_o = expected_q;
  assign nack_sent_o = nack_sent_q;
  assign unexpected_o = unexpected_q;

  `FS_ASSUME(a_retry_number, !(frame_i && good_i) || number_i <= Last, "a good frame with a number that is none")
  `FS_ASSUME(a_retry_anew, !(restart_i || forget_i) || !frame_i, "a frame while the link starts anew")
  `FS_ASSERT(a_retry_expected, expected_q <= Last, "expects a number that is none")
endmodule
