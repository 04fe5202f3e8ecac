// SPDX-License-Identifier: Apache-2.0
// What fs_queue_store must do, read at the end of that module: every queue is a FIFO, for any sequence of entering and
// leaving that its environment may choose. For each slot a second record says which queue it belongs to and how many
// flits of that queue stand before it; the linked lists must agree with it.
localparam int unsigned Numbers = 1 << SlotBits;
localparam int unsigned HeldBits = fs_pkg::count_bits(PoolDepth);
localparam int unsigned WordWidth = VcBits + FlitWidth;
logic [Numbers-1:0] used_q;
logic [Numbers*QueueBits-1:0] owner_q;
logic [Numbers*HeldBits-1:0] rank_q;  // flits of its queue before it
logic [NumQueues*HeldBits-1:0] held_q;  // flits of each queue
logic [HeldBits-1:0] held_here, held_leaving, total;
logic same;
(* hierconn *) logic [Numbers-1:0] \u_free.out_q ;

assign same = enter_i && leave_i && enter_queue_i == leave_queue_i;
assign held_here = held_q[enter_queue_i*HeldBits +: HeldBits];
assign held_leaving = held_q[leave_queue_i*HeldBits +: HeldBits];
always_ff @(posedge clk_i) begin
  if (!rst_ni) begin
    used_q <= '0;
    held_q <= '0;
  end else begin
    for (int s = 0; s < PoolDepth; s++) begin
      if (leave_i && used_q[s] && owner_q[s*QueueBits +: QueueBits] == leave_queue_i) begin
        if (rank_q[s*HeldBits +: HeldBits] == '0) used_q[s] <= 1'b0;
        rank_q[s*HeldBits +: HeldBits] <= rank_q[s*HeldBits +: HeldBits] - 1'b1;
      end
      if (enter_i && enter_slot == SlotBits'(s)) begin
        used_q[s] <= 1'b1;
        owner_q[s*QueueBits +: QueueBits] <= enter_queue_i;
        rank_q[s*HeldBits +: HeldBits] <= held_here - HeldBits'(same);
      end
    end
    for (int q = 0; q < NumQueues; q++) begin
      held_q[q*HeldBits +: HeldBits] <= held_q[q*HeldBits +: HeldBits]
        + HeldBits'(enter_i && enter_queue_i == QueueBits'(q)) - HeldBits'(leave_i && leave_queue_i == QueueBits'(q));
    end
  end
end

