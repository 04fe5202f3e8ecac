// SPDX-License-Identifier: Apache-2.0
// One end of a link, cycle by cycle: between the core's flits and credits and the frames on the wire, in both directions.
//
// A frame, lowest bits first: number, ack (the number expected), nack, data (it has number and payload), credit VC, credit
// counter, payload; above all of it the CRC. Every frame acknowledges and brings a credit counter; one without data is an
// acknowledgement, a request or a repair of credits.
//
// At an edge: 1. if the wire has room, a frame goes: the next of a replay, else the core's, else one without data when
// something is due; 2. the frame that came is checked; its ack or request, its credits and its payload take effect;
// 3. the timer is looked at; 4. the link's state machine interferes. What goes says what the registers held before the edge.
// All outputs are registers, or follow from registers alone. docs/link_layer.md says all of it.
// Twin: LinkEnd (sc_models/link/cycle/link_end.hpp).
`include "fs_assert.svh"
module fs_link_end #(
  parameter int unsigned Window = 8,
  parameter int unsigned Numbers = 16,
  parameter int unsigned PayloadWidth = 32,
  parameter int unsigned Limit = 8,
  parameter int unsigned TimeBits = 16,
  parameter logic [TimeBits-1:0] Timer = 64,
  parameter bit Request = 1'b1,
  parameter int unsigned Again = 0,
  parameter int unsigned Every = 4,
  parameter logic [TimeBits-1:0] Wait = 8,
  parameter int unsigned NumVcs = 2,
  parameter int unsigned Depth = 16,  // slots of a VC in the receive buffers
  parameter int unsigned CounterBits = 6,
  parameter logic [TimeBits-1:0] Repair = 64,
  parameter int unsigned CrcBits = 32,
  parameter logic [CrcBits-1:0] Poly = CrcBits'(32'h1EDC6F41),
  localparam int unsigned NumberBits = fs_pkg::index_bits(Numbers),
  localparam int unsigned CountBits = fs_pkg::count_bits(Window),
  localparam int unsigned ReplayBits = fs_pkg::count_bits(Limit + 1),
  localparam int unsigned VcBits = fs_pkg::index_bits(NumVcs),
  localparam int unsigned GatherBits = fs_pkg::count_bits(Every),
  localparam int unsigned AgainBits = fs_pkg::count_bits(Again + 1),
  localparam int unsigned BodyWidth = 2 * NumberBits + 2 + VcBits + CounterBits + PayloadWidth,
  localparam int unsigned FrameWidth = BodyWidth + CrcBits
) (
  input logic clk_i,
  input logic rst_ni,
  // The core's flits, out and in; no flit comes in without a credit that the other core was given
  input logic valid_i,
  output logic ready_o,
  input logic [PayloadWidth-1:0] payload_i,
  output logic valid_o,
  output logic [PayloadWidth-1:0] payload_o,
  // Credits: slots freed here, and pulses for those freed there
  input logic [NumVcs-1:0] free_i,
  output logic [NumVcs-1:0] credit_o,
  // The wire: a frame an edge at most
  input logic wire_ready_i,
  output logic frame_valid_o,
  output logic [FrameWidth-1:0] frame_o,
  input logic frame_valid_i,
  input logic [FrameWidth-1:0] frame_i,
  // The link's state machine: what the other end expects (restart_i) or sends next (forget_i) it brings as peer_i
  input logic restart_i,
  input logic forget_i,
  input logic [NumberBits-1:0] peer_i,
  output logic exhausted_o,  // replayed too often: the link has to start anew
  output logic [NumberBits-1:0] expected_o,
  output logic [NumberBits-1:0] next_o,
  output logic replaying_o,
  output logic [CountBits-1:0] count_o,
  output logic [ReplayBits-1:0] replays_o,
  // Registers of the units, for who looks on
  output logic [CountBits-1:0] at_o,
  output logic [CountBits-1:0] end_o,
  output logic [TimeBits-1:0] progress_o,
  output logic timing_o,
  output logic news_o,
  output logic began_o,
  output logic expired_o,
  output logic nack_sent_o,
  output logic [AgainBits-1:0] unexpected_o,
  output logic [GatherBits-1:0] gathered_o,
  output logic again_o,
  output logic [NumVcs-1:0] fresh_o,
  output logic [NumVcs*CounterBits-1:0] freed_o,
  output logic [NumVcs*CounterBits-1:0] heard_o
);
  localparam int unsigned AckAt = NumberBits, NackAt = 2 * NumberBits, DataAt = NackAt + 1, VcAt = DataAt + 1,
    CreditAt = VcAt + VcBits, PayloadAt = CreditAt + CounterBits;

  logic [TimeBits-1:0] now_q;
  logic anew;
  assign anew = restart_i || forget_i;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) now_q <= '0;
    else now_q <= now_q + 1'b1;
  end

  // 1. What goes.
  logic goes_new, goes_again, goes, data_out, ack_due, credit_due, nack;
  logic [NumberBits-1:0] number, expected, oldest;
  logic [PayloadWidth-1:0] payload;
  logic [VcBits-1:0] credit_vc;
  logic [CounterBits-1:0] credit_count;
  logic [BodyWidth-1:0] body_out;
  logic [CrcBits-1:0] made;
  assign ready_o = !replaying_o && count_o != CountBits'(Window);
  assign goes_again = wire_ready_i && !anew && replaying_o;
  assign goes_new = wire_ready_i && !anew && ready_o && valid_i;
  assign goes = data_out || (wire_ready_i && !anew && (ack_due || credit_due));
  assign data_out = goes_again || goes_new;
  assign body_out = {data_out ? payload : PayloadWidth'(0), credit_count, credit_vc, data_out, nack, expected, number};
  fs_crc #(.DataWidth(BodyWidth), .CrcBits(CrcBits), .Poly(Poly)) u_crc_out (.data_i(body_out), .crc_o(made));

  // 2. What comes.
  logic [BodyWidth-1:0] body_in;
  logic [CrcBits-1:0] found;
  logic comes, good, data_in, request;
  logic [1:0] verdict;
  assign body_in = frame_i[BodyWidth-1:0];
  assign comes = frame_valid_i && !anew;
  fs_crc #(.DataWidth(BodyWidth), .CrcBits(CrcBits), .Poly(Poly)) u_crc_in (.data_i(body_in), .crc_o(found));
  assign good = found == frame_i[BodyWidth +: CrcBits];
  assign data_in = comes && (!good || body_in[DataAt]);

  fs_retry_transmitter #(.Window(Window), .Numbers(Numbers), .PayloadWidth(PayloadWidth), .Limit(Limit), .TimeBits(TimeBits),
    .Timer(Timer)) u_transmitter (
    .clk_i, .rst_ni, .now_i(now_q), .new_i(goes_new), .payload_i, .replay_i(goes_again), .number_o(number),
    .payload_o(payload), .control_i(comes && good), .nack_i(body_in[NackAt]),
    .control_number_i(body_in[AckAt +: NumberBits]), .tick_i(!anew), .restart_i, .first_i(peer_i), .forget_i,
    .replaying_o, .oldest_o(oldest), .count_o, .at_o, .end_o, .replays_o,
    .progress_o, .timing_o, .exhausted_o, .news_o, .began_o, .expired_o
  );

  fs_retry_receiver #(.Window(Window), .Numbers(Numbers), .Request(Request), .Again(Again)) u_receiver (
    .clk_i, .rst_ni, .frame_i(data_in), .good_i(good), .number_i(body_in[NumberBits-1:0]), .restart_i, .forget_i,
    .next_i(peer_i), .verdict_o(verdict), .request_o(request), .expected_o(expected), .nack_sent_o,
    .unexpected_o
  );

  fs_ack_gather #(.Every(Every), .TimeBits(TimeBits), .Wait(Wait)) u_ack (
    .clk_i, .rst_ni, .now_i(now_q), .report_i(goes), .accept_i(data_in && verdict == 2'd0),
    .duplicate_i(data_in && verdict == 2'd2), .request_i(request), .clear_i(anew), .due_o(ack_due), .nack_o(nack),
    .gathered_o, .again_o
  );

  fs_credit_return #(.NumVcs(NumVcs), .CounterBits(CounterBits), .TimeBits(TimeBits), .Repair(Repair)) u_return (
    .clk_i, .rst_ni, .now_i(now_q), .free_i, .report_i(goes), .due_o(credit_due), .vc_o(credit_vc),
    .count_o(credit_count), .fresh_o, .freed_o
  );
  fs_credit_take #(.NumVcs(NumVcs), .CounterBits(CounterBits), .Most(Depth)) u_take (
    .clk_i, .rst_ni, .message_i(comes && good), .vc_i(body_in[VcAt +: VcBits]), .count_i(body_in[CreditAt +: CounterBits]),
    .credit_o, .heard_o
  );

  assign expected_o = expected;
  always_comb begin
    next_o = NumberBits'(({1'b0, oldest} + (NumberBits+1)'(count_o)) % (NumberBits+1)'(Numbers));
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      frame_valid_o <= 1'b0;
      frame_o <= '0;
      valid_o <= 1'b0;
      payload_o <= '0;
    end else begin
      frame_valid_o <= goes;
      if (goes) frame_o <= {made, body_out};
      valid_o <= data_in && verdict == 2'd0;
      if (data_in && verdict == 2'd0) payload_o <= body_in[PayloadAt +: PayloadWidth];
    end
  end
endmodule
