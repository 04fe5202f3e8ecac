// SPDX-License-Identifier: Apache-2.0
// What fs_rr_pick must do, read at the end of that module. For any position: it is granted exactly when it asks and
// nobody asks who comes before it in the pointer's order.
localparam int unsigned PickBits = fs_pkg::index_bits(Num);
(* anyconst *) logic [PickBits-1:0] pick;
logic pick_ahead, pick_first;
always_comb begin
  pick_ahead = from_i[pick];
  pick_first = pick < PickBits'(Num - 1) || pick == PickBits'(Num - 1);
  for (int i = 0; i < Num; i++) begin
    // Before `pick` come: positions ahead of the pointer if it is not; lower ones of the same side.
    if (PickBits'(i) != pick && req_i[i]
        && ((from_i[i] && !pick_ahead) || (from_i[i] == pick_ahead && PickBits'(i) < pick))) pick_first = 1'b0;
  end
  if (pick <= PickBits'(Num - 1)) begin
    p_pick_first: assert (grant_o[pick] == (req_i[pick] && pick_first));
  end
end
