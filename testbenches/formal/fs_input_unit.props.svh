// SPDX-License-Identifier: Apache-2.0
// What fs_input_unit must do, read at the end of that module, for an input pipeline of no stages: each flit that the
// sender may send enters the queue of its VC and one output of its row; each queue is a FIFO (fs_queue_store's proof,
// repeated here); what may go asks; what is granted leaves, and its slot's credit goes back to its VC.
// Its environment: senders keep the rules of packets, rows exist, grants follow requests. Pools of up to 8 slots.
localparam int unsigned HeldBits = fs_pkg::count_bits(PoolDepth);
localparam int unsigned WordWidth = VcBits + FlitWidth;
(* hierconn *) logic [NumQueues*HeldBits-1:0] \u_store.held_q ;
(* hierconn *) logic [NumQueues*WordWidth-1:0] \u_store.fronts ;
(* hierconn *) logic [QueueBits-1:0] \u_store.watch ;
(* hierconn *) logic \u_store.followed_q ;
(* hierconn *) logic [HeldBits-1:0] \u_store.ahead_q ;
(* hierconn *) logic [WordWidth-1:0] \u_store.token_q ;
(* hierconn *) logic [NumQueues-1:0] \u_requests.body_q ;
(* hierconn *) logic [NumQueues-1:0] \u_requests.head_q ;
(* hierconn *) logic [NumVcs*LengthBits*NumPorts-1:0] \u_requests.length_q ;
(* hierconn *) logic [NumVcs*NumVcs*NumPorts-1:0] \u_requests.output_vc_q ;
(* hierconn *) logic [NumVcs*fs_pkg::count_bits(PoolDepth)-1:0] \u_gate.used_q ;
(* hierconn *) logic [fs_pkg::count_bits(PoolDepth)-1:0] \u_gate.shared_q ;

`FS_ASSUME(p_input_grant, (grant_i & (grant_i - 1'b1)) == '0 && (grant_i & ~request_o) == '0, "a grant nobody asked for")
`FS_ASSUME(p_input_route, !route_read_o || has_route, "no route")

// One VC and output, any.
logic [VcBits-1:0] watch_vc;
logic [PortBits-1:0] watch_port;
assign {watch_vc, watch_port} = \u_store.watch ;  // for two ports: the queue's number is both

