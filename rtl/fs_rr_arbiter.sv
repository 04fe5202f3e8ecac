// SPDX-License-Identifier: Apache-2.0
// Round-robin arbiter: grants the first request at or after its pointer; with update_i the pointer moves one past the
// grant at the next edge. A request that stays is granted after at most Num updates.
// The pointer is kept as a mask of the positions at or after it, so that neither pick nor update decodes an index.
`include "fs_assert.svh"
module fs_rr_arbiter #(
  parameter int unsigned Num = 4
) (
  input logic clk_i,
  input logic rst_ni,
  input logic [Num-1:0] req_i,
  input logic update_i,  // only with a request
  output logic [Num-1:0] grant_o,  // one-hot; zero without a request
  output logic [Num-1:0] from_o  // the pointer, for further picks at the same edge
);
  logic [Num-1:0] from_q;

  fs_rr_pick #(.Num(Num)) u_pick (.req_i(req_i), .from_i(from_q), .grant_o(grant_o));

  assign from_o = from_q;

  always_ff @(posedge clk_i) begin
    if (!rst_ni) from_q <= '1;
    else if (update_i) from_q <= ~(grant_o | (grant_o - 1'b1));
  end

  `FS_ASSUME(a_rr_update, !update_i || req_i != '0, "pointer moved without a request")
  `FS_ASSERT(a_rr_onehot, (grant_o & (grant_o - 1'b1)) == '0, "two grants")
  `FS_ASSERT(a_rr_granted, (grant_o & ~req_i) == '0, "a grant without a request")
  `FS_ASSERT(a_rr_works, (grant_o != '0) == (req_i != '0), "a request and no grant")
endmodule
