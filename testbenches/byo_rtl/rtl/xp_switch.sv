// SPDX-License-Identifier: Apache-2.0
// A crosspoint-buffered switch: an input knows only its row of crosspoints, an output only its column, and nobody
// allocates centrally. Two cycles from rx to tx where nothing waits: FIFO to crosspoint, crosspoint to output.
module xp_switch #(
  parameter int unsigned NumPorts = 4,
  parameter int unsigned NumVcs = 2,
  parameter int unsigned NumClasses = 1,
  parameter int unsigned NumDests = 4,
  parameter int unsigned PoolDepth = 64,  // the neighbours divide it between VCs; any one VC may fill it
  parameter bit PeerShared = 1'b0,
  parameter logic [NumVcs*16-1:0] PeerReserve = '0,
  localparam int unsigned VcBits = (NumVcs > 1) ? $clog2(NumVcs) : 1
) (
  input logic clk_i,
  input logic rst_ni,
  input logic [NumPorts-1:0] rx_valid_i,
  input logic [NumPorts*VcBits-1:0] rx_vc_i,
  input logic [NumPorts*128-1:0] rx_flit_i,
  output logic [NumPorts*NumVcs-1:0] rx_credit_o,
  output logic [NumPorts-1:0] tx_valid_o,
  output logic [NumPorts*VcBits-1:0] tx_vc_o,
  output logic [NumPorts*128-1:0] tx_flit_o,
  input logic [NumPorts*NumVcs-1:0] tx_credit_i,
  input logic [NumPorts-1:0] tx_ready_i,
  input logic route_we_i,
  input logic [23:0] route_row_i,
  input logic [NumPorts-1:0] route_mask_i,
  input logic [NumVcs-1:0] route_vcs_i,
  input logic [1:0] route_mode_i,
  output logic idle_o
);
  logic [NumPorts-1:0] push [NumPorts];  // by input, by column
  logic [NumPorts*VcBits-1:0] push_vc;
  logic [NumPorts*128-1:0] push_flit;
  logic [NumPorts*NumVcs-1:0] push_vcs;
  logic [NumPorts*NumVcs-1:0] full [NumPorts];  // by column, by (input, VC)
  logic [NumPorts*16-1:0] load;
  logic [NumPorts-1:0] input_empty;
  logic [NumPorts-1:0] output_empty;

  for (genvar i = 0; i < NumPorts; i++) begin : gen_input
    logic [NumPorts*NumVcs-1:0] row_full;
    for (genvar o = 0; o < NumPorts; o++) begin : gen_row
      assign row_full[NumVcs*o+:NumVcs] = full[o][NumVcs*i+:NumVcs];
    end
    xp_input #(
      .NumPorts(NumPorts), .NumVcs(NumVcs), .NumClasses(NumClasses), .NumDests(NumDests), .Depth(PoolDepth)
    ) input_unit (
      .clk_i, .rst_ni,
      .rx_valid_i(rx_valid_i[i]), .rx_vc_i(rx_vc_i[VcBits*i+:VcBits]), .rx_flit_i(rx_flit_i[128*i+:128]),
      .rx_credit_o(rx_credit_o[NumVcs*i+:NumVcs]),
      .route_we_i, .route_row_i, .route_mask_i, .route_vcs_i, .route_mode_i,
      .full_i(row_full), .load_i(load),
      .push_o(push[i]), .push_vc_o(push_vc[VcBits*i+:VcBits]), .push_flit_o(push_flit[128*i+:128]),
      .push_vcs_o(push_vcs[NumVcs*i+:NumVcs]), .empty_o(input_empty[i])
    );
  end

  for (genvar o = 0; o < NumPorts; o++) begin : gen_column
    logic [NumPorts-1:0] column_push;
    for (genvar i = 0; i < NumPorts; i++) begin : gen_push
      assign column_push[i] = push[i][o];
    end
    xp_column #(
      .NumPorts(NumPorts), .NumVcs(NumVcs), .PeerShared(PeerShared), .PeerReserve(PeerReserve)
    ) column (
      .clk_i, .rst_ni,
      .push_i(column_push), .push_vc_i(push_vc), .push_flit_i(push_flit), .push_vcs_i(push_vcs),
      .full_o(full[o]), .load_o(load[16*o+:16]),
      .tx_ready_i(tx_ready_i[o]), .tx_credit_i(tx_credit_i[NumVcs*o+:NumVcs]),
      .tx_valid_o(tx_valid_o[o]), .tx_vc_o(tx_vc_o[VcBits*o+:VcBits]), .tx_flit_o(tx_flit_o[128*o+:128]),
      .empty_o(output_empty[o])
    );
  end

  assign idle_o = (&input_empty) && (&output_empty);
endmodule
