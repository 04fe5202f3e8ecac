// SPDX-License-Identifier: Apache-2.0
// What fs_free_list must do, read at the end of that module. A slot that is out is not handed out again; one that is
// in stands in the list exactly once, so it comes out after at most Slots takes. For pools of up to 8.
localparam int unsigned Numbers = 1 << SlotBits;
localparam int unsigned Wide = CountBits + 2;
logic [Numbers-1:0] out_q;  // slots handed out
logic [CountBits-1:0] out_count_q;
(* hierconn *) logic [Numbers*CountBits-1:0] \u_returned.copies ;

always_ff @(posedge clk_i) begin
  if (!rst_ni) begin
    out_q <= '0;
    out_count_q <= '0;
  end else begin
    if (give_i) out_q[slot_i] <= 1'b0;
    if (take_i) out_q[slot_o] <= 1'b1;
    out_count_q <= out_count_q + CountBits'(take_i) - CountBits'(give_i);
  end
end

`FS_ASSUME(p_free_contract, !give_i || out_q[slot_i], "a slot given back that was not handed out")

logic kept_once, used_fresh;
logic [CountBits-1:0] out_sum;
always_comb begin
  kept_once = 1'b1;
  used_fresh = 1'b1;
  out_sum = '0;
  for (int s = 0; s < Numbers; s++) begin
    if (\u_returned.copies [s*CountBits +: CountBits] != CountBits'(CountBits'(s) < fresh_q && !out_q[s])) kept_once = 1'b0;
    if (out_q[s] && CountBits'(s) >= fresh_q) used_fresh = 1'b0;
    out_sum = out_sum + CountBits'(out_q[s]);
  end
end
`FS_ASSERT(p_free_fresh, fresh_q <= CountBits'(Slots), "slots beyond the pool")
`FS_ASSERT(p_free_sum, out_sum == out_count_q && Wide'(out_count_q) + Wide'(returned_count) == Wide'(fresh_q), "slots lost or made")
`FS_ASSERT(p_free_never_used, used_fresh, "a slot is out that was never handed out")
`FS_ASSERT(p_free_kept, kept_once, "a free slot is not exactly once in the list")

`FS_ASSERT(p_free_once, !(take_i && out_q[slot_o]), "a slot handed out twice")
`FS_ASSERT(p_free_valid, valid_o == (out_count_q != CountBits'(Slots)), "a free slot is hidden, or none is free")
`FS_ASSERT(p_free_range, !valid_o || CountBits'(slot_o) < CountBits'(Slots), "a slot beyond the pool")
`FS_ASSERT(p_free_all, all_free_o == (out_count_q == '0), "all_free_o is wrong")

`ifdef FS_TOP
// Any one slot: what stands in front of it leaves first, the fresh slots, then what came back before it.
(* anyconst *) logic [SlotBits-1:0] mine;
(* hierconn *) logic [CountBits-1:0] \u_returned.probe_place ;
(* hierconn *) logic [SlotBits-1:0] \u_returned.probe ;
always_comb assume (\u_returned.probe == mine && CountBits'(mine) < CountBits'(Slots));
logic [CountBits-1:0] takes_q;  // takes since `mine` came back
logic [Wide-1:0] ahead;
logic waits;
assign waits = !out_q[mine] && CountBits'(mine) < fresh_q;
assign ahead = Wide'(takes_q) + Wide'(\u_returned.probe_place ) + Wide'(Slots) - Wide'(fresh_q);
always_ff @(posedge clk_i) begin
  if (!rst_ni || out_q[mine] || (take_i && slot_o == mine)) takes_q <= '0;
  else if (take_i) takes_q <= takes_q + 1'b1;
end
`FS_ASSERT(p_free_fresh_nearer, CountBits'(mine) < fresh_q || takes_q <= fresh_q, "a take came no nearer")
`FS_ASSERT(p_free_out, !out_q[mine] || takes_q == '0, "out, and waiting")
`FS_ASSERT(p_free_nearer, !waits || ahead < Wide'(Slots), "a take came no nearer")
`FS_ASSERT(p_free_fair, takes_q < CountBits'(Slots), "a free slot was passed over for a whole round")

`FS_COVER(c_free_none, !valid_o)
`FS_COVER(c_free_again, take_i && slot_o == mine && !fresh && CountBits'(mine) == CountBits'(Slots - 1))
`FS_COVER(c_free_longest_wait, takes_q == CountBits'(Slots - 1))
`FS_COVER(c_free_all_back, all_free_o && fresh_q == CountBits'(Slots))
`endif