`FS_ASSUME(p_store_room, !enter_i || total < HeldBits'(PoolDepth), "a flit enters a full pool")
`FS_ASSUME(p_store_leave, !leave_i || held_leaving != '0, "a flit leaves an empty queue")
`FS_ASSUME(p_store_first, !enter_i || enter_first_i == (held_here == HeldBits'(same)), "first, or not: a mistake")

logic ranks, unique_ranks, counts, ends, links;
logic [HeldBits-1:0] members;
always_comb begin
  ranks = 1'b1;
  unique_ranks = 1'b1;
  counts = 1'b1;
  ends = 1'b1;
  links = 1'b1;
  total = '0;
  members = '0;
  for (int s = 0; s < PoolDepth; s++) if (used_q[s]) begin
    total = total + 1'b1;
    if (rank_q[s*HeldBits +: HeldBits] >= held_q[owner_q[s*QueueBits +: QueueBits]*HeldBits +: HeldBits]) ranks = 1'b0;
    for (int t = 0; t < PoolDepth; t++) begin
      if (t != s && used_q[t] && owner_q[s*QueueBits +: QueueBits] == owner_q[t*QueueBits +: QueueBits]) begin
        if (rank_q[s*HeldBits +: HeldBits] == rank_q[t*HeldBits +: HeldBits]) unique_ranks = 1'b0;
        if (rank_q[t*HeldBits +: HeldBits] == rank_q[s*HeldBits +: HeldBits] + 1'b1 && following[s] != SlotBits'(t)) links = 1'b0;
      end
    end
    for (int q = 0; q < NumQueues; q++) if (owner_q[s*QueueBits +: QueueBits] == QueueBits'(q)) begin
      if (rank_q[s*HeldBits +: HeldBits] == '0 && firsts[q] != SlotBits'(s)) ends = 1'b0;
      if (rank_q[s*HeldBits +: HeldBits] + 1'b1 == held_q[q*HeldBits +: HeldBits] && lasts[q] != SlotBits'(s)) ends = 1'b0;
    end
  end
  for (int q = 0; q < NumQueues; q++) begin
    members = '0;
    for (int s = 0; s < PoolDepth; s++) begin
      if (used_q[s] && owner_q[s*QueueBits +: QueueBits] == QueueBits'(q)) members = members + 1'b1;
    end
    if (members != held_q[q*HeldBits +: HeldBits]) counts = 1'b0;
  end
end
`FS_ASSERT(p_store_ranks, ranks && unique_ranks, "two flits at one place of a queue, or one beyond its end")
`FS_ASSERT(p_store_counts, counts, "flits lost or made")
`FS_ASSERT(p_store_ends, ends, "first or last slot of a queue is wrong")
`FS_ASSERT(p_store_links, links, "a link is wrong")
`FS_ASSERT(p_store_slots, used_q == \u_free.out_q , "a slot leaks")
`FS_ASSERT(p_store_empty, empty_o == (total == '0), "empty_o is wrong")

// One flit of one queue, any, is followed until it has left.
(* anyconst *) logic [QueueBits-1:0] watch;
(* anyseq *) logic follow;
logic followed_q, left_q, pops;
logic [WordWidth-1:0] token_q, left_token_q;
logic [HeldBits-1:0] ahead_q;
logic [SlotBits-1:0] token_slot_q;
assign pops = leave_i && leave_queue_i == watch;
always_ff @(posedge clk_i) begin
  left_q <= rst_ni && followed_q && pops && ahead_q == '0;
  left_token_q <= token_q;
  if (!rst_ni) followed_q <= 1'b0;
  else if (!followed_q && enter_i && enter_queue_i == watch && follow) begin
    followed_q <= 1'b1;
    token_q <= {enter_vc_i, enter_flit_i};
    ahead_q <= held_here - HeldBits'(same);
    token_slot_q <= enter_slot;
  end else if (followed_q && pops) begin
    if (ahead_q == '0) followed_q <= 1'b0;
    else ahead_q <= ahead_q - 1'b1;
  end
end
`FS_ASSERT(p_store_token, !followed_q || (used_q[token_slot_q] && SlotBits'(token_slot_q) < PoolDepth
  && owner_q[token_slot_q*QueueBits +: QueueBits] == watch
  && rank_q[token_slot_q*HeldBits +: HeldBits] == ahead_q && {vcs[token_slot_q], flits[token_slot_q]} == token_q),
  "a flit lost, changed or overtaken")
`FS_ASSERT(p_store_left, !left_q || {left_vc_o, left_flit_o} == left_token_q, "another flit left")
`FS_ASSERT(p_store_more, more_o == (leave_i && held_leaving > HeldBits'(1)), "more_o is wrong")
`FS_ASSERT(p_store_front, !(followed_q && pops && ahead_q == HeldBits'(1))
  || {front_vc_o, front_o} == {token_q[FlitWidth +: VcBits], token_q[fs_pkg::FlitBits-1:0]}, "another flit at the front")

// For the proof of the module around it: the front flit of each queue.
logic [NumQueues*WordWidth-1:0] fronts;
always_comb begin
  for (int q = 0; q < NumQueues; q++) fronts[q*WordWidth +: WordWidth] = {vcs[firsts[q]], flits[firsts[q]]};
end

`ifdef FS_TOP
`FS_COVER(c_store_full, total == HeldBits'(PoolDepth))
`FS_COVER(c_store_waits, followed_q && ahead_q == HeldBits'(PoolDepth - 1))
`FS_COVER(c_store_left, left_q && watch == '1)
`FS_COVER(c_store_same, same && held_here == HeldBits'(1))
`FS_COVER(c_store_reused, enter_i && leave_i && total == HeldBits'(PoolDepth - 1) && enter_slot == '0)
`endif
