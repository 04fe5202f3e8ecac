// SPDX-License-Identifier: Apache-2.0
// The first request at or after a pointer, wrapping to the lowest. Combinational.
// The pointer comes as a mask of the positions at or after it; an empty mask means position 0.
// Twin: BitSet::next_from (sc_models/common/bits.hpp).
module fs_rr_pick #(
  parameter int unsigned Num = 4
) (
  input logic [Num-1:0] req_i,
  input logic [Num-1:0] from_i,
  output logic [Num-1:0] grant_o  // one-hot; zero without a request
);
  logic [Num-1:0] ahead, field;

  always_comb begin
    ahead = req_i & from_i;
    field = (ahead != '0) ? ahead : req_i;
    grant_o = field & (~field + 1'b1);
  end
endmodule
