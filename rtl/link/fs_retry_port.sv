// SPDX-License-Identifier: Apache-2.0
// The retry of one end of a link as one block of registered pins: transmitter and receiver, CRC made and checked. What
// schedules frames and messages stands outside, so a simulator that knows when things happen can clock it once an event, with
// the event's time on now_i. frame_o and frame_i are {CRC, payload, number}.
`include "fs_assert.svh"
module fs_retry_port #(
  parameter int unsigned Window = 64,
  parameter int unsigned Numbers = 128,
  parameter int unsigned PayloadWidth = 32,
  parameter int unsigned Limit = 8,
  parameter int unsigned TimeBits = 64,
  parameter logic [TimeBits-1:0] Timer = 0,
  parameter bit Request = 1'b1,
  parameter int unsigned Again = 0,
  parameter int unsigned CrcBits = 32,
  parameter logic [CrcBits-1:0] Poly = CrcBits'(32'h1EDC6F41),
  localparam int unsigned NumberBits = fs_pkg::index_bits(Numbers),
  localparam int unsigned CountBits = fs_pkg::count_bits(Window),
  localparam int unsigned ReplayBits = fs_pkg::count_bits(Limit + 1),
  localparam int unsigned AgainBits = fs_pkg::count_bits(Again + 1),
  localparam int unsigned BodyWidth = NumberBits + PayloadWidth,
  localparam int unsigned FrameWidth = BodyWidth + CrcBits
) (
  input logic clk_i,
  input logic rst_ni,
  input logic [TimeBits-1:0] now_i,
  // Transmitter
  input logic new_i,
  input logic replay_i,
  input logic [PayloadWidth-1:0] payload_i,
  input logic control_i,
  input logic nack_i,
  input logic [NumberBits-1:0] control_number_i,
  input logic tick_i,
  input logic tx_restart_i,
  input logic [NumberBits-1:0] tx_first_i,
  input logic tx_forget_i,
  output logic frame_valid_o,
  output logic [FrameWidth-1:0] frame_o,
  output logic replaying_o,
  output logic [NumberBits-1:0] oldest_o,
  output logic [CountBits-1:0] count_o,
  output logic [CountBits-1:0] at_o,
  output logic [CountBits-1:0] end_o,
  output logic [ReplayBits-1:0] replays_o,
  output logic [TimeBits-1:0] progress_o,
  output logic timing_o,
  output logic exhausted_o,
  output logic news_o,
  output logic began_o,
  output logic expired_o,
  // Receiver
  input logic frame_valid_i,
  input logic [FrameWidth-1:0] frame_i,
  input logic rx_restart_i,
  input logic rx_forget_i,
  input logic [NumberBits-1:0] rx_next_i,
  output logic good_o,  // of the last edge's frame: its CRC is right
  output logic [1:0] verdict_o,
  output logic request_o,
  output logic [PayloadWidth-1:0] payload_o,
  output logic [NumberBits-1:0] expected_o,
  output logic nack_sent_o,
  output logic [AgainBits-1:0] unexpected_o
);
  logic [NumberBits-1:0] number;
  logic [PayloadWidth-1:0] payload;
  logic [CrcBits-1:0] made, found;
  logic good, request;
  logic [1:0] verdict;

  fs_retry_transmitter #(.Window(Window), .Numbers(Numbers), .PayloadWidth(PayloadWidth), .Limit(Limit), .TimeBits(TimeBits),
    .Timer(Timer)) u_transmitter (
    .clk_i, .rst_ni, .now_i, .new_i, .payload_i, .replay_i, .number_o(number), .payload_o(payload),
    .control_i, .nack_i, .control_number_i, .tick_i, .restart_i(tx_restart_i), .first_i(tx_first_i),
    .forget_i(tx_forget_i), .replaying_o, .oldest_o, .count_o, .at_o, .end_o, .replays_o, .progress_o, .timing_o,
    .exhausted_o, .news_o, .began_o, .expired_o
  );
  fs_crc #(.DataWidth(BodyWidth), .CrcBits(CrcBits), .Poly(Poly)) u_crc_out (.data_i({payload, number}), .crc_o(made));

  fs_crc #(.DataWidth(BodyWidth), .CrcBits(CrcBits), .Poly(Poly)) u_crc_in (.data_i(frame_i[BodyWidth-1:0]), .crc_o(found));
  assign good = found == frame_i[BodyWidth +: CrcBits];
  fs_retry_receiver #(.Window(Window), .Numbers(Numbers), .Request(Request), .Again(Again)) u_receiver (
    .clk_i, .rst_ni, .frame_i(frame_valid_i), .good_i(good), .number_i(frame_i[NumberBits-1:0]),
    .restart_i(rx_restart_i), .forget_i(rx_forget_i), .next_i(rx_next_i), .verdict_o(verdict), .request_o(request),
    .expected_o, .nack_sent_o, .unexpected_o
  );

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      frame_valid_o <= 1'b0;
      request_o <= 1'b0;
    end else begin
      frame_valid_o <= new_i || replay_i;
      request_o <= request;
    end
    if (new_i || replay_i) frame_o <= {made, payload, number};
    if (frame_valid_i) begin
      good_o <= good;
      verdict_o <= verdict;
      payload_o <= frame_i[NumberBits +: PayloadWidth];
    end
  end
endmodule
