// SPDX-License-Identifier: Apache-2.0
// Two ends of a link and the wires between them, for proofs: end a sends, end b receives and answers. A wire is a line of
// WireStages frames. Whoever proves chooses at each edge whether a frame is lost, spoilt (its CRC bit alone: what a CRC can
// find is proved of fs_crc), or comes once more; when wires have room; when the link starts anew; and when errors end.
`include "fs_assert.svh"
module fs_link_pair #(
  parameter int unsigned Window = 2,
  parameter int unsigned Numbers = 3,
  parameter int unsigned PayloadWidth = 3,
  parameter int unsigned WireStages = 1,
  parameter int unsigned TimeBits = 4,
  parameter int unsigned Timer = 7,
  parameter int unsigned Wait = 1,
  parameter int unsigned Every = 2,
  parameter int unsigned Again = 0,
  parameter bit Request = 1'b1,
  parameter int unsigned Bound = 24,
  localparam int unsigned NumberBits = fs_pkg::index_bits(Numbers),
  localparam int unsigned CountBits = fs_pkg::count_bits(Window),
  localparam int unsigned FrameWidth = 2 * NumberBits + 2 + 1 + 2 + PayloadWidth + 1
) (
  input logic clk_i,
  input logic rst_ni,
  input logic offer_i,  // end a's core has something to send
  input logic [1:0] room_i,
  input logic [1:0] lose_i,
  input logic [1:0] spoil_i,
  input logic [1:0] repeat_i,
  input logic restart_i,
  input logic quiet_i  // no errors from now on
);
  logic quiet_q, quiet, anew;
  assign quiet = quiet_q || quiet_i;
  assign anew = restart_i && !quiet;

  logic [PayloadWidth-1:0] sent_q, received_q;
  logic ready, taken, b_valid, unused_a_valid, unused_b_ready;
  logic [PayloadWidth-1:0] b_payload, unused_a_payload;
  logic unused_a_credit, unused_b_credit;
  logic [1:0] valid_out, valid_in;
  logic [FrameWidth-1:0] a_out, b_out, a_in, b_in;
  logic [NumberBits-1:0] a_expected, b_expected, unused_a_next, unused_b_next;
  logic a_exhausted, b_exhausted, a_replaying, b_replaying, unused_a_replays, unused_b_replays;
  logic [CountBits-1:0] a_count, b_count;

  fs_link_end #(.Window(Window), .Numbers(Numbers), .PayloadWidth(PayloadWidth), .Limit(0), .TimeBits(TimeBits),
    .Timer(TimeBits'(Timer)), .Request(Request), .Again(Again), .Every(Every), .Wait(TimeBits'(Wait)), .NumVcs(1), .Depth(1),
    .CounterBits(2), .Repair(TimeBits'(0)), .CrcBits(1), .Poly(1'b1)) u_a (
    .clk_i(clk_i), .rst_ni(rst_ni), .valid_i(offer_i), .ready_o(ready), .payload_i(sent_q), .valid_o(unused_a_valid),
    .payload_o(unused_a_payload), .free_i(1'b0), .credit_o(unused_a_credit), .wire_ready_i(room_i[0] || quiet),
    .frame_valid_o(valid_out[0]), .frame_o(a_out), .frame_valid_i(valid_in[1]), .frame_i(a_in), .restart_i(anew),
    .forget_i(1'b0), .peer_i(b_expected), .exhausted_o(a_exhausted), .expected_o(a_expected), .next_o(unused_a_next),
    .replaying_o(a_replaying), .count_o(a_count), .replays_o(unused_a_replays)
  );
  fs_link_end #(.Window(Window), .Numbers(Numbers), .PayloadWidth(PayloadWidth), .Limit(0), .TimeBits(TimeBits),
    .Timer(TimeBits'(Timer)), .Request(Request), .Again(Again), .Every(Every), .Wait(TimeBits'(Wait)), .NumVcs(1), .Depth(1),
    .CounterBits(2), .Repair(TimeBits'(0)), .CrcBits(1), .Poly(1'b1)) u_b (
    .clk_i(clk_i), .rst_ni(rst_ni), .valid_i(1'b0), .ready_o(unused_b_ready), .payload_i('0), .valid_o(b_valid),
    .payload_o(b_payload), .free_i(1'b0), .credit_o(unused_b_credit), .wire_ready_i(room_i[1] || quiet),
    .frame_valid_o(valid_out[1]), .frame_o(b_out), .frame_valid_i(valid_in[0]), .frame_i(b_in), .restart_i(anew),
    .forget_i(1'b0), .peer_i(a_expected), .exhausted_o(b_exhausted), .expected_o(b_expected), .next_o(unused_b_next),
    .replaying_o(b_replaying), .count_o(b_count), .replays_o(unused_b_replays)
  );

  fs_lossy_wire #(.Width(FrameWidth), .Stages(WireStages)) u_ab (
    .clk_i(clk_i), .rst_ni(rst_ni), .clear_i(anew), .valid_i(valid_out[0]), .frame_i(a_out), .lose_i(lose_i[0] && !quiet),
    .spoil_i(spoil_i[0] && !quiet), .repeat_i(repeat_i[0] && !quiet), .valid_o(valid_in[0]), .frame_o(b_in)
  );
  fs_lossy_wire #(.Width(FrameWidth), .Stages(WireStages)) u_ba (
    .clk_i(clk_i), .rst_ni(rst_ni), .clear_i(anew), .valid_i(valid_out[1]), .frame_i(b_out), .lose_i(lose_i[1] && !quiet),
    .spoil_i(spoil_i[1] && !quiet), .repeat_i(repeat_i[1] && !quiet), .valid_o(valid_in[1]), .frame_o(a_in)
  );

  assign taken = offer_i && ready && (room_i[0] || quiet) && !anew;
  // Edges without any progress since errors ended, while something is under way.
  logic [4:0] idle_q;
  logic [CountBits-1:0] last_count_q;
  logic progress;
  assign progress = b_valid || a_count != last_count_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      quiet_q <= 1'b0;
      sent_q <= '0;
      received_q <= '0;
      idle_q <= '0;
      last_count_q <= '0;
    end else begin
      quiet_q <= quiet;
      if (taken) sent_q <= sent_q + 1'b1;
      if (b_valid) received_q <= received_q + 1'b1;
      last_count_q <= a_count;
      if (!quiet_q || progress || a_count == '0) idle_q <= '0;
      else if (idle_q != 5'h1f) idle_q <= idle_q + 1'b1;
    end
  end

  // What has happened, for covers: a frame with data was lost, spoilt or repeated; it was under way as the link started anew;
  // everything has gone round.
  logic lost_q, spoilt_q, repeated_q, again_q, wrapped_q;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) {lost_q, spoilt_q, repeated_q, again_q, wrapped_q} <= '0;
    else begin
      lost_q <= lost_q || (valid_out[0] && lose_i[0] && !quiet && !anew && a_count != '0);
      spoilt_q <= spoilt_q || (valid_out[0] && spoil_i[0] && !lose_i[0] && !quiet && !anew && a_count != '0);
      repeated_q <= repeated_q || (!valid_out[0] && repeat_i[0] && !quiet && !anew && a_count != '0);
      again_q <= again_q || (anew && a_count != '0);
      wrapped_q <= wrapped_q || (b_valid && received_q == '1);
    end
  end

  logic [PayloadWidth-1:0] under_way;
  assign under_way = sent_q - received_q;
  // What link_pair has proved, for any time, the proof of progress may take as given.
`ifdef FS_LIVE
  `define FS_PROVED(name, condition, text) `FS_ASSUME(name, condition, text)
