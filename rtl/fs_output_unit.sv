// SPDX-License-Identifier: Apache-2.0
// One output port: downstream credits, and which output VCs a packet under way holds.
// A head spends credit for its whole packet; what the rest needs is set aside, and comes back at once when a tail comes
// early. A flit granted at edge n and a pulse sampled at edge n are registers when they arrive here; what is shown
// after edge n counts them already, so a pulse serves requests from the next edge on.
// Twin: sc_models/switch/model/general/output_unit.hpp.
// Inputs are marked public so that Verilator keeps them: the code of this unit is then one for all ports.
`include "fs_assert.svh"
module fs_output_unit #(
  parameter int unsigned NumVcs = 2,
  parameter int unsigned LongestPacket = 4,
  parameter bit PeerShared = 1'b0,  // the neighbour's receive buffer is a pool ...
  parameter logic [16*NumVcs-1:0] PeerReserve = {NumVcs{16'd8}},  // ... with these slots that are each VC's alone
  parameter int unsigned PeerDepth = 64,  // most credits that one counter ever holds
  localparam int unsigned VcBits = fs_pkg::index_bits(NumVcs),
  localparam int unsigned LengthBits = fs_pkg::count_bits(LongestPacket),
  localparam int unsigned CreditBits = fs_pkg::count_bits(PeerDepth)
) (
  input logic clk_i,
  input logic rst_ni,
  input logic [31:0] port_i /*verilator public_flat_rd*/,  // this unit's number, for messages
  input logic left_i /*verilator public_flat_rd*/,  // registered: a flit left for this output at the last edge
  input logic head_i /*verilator public_flat_rd*/,
  input logic tail_i /*verilator public_flat_rd*/,
  input logic [LengthBits-1:0] length_i /*verilator public_flat_rd*/,
  input logic [VcBits-1:0] vc_i /*verilator public_flat_rd*/,
  input logic [NumVcs-1:0] tx_credit_i /*verilator public_flat_rd*/,
  output logic [NumVcs-1:0] free_o,  // held by no packet
  output logic [NumVcs*LengthBits-1:0] credit_o,  // what a packet could have, at most LongestPacket
  output logic [NumVcs*CreditBits-1:0] outstanding_o  // downstream slots in use or set aside
);
  /*verilator no_inline_module*/
  localparam int unsigned SharedStep = LongestPacket + NumVcs;
  localparam int unsigned SharedStepBits = fs_pkg::count_bits(SharedStep);
  localparam int unsigned SumBits = CreditBits + 1;

  logic [NumVcs-1:0] pulse_q, free_q;
  logic [NumVcs*LengthBits-1:0] aside_q;  // credits set aside for the packet that holds the VC
  logic [NumVcs*CreditBits-1:0] outstanding_q;

  // What is spent and given back, per VC; the state after it.
  logic [NumVcs*LengthBits-1:0] spend, give, aside;
  logic [LengthBits-1:0] rest;  // of the VC in hand: credits set aside, this flit's excluded
  logic [SumBits-1:0] used;
  logic stirs;
  assign stirs = left_i || pulse_q != '0;
  always_comb begin
    spend = '0;
    give = '0;
    aside = aside_q;
    rest = '0;
    used = '0;
    free_o = free_q;
    outstanding_o = outstanding_q;
    if (stirs) begin
      for (int unsigned v = 0; v < NumVcs; v++) begin
        give[v*LengthBits +: LengthBits] = LengthBits'(pulse_q[v]);
        if (left_i && vc_i == VcBits'(v)) begin
          free_o[v] = tail_i;
          if (head_i) begin
            spend[v*LengthBits +: LengthBits] = tail_i ? LengthBits'(1) : length_i;
            aside[v*LengthBits +: LengthBits] = tail_i ? '0 : length_i - 1'b1;
          end else begin
            rest = (aside_q[v*LengthBits +: LengthBits] == '0) ? '0 : aside_q[v*LengthBits +: LengthBits] - 1'b1;
            aside[v*LengthBits +: LengthBits] = tail_i ? '0 : rest;
            if (tail_i) give[v*LengthBits +: LengthBits] = rest + LengthBits'(pulse_q[v]);
          end
        end
        // Never below zero: pulses that lend the first credits find nothing to count against.
        used = SumBits'(outstanding_q[v*CreditBits +: CreditBits]) + SumBits'(spend[v*LengthBits +: LengthBits]);
        outstanding_o[v*CreditBits +: CreditBits] = (used < SumBits'(give[v*LengthBits +: LengthBits])) ? '0 :
          CreditBits'(used - SumBits'(give[v*LengthBits +: LengthBits]));
      end
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      pulse_q <= '0;
      free_q <= '1;
      aside_q <= '0;
      outstanding_q <= '0;
    end else begin
      pulse_q <= tx_credit_i;
      if (stirs) begin
        free_q <= free_o;
        aside_q <= aside;
        outstanding_q <= outstanding_o;
      end
    end
  end

  // Counters. Spending takes from a VC's own credits first, then from the shared part, and counts what it borrowed;
  // what comes back repays the shared part first, then fills the VC's own up to its reserve.
  logic [CreditBits-1:0] shared, shared_next;
  logic [NumVcs*LengthBits-1:0] beyond, repaid;
  logic [NumVcs:0] too_many;  // what does not fit a counter was never lent
  for (genvar v = 0; v < NumVcs; v++) begin : gen_vc
    logic [CreditBits-1:0] own, own_next;
    logic [LengthBits-1:0] take_own, give_own;
    logic [SumBits-1:0] sum;

    fs_credit_counter #(.Most(PeerDepth), .Step(LongestPacket)) u_own (
      .clk_i(clk_i), .rst_ni(rst_ni), .take_i(take_own), .give_i(give_own), .count_o(own), .next_o(own_next)
    );
    assign too_many[v] = SumBits'(own) + SumBits'(give_own) > SumBits'(PeerDepth) + SumBits'(take_own);
    assign sum = SumBits'(own_next) + (PeerShared ? SumBits'(shared_next) : '0);
    assign credit_o[v*LengthBits +: LengthBits] =
      (sum >= SumBits'(LongestPacket)) ? LengthBits'(LongestPacket) : LengthBits'(sum);

    if (PeerShared) begin : gen_shared
      logic [CreditBits-1:0] borrowed, unused_next;
      logic [LengthBits-1:0] spent, given, rest_given, borrow, repay;
      logic [SumBits-1:0] debt, room;
      assign spent = spend[v*LengthBits +: LengthBits];
      assign given = give[v*LengthBits +: LengthBits];
      always_comb begin
        take_own = (SumBits'(spent) > SumBits'(own)) ? LengthBits'(own) : spent;
        borrow = spent - take_own;
        debt = SumBits'(borrowed) + SumBits'(borrow);
        repay = (SumBits'(given) > debt) ? LengthBits'(debt) : given;
        rest_given = given - repay;
        room = SumBits'(PeerReserve[16*v +: 16]) - (SumBits'(own) - SumBits'(take_own));
        give_own = (SumBits'(rest_given) > room) ? LengthBits'(room) : rest_given;
        beyond[v*LengthBits +: LengthBits] = borrow;
        repaid[v*LengthBits +: LengthBits] = given - give_own;
      end
      fs_credit_counter #(.Most(PeerDepth), .Step(LongestPacket)) u_borrowed (
        .clk_i(clk_i), .rst_ni(rst_ni),
        .take_i((repay > borrow) ? repay - borrow : '0), .give_i((borrow > repay) ? borrow - repay : '0),
        .count_o(borrowed), .next_o(unused_next)
      );
    end else begin : gen_private
      assign take_own = spend[v*LengthBits +: LengthBits];
      assign give_own = give[v*LengthBits +: LengthBits];
      assign beyond[v*LengthBits +: LengthBits] = '0;
      assign repaid[v*LengthBits +: LengthBits] = '0;
    end
  end

  if (PeerShared) begin : gen_pool
    logic [SharedStepBits-1:0] take, give_back;
    always_comb begin
      take = '0;
      give_back = '0;
      for (int unsigned v = 0; v < NumVcs; v++) begin
        take = take + SharedStepBits'(beyond[v*LengthBits +: LengthBits]);
        give_back = give_back + SharedStepBits'(repaid[v*LengthBits +: LengthBits]);
      end
    end
    fs_credit_counter #(.Most(PeerDepth), .Step(SharedStep)) u_shared (
      .clk_i(clk_i), .rst_ni(rst_ni), .take_i(take), .give_i(give_back), .count_o(shared), .next_o(shared_next)
    );
    assign too_many[NumVcs] = SumBits'(shared) + SumBits'(give_back) > SumBits'(PeerDepth) + SumBits'(take);
  end else begin : gen_no_pool
    assign shared = '0;
    assign shared_next = '0;
    assign too_many[NumVcs] = 1'b0;
    logic unused_shared;
    assign unused_shared = ^shared;
  end
  `FS_ASSUME_AT(a_tx_credit, too_many == '0, port_i, "tx_credit_i: more credits than the neighbour has slots")

  `FS_ASSERT(a_output_held, !left_i || (head_i ? free_q[vc_i] : !free_q[vc_i]), "a head into a VC that is held, or another flit into one that is free")
  `FS_ASSUME_AT(a_rx_longer, !left_i || head_i || aside_q[vc_i*LengthBits +: LengthBits] != '0, port_i,
    "a packet longer than its head said leaves here (rx_flit_i)")
endmodule