// The requests show the front of each queue, and ask for what may go.
fs_pkg::flit_t front;
logic [VcBits-1:0] front_vc;
logic [HeldBits-1:0] held;
logic [LengthBits-1:0] planes, credit;
logic shown, may;
logic [NumPorts-1:0] asks;
logic [NumVcs-1:0] output_vcs;
logic [NumVcs*HeldBits-1:0] of_vc;
always_comb begin
  shown = 1'b1;
  asks = '0;
  of_vc = '0;
  may = 1'b0;
  front = '0;
  front_vc = '0;
  held = '0;
  planes = '0;
  credit = '0;
  output_vcs = '0;
  for (int v = 0; v < NumVcs; v++) begin
    for (int o = 0; o < NumPorts; o++) begin
      {front_vc, front} = \u_store.fronts [(v*NumPorts + o)*WordWidth +: WordWidth];
      held = \u_store.held_q [(v*NumPorts + o)*HeldBits +: HeldBits];
      of_vc[v*HeldBits +: HeldBits] = of_vc[v*HeldBits +: HeldBits] + held;
      output_vcs = '0;
      for (int w = 0; w < NumVcs; w++) output_vcs[w] = \u_requests.output_vc_q [(v*NumVcs + w)*NumPorts + o];
      for (int b = 0; b < LengthBits; b++) begin
        planes[b] = \u_requests.length_q [(v*LengthBits + b)*NumPorts + o];
        credit[b] = credit_i[(32'(front_vc)*LengthBits + b)*NumPorts + o];
      end
      if (held == '0) begin
        if (\u_requests.body_q [v*NumPorts + o] || \u_requests.head_q [v*NumPorts + o]
            || planes != '0 || output_vcs != '0) shown = 1'b0;
      end else begin
        if (\u_requests.body_q [v*NumPorts + o] == front.head || \u_requests.head_q [v*NumPorts + o] != front.head
            || planes != front.length[LengthBits-1:0]
            || output_vcs != (NumVcs'(1) << front_vc)) shown = 1'b0;
        may = !front.head || (free_i[32'(front_vc)*NumPorts + o] && credit >= front.length[LengthBits-1:0]);
        if (may && ready_i[o]) asks[o] = 1'b1;
      end
    end
  end
end
`FS_ASSERT(p_input_shown, shown, "a queue shows another flit than its first")
`FS_ASSERT(p_input_asks, request_o == asks, "asks for what may not go, or not for what may")

// The gate knows what each VC holds. (FS_HOSTILE: the sender keeps no rule. A flit that breaks the rules of packets is
// discarded and its slot stays counted; so the gate may count more than the queues hold, and never more than the pool.)
logic gate_used;
logic [HeldBits-1:0] counted;
logic [HeldBits:0] beyond;
always_comb begin
  gate_used = 1'b1;
  beyond = '0;
  counted = '0;
  for (int v = 0; v < NumVcs; v++) begin
    counted = \u_gate.used_q [v*HeldBits +: HeldBits];
`ifdef FS_HOSTILE
    if (counted < of_vc[v*HeldBits +: HeldBits]) gate_used = 1'b0;
`else
    if (counted != of_vc[v*HeldBits +: HeldBits]) gate_used = 1'b0;
`endif
    if (16'(counted) > Reserve[16*v +: 16]) beyond = beyond + (HeldBits + 1)'(counted) - (HeldBits + 1)'(Reserve[16*v +: 16]);
  end
end
`FS_ASSERT(p_input_used, gate_used && (HeldBits + 1)'(\u_gate.shared_q ) == beyond, "slots in use are miscounted")

// Packets: each VC's packet goes on to where its head went.
logic outputs_chosen;
logic [NumPorts-1:0] chosen;
always_comb begin
  outputs_chosen = 1'b1;
  chosen = '0;
  for (int v = 0; v < NumVcs; v++) begin
    chosen = arriving_output_q[v*NumPorts +: NumPorts];
    if (arriving_q[v] && (chosen == '0 || (chosen & (chosen - 1'b1)) != '0)) outputs_chosen = 1'b0;
  end
end
`FS_ASSERT(p_input_arriving, outputs_chosen, "a packet without an output, or with two")
`ifndef FS_HOSTILE
`FS_ASSERT(p_input_accepted, accepted == rx_valid_i && enters == rx_valid_i, "a flit of a lawful sender is discarded")
// The rules of packets are asked of senders by the module's own state, which has to be that of the pins.
logic [NumVcs-1:0] within_q;
always_ff @(posedge clk_i) begin
  if (!rst_ni) within_q <= '0;
  else if (rx_valid_i) within_q[rx_vc_i] <= !flit.tail;
end
`FS_ASSERT(p_input_within, arriving_q == within_q, "other packets under way than the sender has begun")
`endif
`FS_ASSERT(p_input_enters, enters == (enter != '0), "a flit enters no queue")
`FS_ASSERT(p_input_enters_one, !enters || ((enter & (enter - 1'b1)) == '0), "a flit enters two queues")
`FS_ASSERT(p_input_mask, !(enters && flit.head) || ((enter & ~route_mask_i) == '0 && route_vcs_i[enter_output_vc]),
  "an output or VC that the row does not have")
`FS_ASSERT(p_input_body, !(enters && !flit.head)
  || enter == arriving_output_q[rx_vc_i*NumPorts +: NumPorts], "a packet torn apart")

// What a grant takes leaves, and nothing else; its credit goes back once.
logic [NumVcs-1:0] past_leave_q;
logic past_grant_q;
always_ff @(posedge clk_i) begin
  past_leave_q <= rst_ni ? leave_vc : '0;
  past_grant_q <= rst_ni && grant_i != '0;
end
`FS_ASSERT(p_input_one, (grant_i != '0) == (leave_vc != '0) && (leave_vc & (leave_vc - 1'b1)) == '0, "not one flit a grant")
`FS_ASSERT(p_input_credit, rx_credit_o == past_leave_q, "a credit lost or made")

// The flit that the store's proof follows.
logic follow_pops;
fs_pkg::flit_t token;
logic [VcBits-1:0] token_vc;
assign {token_vc, token} = \u_store.token_q ;
assign follow_pops = leave_vc[watch_vc] && grant_i[watch_port];
`FS_ASSERT(p_input_idle, !idle_o || (\u_store.held_q == '0 && rx_credit_o == '0), "idle with a flit inside")

`FS_COVER(c_input_full, of_vc[HeldBits-1:0] == HeldBits'(PoolDepth - 1))
`FS_COVER(c_input_packet, \u_store.followed_q && follow_pops && \u_store.ahead_q == HeldBits'(1) && !token.head && token.tail)
`FS_COVER(c_input_other_vc, \u_store.followed_q && follow_pops && \u_store.ahead_q == '0 && token_vc != watch_vc)
`FS_COVER(c_input_both, grant_i != '0 && rx_valid_i && of_vc[HeldBits-1:0] != '0 && of_vc[HeldBits +: HeldBits] != '0)
`ifdef FS_HOSTILE
`FS_COVER(c_input_no_room, rx_valid_i && !accepted)
`FS_COVER(c_input_body_without_head, accepted && !enters && !flit.head)
`FS_COVER(c_input_head_within_packet, accepted && !enters && flit.head && arriving)
`endif
`FS_COVER(c_input_held_back, \u_store.held_q [HeldBits-1:0] != '0 && ready_i[0] && !request_o[0])