`else
  `define FS_PROVED(name, condition, text) `FS_ASSERT(name, condition, text)
`endif
  // Payloads are numbered: what comes out next is what follows what came out last, and has gone in.
  `FS_PROVED(p_pair_order, !b_valid || b_payload == received_q, "lost, repeated or out of order")
  `FS_PROVED(p_pair_sent, under_way <= PayloadWidth'(Window + 1) && !(b_valid && under_way == '0), "came out, though it never went in")
  `FS_PROVED(p_pair_acked, a_count != '0 || under_way <= PayloadWidth'(1), "acknowledged, though it never came out")
`ifdef FS_LIVE
  `FS_COVER(c_pair_live, quiet_q && lost_q && idle_q > 5'd2 && b_valid)  // lost, then silence, then the timer
  `FS_ASSERT(p_pair_live, idle_q <= 5'(Bound), "no progress, though the wire is good")
`endif
  `FS_COVER(c_pair_full, a_count == CountBits'(Window))
  `FS_COVER(c_pair_wrapped, b_valid && wrapped_q)
  `FS_COVER(c_pair_lost, b_valid && lost_q && !spoilt_q && !again_q)
  `FS_COVER(c_pair_spoilt, b_valid && spoilt_q && !lost_q && !again_q && a_replaying)
  `FS_COVER(c_pair_repeated, b_valid && repeated_q && received_q != '0)
  `FS_COVER(c_pair_again, b_valid && again_q && a_replaying)
  `FS_PROVED(p_pair_limit, !a_exhausted && !b_exhausted && b_count == '0 && !b_replaying, "what sends nothing replays")
endmodule
