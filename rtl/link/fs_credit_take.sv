// SPDX-License-Identifier: Apache-2.0
// The half of a credit counter pair at the sender of flits: hears how far the neighbour's counters have come, and gives what is
// new as pulses, at most one a VC and edge. A message repeated, or older than one heard already, gives nothing: a counter
// cannot come on by more than Most, the slots that the VC has, and 2^CounterBits is more than twice that.
// Twin: CreditTake (sc_models/link/cycle/credit_pair.hpp).
`include "fs_assert.svh"
module fs_credit_take #(
  parameter int unsigned NumVcs = 2,
  parameter int unsigned CounterBits = 8,
  parameter int unsigned Most = 64,
  localparam int unsigned VcBits = fs_pkg::index_bits(NumVcs)
) (
  input logic clk_i,
  input logic rst_ni,
  input logic message_i,
  input logic [VcBits-1:0] vc_i,
  input logic [CounterBits-1:0] count_i,
  output logic [NumVcs-1:0] credit_o,  // registered pulses
  output logic [NumVcs*CounterBits-1:0] heard_o
);
  if (2 * Most >= 2 ** CounterBits) begin : gen_bits
    $fatal(1, "an old message could pass for a new one: 2^CounterBits must be more than twice Most");
  end

  logic [NumVcs*CounterBits-1:0] heard_q, given_q;
  logic [NumVcs-1:0] credit_q, pulse;
  logic [CounterBits-1:0] step;
  logic known, news;

  assign known = 32'(vc_i) < NumVcs;
  assign step = count_i - heard_q[vc_i*CounterBits +: CounterBits];
  assign news = message_i && known && step != '0 && step <= CounterBits'(Most);

  always_comb begin
    for (int v = 0; v < NumVcs; v++) begin
      pulse[v] = heard_q[v*CounterBits +: CounterBits] != given_q[v*CounterBits +: CounterBits];
    end
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      heard_q <= '0;
      given_q <= '0;
      credit_q <= '0;
    end else begin
      if (news) heard_q[vc_i*CounterBits +: CounterBits] <= count_i;
      for (int v = 0; v < NumVcs; v++) begin
        if (pulse[v]) given_q[v*CounterBits +: CounterBits] <= given_q[v*CounterBits +: CounterBits] + 1'b1;
      end
      credit_q <= pulse;
    end
  end

  assign credit_o = credit_q;
  assign heard_o = heard_q;
endmodule
