// SPDX-License-Identifier: Apache-2.0
// What fs_rx_gate must do, read at the end of that module, whatever its neighbour sends: let in what has a VC and a
// slot, nothing else, and never more than the pool has.
localparam int unsigned Wide = CountBits + 4;
logic [NumVcs*CountBits-1:0] inside_q;  // slots of each VC
logic [Wide-1:0] in_shared, in_all, inside;
logic room, counts, freed_some;
always_comb begin
  in_shared = '0;
  in_all = '0;
  inside = '0;
  room = 1'b0;
  freed_some = 1'b1;
  for (int v = 0; v < NumVcs; v++) begin
    inside = Wide'(inside_q[v*CountBits +: CountBits]);
    in_all = in_all + inside;
    if (inside > Wide'(Reserve[16*v +: 16])) in_shared = in_shared + inside - Wide'(Reserve[16*v +: 16]);
    if (freed_i[v] && inside == '0) freed_some = 1'b0;
  end
  for (int v = 0; v < NumVcs; v++) begin
    inside = Wide'(inside_q[v*CountBits +: CountBits]);
    if (rx_vc_i == VcBits'(v)) room = inside < Wide'(Reserve[16*v +: 16]) || in_shared < Wide'(SharedDepth);
  end
end
always_ff @(posedge clk_i) begin
  if (!rst_ni) inside_q <= '0;
  else for (int v = 0; v < NumVcs; v++) begin
    inside_q[v*CountBits +: CountBits] <= inside_q[v*CountBits +: CountBits]
      + CountBits'(accept_o && rx_vc_i == VcBits'(v)) - CountBits'(freed_i[v]);
  end
end
`FS_ASSUME(p_gate_freed, freed_some && (freed_i & (freed_i - 1'b1)) == '0, "a slot freed that nobody had, or two at once")
`FS_ASSERT(p_gate_accepts, accept_o == (rx_valid_i && room), "lets in what has no place, or keeps out what has")
`FS_ASSERT(p_gate_room, in_all <= Wide'(PoolDepth), "more flits than slots")
`FS_ASSERT(p_gate_counts, used_q == inside_q && Wide'(shared_q) == in_shared, "slots in use are miscounted")
`FS_COVER(c_gate_full, in_all == Wide'(PoolDepth) && rx_valid_i)
`FS_COVER(c_gate_swap, accept_o && freed_i[rx_vc_i] && in_all == Wide'(PoolDepth - 1))
`FS_COVER(c_gate_no_room, rx_valid_i && !accept_o)
`FS_COVER(c_gate_repaid, in_shared == '0 && $past(in_shared != '0))
