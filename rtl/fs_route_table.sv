// SPDX-License-Identifier: Apache-2.0
// The route table: a row a (class, destination), one write port, a read port for every input. Reads are combinational;
// a row written at an edge is what reads at that edge see. Reset keeps it, and does not hinder writes.
// Twin: RouteTable (sc_models/switch/route_table.hpp).
`include "fs_assert.svh"
module fs_route_table #(
  parameter int unsigned NumPorts = 8,
  parameter int unsigned NumVcs = 2,
  parameter int unsigned NumClasses = 1,
  parameter int unsigned NumDests = 8,
  localparam int unsigned KeyBits = fs_pkg::ClassBits + fs_pkg::DstBits
) (
  input logic clk_i,
  input logic rst_ni,
  input logic we_i,
  input logic [KeyBits-1:0] row_i,  // {class, destination}
  input logic [NumPorts-1:0] mask_i,
  input logic [NumVcs-1:0] vcs_i,
  input logic [1:0] mode_i,
  input logic [NumPorts-1:0] read_i,
  input logic [NumPorts*KeyBits-1:0] key_i,
  output logic [NumPorts*NumPorts-1:0] mask_o,  // zero: no such row
  output logic [NumPorts*NumVcs-1:0] vcs_o,
  output logic [NumPorts*2-1:0] mode_o
);
  localparam int unsigned Rows = NumClasses * NumDests;
  localparam int unsigned RowBits = fs_pkg::index_bits(Rows);
  localparam int unsigned Width = NumPorts + NumVcs + 2;

  logic [Width-1:0] rows [Rows];
  fs_pkg::route_row_t wrote;
  logic wrote_valid, write;
  logic [RowBits-1:0] write_at;
  logic [Width-1:0] write_row;

  assign wrote = row_i;
  assign wrote_valid = 32'(wrote.cls) < NumClasses && 32'(wrote.dst) < NumDests;
  assign write = we_i && wrote_valid;
  assign write_at = RowBits'(32'(wrote.cls) * NumDests + 32'(wrote.dst));
  assign write_row = {mode_i, vcs_i, mask_i};

  always_ff @(posedge clk_i) begin
    if (write) rows[write_at] <= write_row;
  end

  // Only rows that were written count; in hardware that is up to whoever writes them, as a memory has no reset.
`ifndef SYNTHESIS
  logic [NumPorts-1:0] unrouted;
  logic [Rows-1:0] written;
  initial written = '0;
  always_ff @(posedge clk_i) begin
    if (write) written[write_at] <= 1'b1;
  end
`endif

  logic [KeyBits-1:0] key;
  logic [RowBits-1:0] at;
  logic [Width-1:0] row;
  always_comb begin
    mask_o = '0;
    vcs_o = '0;
    mode_o = '0;
    key = '0;
    at = '0;
    row = '0;
`ifndef SYNTHESIS
    unrouted = '0;
`endif
    for (int unsigned p = 0; p < NumPorts; p++) begin
      if (read_i[p]) begin
        key = key_i[p*KeyBits +: KeyBits];
        if (32'(key[KeyBits-1:fs_pkg::DstBits]) < NumClasses && 32'(key[fs_pkg::DstBits-1:0]) < NumDests) begin
          at = RowBits'(32'(key[KeyBits-1:fs_pkg::DstBits]) * NumDests + 32'(key[fs_pkg::DstBits-1:0]));
          row = (write && at == write_at) ? write_row : rows[at];
          mask_o[p*NumPorts +: NumPorts] = row[NumPorts-1:0];
          vcs_o[p*NumVcs +: NumVcs] = row[NumPorts +: NumVcs];
          mode_o[p*2 +: 2] = row[NumPorts + NumVcs +: 2];
`ifndef SYNTHESIS
          unrouted[p] = row[NumPorts-1:0] == '0 || !(written[at] || write && at == write_at);
        end else begin
          unrouted[p] = 1'b1;
`endif
        end
      end
    end
  end

  `FS_ASSUME_AT(a_rx_route, unrouted == '0, $countones((unrouted & (~unrouted + 1'b1)) - 1'b1),
    "rx_flit_i: no route for a head's class and destination")
  `FS_ASSUME(a_route_row, !we_i || wrote_valid, "route_row_i: no such row")
  `FS_ASSUME(a_route_mask, !we_i || mask_i != '0, "route_mask_i: no output")
  `FS_ASSUME(a_route_vcs, !we_i || vcs_i != '0, "route_vcs_i: no VC")
  `FS_ASSUME(a_route_mode, !we_i || mode_i != fs_pkg::Reserved, "route_mode_i: reserved")
endmodule
