// SPDX-License-Identifier: Apache-2.0
// What fs_fifo must do, read at the end of that module. One item, any, is followed from its push to its pop: it comes
// out behind exactly those that stood before it, unchanged. So nothing is lost, duplicated, changed or reordered.
(* anyseq *) logic follow;  // true at some pushes: those of the items to follow
logic followed_q;  // the item is inside
logic [Width-1:0] token_q;
logic [CountBits-1:0] ahead_q;  // items that leave before it

always_ff @(posedge clk_i) begin
  if (!rst_ni) followed_q <= 1'b0;
  else if (!followed_q && push_i && follow) begin
    followed_q <= 1'b1;
    token_q <= data_i;
    ahead_q <= count_q - CountBits'(pop_i);
  end else if (followed_q && pop_i) begin
    if (ahead_q == '0) followed_q <= 1'b0;
    else ahead_q <= ahead_q - 1'b1;
  end
end

// Where the state of a FIFO in use can be: the counter agrees with the two places, the item is where it should be.
logic [CountBits:0] end_place, token_place;
always_comb begin
  end_place = (CountBits + 1)'(read_q) + (CountBits + 1)'(count_q);
  if (end_place >= (CountBits + 1)'(Depth)) end_place = end_place - (CountBits + 1)'(Depth);
  token_place = (CountBits + 1)'(read_q) + (CountBits + 1)'(ahead_q);
  if (token_place >= (CountBits + 1)'(Depth)) token_place = token_place - (CountBits + 1)'(Depth);
end
`FS_ASSERT(p_fifo_read_place, read_q <= Last, "read place beyond the memory")
`FS_ASSERT(p_fifo_write_place, (CountBits + 1)'(write_q) == end_place, "places and counter disagree")
`FS_ASSERT(p_fifo_token_inside, !followed_q || ahead_q < count_q, "an item was lost")
`FS_ASSERT(p_fifo_token_kept, !followed_q || items[token_place[IndexBits-1:0]] == token_q, "an item changed")

`FS_ASSERT(p_fifo_count, count_o == count_q && valid_o == (count_q != '0), "the outputs hide what is inside")
`FS_ASSERT(p_fifo_order, !(followed_q && ahead_q == '0) || (valid_o && data_o == token_q), "another item at the front")

`ifdef FS_TOP
`FS_COVER(c_fifo_full, count_q == CountBits'(Depth) && pop_i)
`FS_COVER(c_fifo_token_waits, followed_q && ahead_q == CountBits'(Depth - 1))
`FS_COVER(c_fifo_token_leaves, followed_q && ahead_q == '0 && pop_i && token_q == '1)
`FS_COVER(c_fifo_refilled, count_q == CountBits'(Depth) && read_q == Last)
`endif

// For proofs of modules that contain a FIFO: how often each value stands inside (narrow FIFOs only), and behind how many
// others any one of them stands.
localparam int unsigned Values = (Width <= 3) ? (1 << Width) : 1;
(* anyconst *) logic [Width-1:0] probe;
logic [CountBits-1:0] probe_place;
logic [Values*CountBits-1:0] copies;
logic [CountBits:0] probe_at;
always_comb begin
  copies = '0;
  probe_place = '0;
  probe_at = '0;
  for (int i = 0; i < Depth; i++) begin
    probe_at = (CountBits + 1)'(read_q) + (CountBits + 1)'(i);
    if (probe_at >= (CountBits + 1)'(Depth)) probe_at = probe_at - (CountBits + 1)'(Depth);
    if (CountBits'(i) < count_q) begin
      if (items[probe_at[IndexBits-1:0]] == probe) probe_place = CountBits'(i);
      for (int k = 0; k < Values; k++) begin
        if (items[probe_at[IndexBits-1:0]] == Width'(k)) copies[k*CountBits +: CountBits] = copies[k*CountBits +: CountBits] + 1'b1;
      end
    end
  end
end
