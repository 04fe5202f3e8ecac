// SPDX-License-Identifier: Apache-2.0
// One input port: gate, input pipeline, route choice, buffer pool with virtual output queues, requests, and the choice
// of the VC that uses a granted connection.
// A flit sampled at edge n enters its queue at edge n + InputPipeline and may ask from the next edge on.
// Twins: sc_models/switch/model/general/input_unit.hpp, model_core_arrival.hpp, ModelCore::choose.
// Inputs are marked public so that Verilator keeps them: the code of this unit is then one for all ports.
`include "fs_assert.svh"
module fs_input_unit #(
  parameter int unsigned NumPorts = 8,
  parameter int unsigned NumVcs = 2,
  parameter int unsigned NumClasses = 1,
  parameter int unsigned FlitWidth = 128,
  parameter int unsigned PoolDepth = 64,
  parameter logic [16*NumVcs-1:0] Reserve = {NumVcs{16'd8}},
  parameter int unsigned LongestPacket = 4,
  parameter int unsigned InputPipeline = 0,
  parameter int unsigned QueuedBits = 10,
  parameter int unsigned OutstandingBits = 16,
  localparam int unsigned VcBits = fs_pkg::index_bits(NumVcs),
  localparam int unsigned LengthBits = fs_pkg::count_bits(LongestPacket),
  localparam int unsigned KeyBits = fs_pkg::ClassBits + fs_pkg::DstBits
) (
  input logic clk_i,
  input logic rst_ni,
  input logic [31:0] port_i /*verilator public_flat_rd*/,  // this unit's number, for messages
  input logic rx_valid_i /*verilator public_flat_rd*/,
  input logic [VcBits-1:0] rx_vc_i /*verilator public_flat_rd*/,
  input logic [FlitWidth-1:0] rx_flit_i /*verilator public_flat_rd*/,
  output logic [NumVcs-1:0] rx_credit_o,
  // Route table.
  output logic route_read_o,
  output logic [KeyBits-1:0] route_key_o,
  input logic [NumPorts-1:0] route_mask_i /*verilator public_flat_rd*/,
  input logic [NumVcs-1:0] route_vcs_i /*verilator public_flat_rd*/,
  input logic [1:0] route_mode_i /*verilator public_flat_rd*/,
  // Occupancies, for adaptive rows.
  output logic occupancy_read_o,
  input logic [NumClasses*QueuedBits*NumPorts-1:0] queued_i /*verilator public_flat_rd*/,
  input logic [NumVcs*OutstandingBits*NumPorts-1:0] outstanding_i /*verilator public_flat_rd*/,
  output logic [NumPorts-1:0] enter_o,  // the output of the flit that enters at this edge, one-hot
  output logic [fs_pkg::ClassBits-1:0] enter_cls_o,
  // Requests and the grant.
  input logic [NumVcs*NumPorts-1:0] free_i /*verilator public_flat_rd*/,
  input logic [NumVcs*LengthBits*NumPorts-1:0] credit_i /*verilator public_flat_rd*/,
  input logic [NumPorts-1:0] ready_i /*verilator public_flat_rd*/,
  output logic [NumPorts-1:0] request_o,
  input logic [NumPorts-1:0] grant_i /*verilator public_flat_rd*/,  // one-hot
  output logic [FlitWidth-1:0] left_flit_o,  // registered: the flit that left at the last edge
  output logic [VcBits-1:0] left_vc_o,  // its output VC
  output logic idle_o
);
  /*verilator no_inline_module*/
  localparam int unsigned NumQueues = NumVcs * NumPorts;
  localparam int unsigned QueueBits = fs_pkg::index_bits(NumQueues);
  localparam int unsigned PortBits = fs_pkg::index_bits(NumPorts);

  // Gate and input pipeline.
  logic accepted, in_valid, pipeline_empty;
  logic [VcBits-1:0] in_vc;
  logic [FlitWidth-1:0] in_bits;
  logic [NumVcs-1:0] leave_vc;
  fs_rx_gate #(.NumVcs(NumVcs), .PoolDepth(PoolDepth), .Reserve(Reserve)) u_gate (
    .clk_i(clk_i), .rst_ni(rst_ni), .port_i(port_i), .rx_valid_i(rx_valid_i), .rx_vc_i(rx_vc_i), .accept_o(accepted),
    .freed_i(leave_vc)
  );
  fs_delay_line #(.Stages(InputPipeline), .Width(VcBits + FlitWidth)) u_pipeline (
    .clk_i(clk_i), .rst_ni(rst_ni), .valid_i(accepted), .data_i({rx_vc_i, rx_flit_i}),
    .valid_o(in_valid), .data_o({in_vc, in_bits}), .empty_o(pipeline_empty)
  );

  // The flit that enters its queue at this edge. A head's output is chosen now; the rest of its packet follows it.
  // What breaks the rules of packets is discarded, with its slot: the sender's mistake costs the sender.
  fs_pkg::flit_t flit;
  logic [NumVcs-1:0] in_vc_onehot, arriving_q;
  logic [NumVcs*NumPorts-1:0] arriving_output_q;
  logic [NumVcs*VcBits-1:0] arriving_vc_q;
  logic arriving, legal_head, has_route, has_length, enters;
  logic [NumPorts-1:0] head_output, enter;
  logic [VcBits-1:0] head_vc, enter_output_vc;
  assign flit = in_bits[fs_pkg::FlitBits-1:0];
  assign route_key_o = {flit.cls, flit.dst};
  assign enter_cls_o = flit.cls;
  assign enter_o = enter;
  always_comb begin
    in_vc_onehot = '0;
    if (in_valid) in_vc_onehot[in_vc] = 1'b1;
  end
  assign arriving = (arriving_q & in_vc_onehot) != '0;
  assign route_read_o = in_valid && flit.head && !arriving;
  assign has_route = route_mask_i != '0 && route_vcs_i != '0;
  assign has_length = flit.length != '0 && 32'(flit.length) <= LongestPacket;
  assign legal_head = route_read_o && has_route && has_length;
  assign enters = in_valid && (flit.head ? legal_head : arriving);
  fs_route_choice #(
    .NumPorts(NumPorts), .NumVcs(NumVcs), .NumClasses(NumClasses), .QueuedBits(QueuedBits),
    .OutstandingBits(OutstandingBits)
  ) u_choice (
    .clk_i(clk_i), .rst_ni(rst_ni), .head_i(legal_head), .vc_i(in_vc), .cls_i(flit.cls), .hash_i(flit.hash_key),
    .mask_i(route_mask_i), .vcs_i(route_vcs_i), .mode_i(route_mode_i), .queued_i(queued_i),
    .outstanding_i(outstanding_i), .adaptive_o(occupancy_read_o), .output_o(head_output), .output_vc_o(head_vc)
  );
  always_comb begin
    enter = '0;
    enter_output_vc = '0;
    if (enters) begin
      enter = flit.head ? head_output : arriving_output_q[in_vc*NumPorts +: NumPorts];
      enter_output_vc = flit.head ? head_vc : arriving_vc_q[in_vc*VcBits +: VcBits];
    end
  end
  always_ff @(posedge clk_i) begin
    if (!rst_ni) arriving_q <= '0;
    else if (enters) arriving_q[in_vc] <= !flit.tail;
  end
  always_ff @(posedge clk_i) begin
    if (legal_head) begin
      arriving_output_q[in_vc*NumPorts +: NumPorts] <= head_output;
      arriving_vc_q[in_vc*VcBits +: VcBits] <= head_vc;
    end
  end

  // Requests. A granted connection serves the first VC at or after the favourite.
  logic [NumVcs*NumPorts-1:0] may_go;
  logic [NumPorts-1:0] wanted;
  logic [NumVcs-1:0] candidates, unused_favourite;
  logic leaves;
  always_comb begin
    wanted = '0;
    for (int unsigned v = 0; v < NumVcs; v++) wanted = wanted | may_go[v*NumPorts +: NumPorts];
  end
  assign request_o = wanted & ready_i;
  assign leaves = grant_i != '0;
  always_comb begin
    for (int unsigned v = 0; v < NumVcs; v++) candidates[v] = (may_go[v*NumPorts +: NumPorts] & grant_i) != '0;
  end
  fs_rr_arbiter #(.Num(NumVcs)) u_favourite (
    .clk_i(clk_i), .rst_ni(rst_ni), .req_i(candidates), .update_i(leaves), .grant_o(leave_vc), .from_o(unused_favourite)
  );

  // The queues.
  logic enter_first, follows;
  fs_pkg::flit_t follow_flit;
  logic [VcBits-1:0] follow_vc;
  logic [QueueBits-1:0] enter_queue, leave_queue;
  logic [PortBits-1:0] enter_port, leave_port;
  logic [VcBits-1:0] leave_vc_index;
  logic store_empty;
  assign enter_port = PortBits'($countones(enter - 1'b1));
  assign leave_port = PortBits'($countones(grant_i - 1'b1));
  assign leave_vc_index = VcBits'($countones(leave_vc - 1'b1));
  assign enter_queue = QueueBits'(32'(in_vc) * NumPorts + 32'(enter_port));
  assign leave_queue = QueueBits'(32'(leave_vc_index) * NumPorts + 32'(leave_port));
  fs_queue_requests #(.NumPorts(NumPorts), .NumVcs(NumVcs), .LengthBits(LengthBits)) u_requests (
    .clk_i(clk_i), .rst_ni(rst_ni),
    .enter_i(enter), .enter_vc_i(in_vc_onehot), .enter_flit_i(flit), .enter_output_vc_i(enter_output_vc),
    .enter_first_o(enter_first),
    .leave_i(grant_i), .leave_vc_i(leave_vc), .follow_i(follows), .follow_flit_i(follow_flit),
    .follow_output_vc_i(follow_vc),
    .free_i(free_i), .credit_i(credit_i), .may_go_o(may_go)
  );
  fs_queue_store #(.NumQueues(NumQueues), .PoolDepth(PoolDepth), .FlitWidth(FlitWidth), .VcBits(VcBits)) u_store (
    .clk_i(clk_i), .rst_ni(rst_ni),
    .enter_i(enters), .enter_queue_i(enter_queue), .enter_first_i(enter_first), .enter_flit_i(in_bits),
    .enter_vc_i(enter_output_vc),
    .leave_i(leaves), .leave_queue_i(leave_queue), .more_o(follows), .front_o(follow_flit), .front_vc_o(follow_vc),
    .left_flit_o(left_flit_o), .left_vc_o(left_vc_o), .empty_o(store_empty)
  );

  always_ff @(posedge clk_i) begin
    if (!rst_ni) rx_credit_o <= '0;
    else rx_credit_o <= leave_vc;
  end
  assign idle_o = store_empty && pipeline_empty && rx_credit_o == '0;

  `FS_ASSUME_AT(a_rx_head, !in_valid || !flit.head || !arriving, port_i, "rx_flit_i: a head before the last packet's tail")
  `FS_ASSUME_AT(a_rx_body, !in_valid || flit.head || arriving, port_i, "rx_flit_i: a body flit without a head")
  `FS_ASSUME_AT(a_rx_length, !(in_valid && flit.head) || has_length, port_i,
    "rx_flit_i: a packet longer than the longest, or of none")
  `FS_ASSERT(a_grant_asked, (grant_i & ~request_o) == '0, "a grant without a request")
endmodule
