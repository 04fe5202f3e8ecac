// SPDX-License-Identifier: Apache-2.0
// What fs_free_list must do, read at the end of that module. Any one slot is followed: while it is out it is not
// handed out again; while it is in, it stands in the list exactly once, so it comes out after at most Slots takes.
(* anyconst *) logic [SlotBits-1:0] mine;  // numbers beyond the pool, too: those never come
logic out_q;  // `mine` has been handed out
logic [CountBits-1:0] out_count_q;  // slots handed out
logic [CountBits-1:0] takes_q;  // takes since `mine` came back
(* hierconn *) logic [CountBits-1:0] \u_returned.probe_count ;
(* hierconn *) logic [CountBits-1:0] \u_returned.probe_place ;
(* hierconn *) logic [SlotBits-1:0] \u_returned.probe ;
logic is_taken, is_given, exists;
assign is_taken = take_i && slot_o == mine;
assign is_given = give_i && slot_i == mine;
assign exists = CountBits'(mine) < CountBits'(Slots);
`FS_ASSUME(p_free_contract, !is_given || out_q, "a slot given back that was not handed out")

always_ff @(posedge clk_i) begin
  if (!rst_ni) begin
    out_q <= 1'b0;
    out_count_q <= '0;
    takes_q <= '0;
  end else begin
    out_q <= is_taken || (out_q && !is_given);
    out_count_q <= out_count_q + CountBits'(take_i) - CountBits'(give_i);
    if (out_q || is_taken || !exists) takes_q <= '0;
    else if (take_i) takes_q <= takes_q + 1'b1;
  end
end

always_comb assume (\u_returned.probe == mine);

`FS_ASSERT(p_free_fresh, fresh_q <= CountBits'(Slots), "slots beyond the pool")
`FS_ASSERT(p_free_sum, (CountBits + 1)'(out_count_q) + (CountBits + 1)'(returned_count) == (CountBits + 1)'(fresh_q), "slots lost or made")
`FS_ASSERT(p_free_never_used, CountBits'(mine) < fresh_q || !out_q, "a slot is out that was never handed out")
`FS_ASSERT(p_free_kept, \u_returned.probe_count == CountBits'(CountBits'(mine) < fresh_q && !out_q), "not once in the list")
// What stands in front of it leaves first: the fresh slots, then what came back before it.
logic [CountBits+1:0] ahead;  // takes past and to come before `mine`, once it is back
assign ahead = (CountBits + 2)'(takes_q) + (CountBits + 2)'(\u_returned.probe_place )
  + (CountBits + 2)'(Slots) - (CountBits + 2)'(fresh_q);
`FS_ASSERT(p_free_fresh_nearer, CountBits'(mine) < fresh_q || takes_q <= fresh_q, "a take came no nearer")
`FS_ASSERT(p_free_out, !out_q || takes_q == '0, "out, and waiting")
`FS_ASSERT(p_free_nearer, CountBits'(mine) >= fresh_q || out_q
  || ahead < (CountBits + 2)'(Slots), "a take came no nearer")

`FS_ASSERT(p_free_once, !(is_taken && out_q), "a slot handed out twice")
`FS_ASSERT(p_free_valid, valid_o == (out_count_q != CountBits'(Slots)), "a free slot is hidden, or none is free")
`FS_ASSERT(p_free_range, !(valid_o && slot_o == mine) || exists, "a slot beyond the pool")
`FS_ASSERT(p_free_all, all_free_o == (out_count_q == '0), "all_free_o is wrong")
`FS_ASSERT(p_free_fair, takes_q < CountBits'(Slots), "a free slot was passed over for a whole round")

`ifdef FS_TOP
`FS_COVER(c_free_none, !valid_o)
`FS_COVER(c_free_again, is_taken && !fresh && CountBits'(mine) == CountBits'(Slots - 1))
`FS_COVER(c_free_longest_wait, takes_q == CountBits'(Slots - 1))
`FS_COVER(c_free_all_back, all_free_o && fresh_q == CountBits'(Slots))
`endif
