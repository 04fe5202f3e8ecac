// SPDX-License-Identifier: Apache-2.0
// The switch core: what lies between a switch's link layers. docs/switch.md states the cycle (rtl_profile); README.md
// beside this file draws it. Vectors that repeat for each port are flat, port 0 in the low bits.
// Outputs change only after a clock edge; nothing combinational leads from an input pin to an output pin.
// Twin: ModelCore (sc_models/switch/model/general/model_core.hpp).
`include "fs_assert.svh"
module fs_switch_core #(
  parameter int unsigned NumPorts = 8,
  parameter int unsigned NumVcs = 2,
  parameter int unsigned NumClasses = 1,
  parameter int unsigned NumDests = 8,
  parameter int unsigned FlitWidth = 128,  // at least 128; the rest is carried along
  parameter int unsigned PoolDepth = 64,  // flit slots of an input port
  parameter logic [16*NumVcs-1:0] Reserve = {NumVcs{16'd8}},  // of these, each VC's alone; 16 bits a VC, VC 0 low
  parameter int unsigned LongestPacket = PoolDepth,  // flits; smaller makes credit comparisons narrower
  parameter int unsigned Iterations = 1,  // of iSLIP
  parameter int unsigned InputPipeline = 0,  // cycles from rx pins into a queue
  parameter int unsigned OutputPipeline = 0,  // cycles from grant to tx pins, on top of the base cycle
  parameter bit PeerShared = 1'b0,  // the neighbours' receive buffers are pools ...
  parameter logic [16*NumVcs-1:0] PeerReserve = {NumVcs{16'd8}},  // ... with these reserves
  parameter int unsigned PeerDepth = 65534,  // most credits of one VC, or of a pool's shared part
  localparam int unsigned VcBits = fs_pkg::index_bits(NumVcs),
  localparam int unsigned KeyBits = fs_pkg::ClassBits + fs_pkg::DstBits
) (
  input logic clk_i,
  input logic rst_ni,
  input logic [NumPorts-1:0] rx_valid_i,
  input logic [NumPorts*VcBits-1:0] rx_vc_i,
  input logic [NumPorts*FlitWidth-1:0] rx_flit_i,
  output logic [NumPorts*NumVcs-1:0] rx_credit_o,
  output logic [NumPorts-1:0] tx_valid_o,
  output logic [NumPorts*VcBits-1:0] tx_vc_o,  // 0 where there is no flit
  output logic [NumPorts*FlitWidth-1:0] tx_flit_o,  // 0 where there is no flit
  input logic [NumPorts*NumVcs-1:0] tx_credit_i,
  input logic [NumPorts-1:0] tx_ready_i,
  input logic route_we_i,
  input logic [KeyBits-1:0] route_row_i,
  input logic [NumPorts-1:0] route_mask_i,
  input logic [NumVcs-1:0] route_vcs_i,
  input logic [1:0] route_mode_i,
  output logic idle_o  // no flit inside, outputs quiet: nothing changes until an input moves
);
  localparam int unsigned PortBits = fs_pkg::index_bits(NumPorts);
  localparam int unsigned LengthBits = fs_pkg::count_bits(LongestPacket);
  localparam int unsigned QueuedBits = fs_pkg::count_bits(NumPorts * PoolDepth);
  localparam int unsigned CreditBits = fs_pkg::count_bits(PeerDepth);

  if (FlitWidth < fs_pkg::FlitBits) begin : gen_bad_width
    $fatal(1, "FlitWidth: below 128");
  end

  // Input units.
  logic [NumPorts-1:0] route_read, occupancy_read, input_idle;
  logic [NumPorts*KeyBits-1:0] route_key;
  logic [NumPorts*NumPorts-1:0] route_mask, enter, request, match;
  logic [NumPorts*NumVcs-1:0] route_vcs;
  logic [NumPorts*2-1:0] route_mode;
  logic [NumPorts*fs_pkg::ClassBits-1:0] enter_cls;
  logic [NumPorts*FlitWidth-1:0] left_flit;
  logic [NumPorts*VcBits-1:0] left_vc;
  logic [NumVcs*NumPorts-1:0] free_planes;
  logic [NumVcs*LengthBits*NumPorts-1:0] credit_planes;
  logic [NumClasses*QueuedBits*NumPorts-1:0] queued;
  logic [NumVcs*CreditBits*NumPorts-1:0] outstanding_planes;
  for (genvar i = 0; i < NumPorts; i++) begin : gen_input
    fs_input_unit #(
      .NumPorts(NumPorts), .NumVcs(NumVcs), .NumClasses(NumClasses), .FlitWidth(FlitWidth), .PoolDepth(PoolDepth),
      .Reserve(Reserve), .LongestPacket(LongestPacket), .InputPipeline(InputPipeline), .QueuedBits(QueuedBits),
      .OutstandingBits(CreditBits)
    ) u_input (
      .clk_i(clk_i), .rst_ni(rst_ni), .port_i(32'(i)),
      .rx_valid_i(rx_valid_i[i]), .rx_vc_i(rx_vc_i[i*VcBits +: VcBits]),
      .rx_flit_i(rx_flit_i[i*FlitWidth +: FlitWidth]), .rx_credit_o(rx_credit_o[i*NumVcs +: NumVcs]),
      .route_read_o(route_read[i]), .route_key_o(route_key[i*KeyBits +: KeyBits]),
      .route_mask_i(route_mask[i*NumPorts +: NumPorts]), .route_vcs_i(route_vcs[i*NumVcs +: NumVcs]),
      .route_mode_i(route_mode[i*2 +: 2]),
      .occupancy_read_o(occupancy_read[i]), .queued_i(queued), .outstanding_i(outstanding_planes),
      .enter_o(enter[i*NumPorts +: NumPorts]), .enter_cls_o(enter_cls[i*fs_pkg::ClassBits +: fs_pkg::ClassBits]),
      .free_i(free_planes), .credit_i(credit_planes), .ready_i(tx_ready_i),
      .request_o(request[i*NumPorts +: NumPorts]), .grant_i(match[i*NumPorts +: NumPorts]),
      .left_flit_o(left_flit[i*FlitWidth +: FlitWidth]), .left_vc_o(left_vc[i*VcBits +: VcBits]),
      .idle_o(input_idle[i])
    );
  end

  fs_route_table #(
    .NumPorts(NumPorts), .NumVcs(NumVcs), .NumClasses(NumClasses), .NumDests(NumDests)
  ) u_routes (
    .clk_i(clk_i), .rst_ni(rst_ni), .we_i(route_we_i), .row_i(route_row_i), .mask_i(route_mask_i),
    .vcs_i(route_vcs_i), .mode_i(route_mode_i),
    .read_i(route_read), .key_i(route_key), .mask_o(route_mask), .vcs_o(route_vcs), .mode_o(route_mode)
  );

  // Allocation. Matches serve the input units in rows; outputs learn the number of their input.
  logic [NumPorts-1:0] matched;
  logic [NumPorts*PortBits-1:0] input_of;
  fs_islip #(.NumPorts(NumPorts), .Iterations(Iterations)) u_islip (
    .clk_i(clk_i), .rst_ni(rst_ni), .request_i(request), .match_o(match), .matched_o(matched)
  );
  fs_select #(.NumPorts(NumPorts)) u_select (.match_i(match), .input_o(input_of));

  // The crossbar works on registers: flits that left their queues at the last edge.
  logic [NumPorts-1:0] crossing_q;
  logic [NumPorts*PortBits-1:0] crossing_input_q;
  logic [NumPorts*FlitWidth-1:0] crossed;
  logic [NumPorts*VcBits-1:0] crossed_vc;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) crossing_q <= '0;
    else crossing_q <= matched;
  end
  always_ff @(posedge clk_i) crossing_input_q <= input_of;
  fs_crossbar #(.NumPorts(NumPorts), .Width(FlitWidth)) u_crossbar (
    .data_i(left_flit), .valid_i(crossing_q), .input_i(crossing_input_q), .data_o(crossed)
  );
  fs_crossbar #(.NumPorts(NumPorts), .Width(VcBits)) u_vc_crossbar (
    .data_i(left_vc), .valid_i(crossing_q), .input_i(crossing_input_q), .data_o(crossed_vc)
  );

  // Output units learn from the flit itself what it spends; what they show counts it.
  logic [NumPorts*NumVcs-1:0] free;
  logic [NumPorts*NumVcs*LengthBits-1:0] credit;
  logic [NumPorts*NumVcs*CreditBits-1:0] outstanding;
  for (genvar o = 0; o < NumPorts; o++) begin : gen_output
    fs_output_unit #(
      .NumVcs(NumVcs), .LongestPacket(LongestPacket), .PeerShared(PeerShared), .PeerReserve(PeerReserve),
      .PeerDepth(PeerDepth)
    ) u_output (
      .clk_i(clk_i), .rst_ni(rst_ni), .port_i(32'(o)), .left_i(crossing_q[o]),
      .head_i(crossed[o*FlitWidth]), .tail_i(crossed[o*FlitWidth + 1]),
      .length_i(crossed[o*FlitWidth + fs_pkg::LengthAt +: LengthBits]), .vc_i(crossed_vc[o*VcBits +: VcBits]),
      .tx_credit_i(tx_credit_i[o*NumVcs +: NumVcs]),
      .free_o(free[o*NumVcs +: NumVcs]), .credit_o(credit[o*NumVcs*LengthBits +: NumVcs*LengthBits]),
      .outstanding_o(outstanding[o*NumVcs*CreditBits +: NumVcs*CreditBits])
    );
  end
  always_comb begin
    for (int unsigned v = 0; v < NumVcs; v++) begin
      for (int unsigned o = 0; o < NumPorts; o++) begin
        free_planes[v*NumPorts + o] = free[o*NumVcs + v];
        for (int unsigned b = 0; b < LengthBits; b++) begin
          credit_planes[(v*LengthBits + b)*NumPorts + o] = credit[(o*NumVcs + v)*LengthBits + b];
        end
      end
    end
  end

  // Output pipeline; where there is none, the crossbar's zeros and flits are the pins.
  logic [NumPorts-1:0] output_empty;
  for (genvar o = 0; o < NumPorts; o++) begin : gen_tx
    if (OutputPipeline == 0) begin : gen_wire
      assign tx_valid_o[o] = crossing_q[o];
      assign {tx_vc_o[o*VcBits +: VcBits], tx_flit_o[o*FlitWidth +: FlitWidth]} =
        {crossed_vc[o*VcBits +: VcBits], crossed[o*FlitWidth +: FlitWidth]};
      assign output_empty[o] = 1'b1;
    end else begin : gen_pipeline
      logic valid;
      logic [VcBits+FlitWidth-1:0] word;
      fs_delay_line #(.Stages(OutputPipeline), .Width(VcBits + FlitWidth)) u_pipeline (
        .clk_i(clk_i), .rst_ni(rst_ni), .valid_i(crossing_q[o]),
        .data_i({crossed_vc[o*VcBits +: VcBits], crossed[o*FlitWidth +: FlitWidth]}), .valid_o(valid), .data_o(word),
        .empty_o(output_empty[o])
      );
      assign tx_valid_o[o] = valid;
      assign {tx_vc_o[o*VcBits +: VcBits], tx_flit_o[o*FlitWidth +: FlitWidth]} = valid ? word : '0;
    end
  end

  // Occupancies, for adaptive routes.
  logic [NumPorts*fs_pkg::ClassBits-1:0] left_cls;
  for (genvar o = 0; o < NumPorts; o++) begin : gen_left
    assign left_cls[o*fs_pkg::ClassBits +: fs_pkg::ClassBits] =
      crossed[o*FlitWidth + fs_pkg::ClassAt +: fs_pkg::ClassBits];
  end
  fs_occupancy #(
    .NumPorts(NumPorts), .NumVcs(NumVcs), .NumClasses(NumClasses), .QueuedBits(QueuedBits),
    .OutstandingBits(CreditBits)
  ) u_occupancy (
    .clk_i(clk_i), .rst_ni(rst_ni), .enter_i(enter), .enter_cls_i(enter_cls), .left_i(crossing_q),
    .left_cls_i(left_cls), .read_i(occupancy_read != '0), .outstanding_i(outstanding), .queued_o(queued),
    .outstanding_o(outstanding_planes)
  );

  assign idle_o = &input_idle && crossing_q == '0 && &output_empty && tx_valid_o == '0;
endmodule
