// SPDX-License-Identifier: Apache-2.0
// What fs_occupancy must do, read at the end of that module: any one class and output counts what entered and left, as a number;
// what has just left is no longer shown; downstream slots are shown to whoever reads, as they are.
// Its environment: a flit enters one output; nothing leaves that did not enter; no more is inside than the counters hold.
localparam int unsigned CountedPortBits = fs_pkg::index_bits(NumPorts);
(* anyconst *) logic [CountedPortBits-1:0] counted_port;
(* anyconst *) logic [fs_pkg::ClassBits-1:0] counted_class;
(* anyconst *) logic [7:0] counted_vc;
logic [QueuedBits+3:0] inside_q, inside, entering;
logic leaving, one_output;
logic [QueuedBits-1:0] shown, kept;
logic [NumClasses*QueuedBits*NumPorts-1:0] all_kept;
logic [OutstandingBits-1:0] slots, slots_shown;
for (genvar c = 0; c < NumClasses; c++) begin : gen_kept
  assign all_kept[c*QueuedBits*NumPorts +: QueuedBits*NumPorts] = gen_class[c].queued_q;
end
always_comb begin
  assume (32'(counted_port) < NumPorts && 32'(counted_class) < NumClasses && 32'(counted_vc) < NumVcs);
  entering = '0;
  one_output = 1'b1;
  for (int i = 0; i < NumPorts; i++) begin
    if ((enter_i[i*NumPorts +: NumPorts] & (enter_i[i*NumPorts +: NumPorts] - 1'b1)) != '0) one_output = 1'b0;
    if (enter_i[i*NumPorts + 32'(counted_port)] && enter_cls_i[i*fs_pkg::ClassBits +: fs_pkg::ClassBits] == counted_class)
      entering = entering + 1'b1;
  end
  leaving = left_i[counted_port] && left_cls_i[counted_port*fs_pkg::ClassBits +: fs_pkg::ClassBits] == counted_class;
  inside = inside_q - leaving;
  shown = '0;
  kept = '0;
  slots = '0;
  slots_shown = '0;
  for (int b = 0; b < QueuedBits; b++) begin
    shown[b] = queued_o[(32'(counted_class)*QueuedBits + b)*NumPorts + 32'(counted_port)];
    kept[b] = all_kept[(32'(counted_class)*QueuedBits + b)*NumPorts + 32'(counted_port)];
  end
  for (int b = 0; b < OutstandingBits; b++) begin
    slots[b] = outstanding_i[(32'(counted_port)*NumVcs + 32'(counted_vc))*OutstandingBits + b];
    slots_shown[b] = outstanding_o[(32'(counted_vc)*OutstandingBits + b)*NumPorts + 32'(counted_port)];
  end
end
always_ff @(posedge clk_i) inside_q <= rst_ni ? inside + entering : '0;

`FS_ASSUME(p_count_one_output, one_output, "a flit enters two outputs")
`FS_ASSUME(p_count_left, !leaving || inside_q != '0, "a flit leaves that did not enter")
`FS_ASSUME(p_count_room, inside + entering < (QueuedBits + 4)'(1 << QueuedBits), "more flits than fit")
`FS_ASSERT(p_count_kept, (QueuedBits + 4)'(kept) == inside_q, "flits counted twice, or not")
`FS_ASSERT(p_count_shown, (QueuedBits + 4)'(shown) == inside, "what is shown is not what is inside")
`FS_ASSERT(p_count_slots, slots_shown == (read_i ? slots : '0), "downstream slots are shown wrong")
`FS_COVER(c_count_most, shown == '1 && !leaving)
`FS_COVER(c_count_all_enter, 32'(entering) == NumPorts && leaving)
`FS_COVER(c_count_emptied, inside_q != '0 && leaving && inside == '0 && $past(leaving))
`FS_COVER(c_count_slots, read_i && slots == '1)
