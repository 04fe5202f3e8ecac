// SPDX-License-Identifier: Apache-2.0
// A credit counter pair and the wire between its halves, for proofs. Whoever proves chooses when slots are freed (never more
// than there are), when messages go beside those that are due, and which are lost or come once more.
`include "fs_assert.svh"
module fs_credit_pair #(
  parameter int unsigned NumVcs = 2,
  parameter int unsigned Watch = 0,  // the VC whose credits have to come within Bound
  parameter int unsigned CounterBits = 3,
  parameter int unsigned Most = 3,
  parameter int unsigned WireStages = 1,
  parameter int unsigned TimeBits = 3,
  parameter int unsigned Repair = 3,
  parameter int unsigned Bound = 16,
  localparam int unsigned VcBits = fs_pkg::index_bits(NumVcs)
) (
  input logic clk_i,
  input logic rst_ni,
  input logic [NumVcs-1:0] free_i,
  input logic send_i,
  input logic room_i,
  input logic lose_i,
  input logic repeat_i,
  input logic quiet_i  // no errors from now on
);
  logic quiet_q, quiet, due, goes, comes;
  logic [VcBits-1:0] vc_out, vc_in;
  logic [CounterBits-1:0] count_out, count_in;
  logic [NumVcs-1:0] credit, unused_fresh;
  logic [NumVcs*CounterBits-1:0] unused_freed, unused_heard;
  logic [TimeBits-1:0] now_q;
  assign quiet = quiet_q || quiet_i;
  assign goes = (room_i || quiet) && (due || send_i);

  fs_credit_return #(.NumVcs(NumVcs), .CounterBits(CounterBits), .TimeBits(TimeBits), .Repair(TimeBits'(Repair))) u_return (
    .clk_i(clk_i), .rst_ni(rst_ni), .now_i(now_q), .free_i(free_i), .report_i(goes), .due_o(due), .vc_o(vc_out),
    .count_o(count_out), .fresh_o(unused_fresh), .freed_o(unused_freed)
  );
  fs_lossy_wire #(.Width(VcBits + CounterBits), .Stages(WireStages)) u_wire (
    .clk_i(clk_i), .rst_ni(rst_ni), .clear_i(1'b0), .valid_i(goes), .frame_i({vc_out, count_out}), .lose_i(lose_i && !quiet),
    .spoil_i(1'b0), .repeat_i(repeat_i), .valid_o(comes), .frame_o({vc_in, count_in})
  );
  fs_credit_take #(.NumVcs(NumVcs), .CounterBits(CounterBits), .Most(Most)) u_take (
    .clk_i(clk_i), .rst_ni(rst_ni), .message_i(comes), .vc_i(vc_in), .count_i(count_in), .credit_o(credit),
    .heard_o(unused_heard)
  );

  // Slots freed whose credit has not been given.
  logic [NumVcs*CounterBits-1:0] owed_q;
  logic [7:0] idle_q;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      now_q <= '0;
      quiet_q <= 1'b0;
      owed_q <= '0;
      idle_q <= '0;
    end else begin
      now_q <= now_q + 1'b1;
      quiet_q <= quiet;
      for (int v = 0; v < NumVcs; v++) begin
        owed_q[v*CounterBits +: CounterBits] <= owed_q[v*CounterBits +: CounterBits] + CounterBits'(free_i[v]) - CounterBits'(credit[v]);
      end
      if (!quiet_q || credit[Watch] || owed_q[Watch*CounterBits +: CounterBits] == '0) idle_q <= '0;
      else if (idle_q != 8'hff) idle_q <= idle_q + 1'b1;
    end
  end

  logic [NumVcs-1:0] owing, most, beyond;
  always_comb begin
    for (int v = 0; v < NumVcs; v++) begin
      owing[v] = owed_q[v*CounterBits +: CounterBits] != '0;
      most[v] = owed_q[v*CounterBits +: CounterBits] == CounterBits'(Most);
      beyond[v] = owed_q[v*CounterBits +: CounterBits] > CounterBits'(Most);
    end
  end
  `FS_ASSUME(a_pair_slots, (free_i & most) == '0, "more slots freed than there are")
  `FS_ASSERT(p_pair_credit, (credit & ~owing) == '0, "a credit for no slot")
  `FS_ASSERT(p_pair_most, beyond == '0, "credits lost count")
  `FS_COVER(c_pair_most, most == '1)
  `FS_COVER(c_pair_given, credit != '0 && quiet_q)
  `FS_ASSERT(p_pair_repaired, idle_q <= 8'(Bound), "a credit that was lost is not said again")
endmodule
