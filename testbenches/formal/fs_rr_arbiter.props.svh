// SPDX-License-Identifier: Apache-2.0
// What fs_rr_arbiter must do, read at the end of that module. The pointer is followed as a number; any one position
// that keeps asking is granted after at most Num updates.
localparam int unsigned PlaceBits = fs_pkg::index_bits(Num) + 1;
logic [PlaceBits-1:0] pointer_q;  // 0 to Num - 1
(* anyconst *) logic [PlaceBits-1:0] who;
logic [PlaceBits-1:0] waits_q;  // updates passed while `who` asked in vain
logic [PlaceBits-1:0] distance;  // positions between pointer and who
logic [Num-1:0] who_bit, pointer_mask;
always_comb begin
  who_bit = Num'(1) << who;
  pointer_mask = {Num{1'b1}} << pointer_q;
  distance = (who >= pointer_q) ? who - pointer_q : who + PlaceBits'(Num) - pointer_q;
end
always_comb assume (who < PlaceBits'(Num));

always_ff @(posedge clk_i) begin
  if (!rst_ni) begin
    pointer_q <= '0;
    waits_q <= '0;
  end else begin
    if (update_i) begin
      for (int i = 0; i < Num; i++) if (grant_o[i]) pointer_q <= (i == Num - 1) ? '0 : PlaceBits'(i + 1);
    end
    if ((req_i & who_bit) == '0 || (update_i && grant_o == who_bit)) waits_q <= '0;
    else if (update_i) waits_q <= waits_q + 1'b1;
  end
end

`FS_ASSERT(p_rr_pointer_range, pointer_q < PlaceBits'(Num), "pointer beyond the positions")
`FS_ASSERT(p_rr_pointer, (from_q == '0) ? pointer_q == '0 : from_q == pointer_mask, "pointer not one past the last update")
`FS_ASSERT(p_rr_from, from_o == from_q, "pointer not shown")
`FS_ASSERT(p_rr_nearer, waits_q + distance < PlaceBits'(Num) || (req_i & who_bit) == '0 || waits_q == '0, "an update came no nearer")
`FS_ASSERT(p_rr_fair, waits_q < PlaceBits'(Num), "a request waited for Num updates or more")

`FS_COVER(c_rr_longest_wait, waits_q == PlaceBits'(Num - 1) && grant_o == who_bit)
`FS_COVER(c_rr_all, req_i == '1 && update_i)
`FS_COVER(c_rr_wrap, update_i && grant_o[0] && pointer_q != '0 || Num == 1)
`FS_COVER(c_rr_empty_mask, from_q == '0)
