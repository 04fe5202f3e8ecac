// SPDX-License-Identifier: Apache-2.0
// What stands between the rx pins and the buffer pool: counts the slots that each VC has in use, and discards a flit
// that has no VC or no slot, so that a neighbour without credit harms nobody else. Combinational from rx to accept_o.
// Twin: InputUnits::take_space, ::pop (sc_models/switch/model/general/input_unit.hpp).
`include "fs_assert.svh"
module fs_rx_gate #(
  parameter int unsigned NumVcs = 2,
  parameter int unsigned PoolDepth = 64,
  parameter logic [16*NumVcs-1:0] Reserve = {NumVcs{16'd8}},  // slots that are each VC's alone, VC 0 low
  localparam int unsigned VcBits = fs_pkg::index_bits(NumVcs)
) (
  input logic clk_i,
  input logic rst_ni,
  input logic [31:0] port_i,  // this unit's number, for messages
  input logic rx_valid_i,
  input logic [VcBits-1:0] rx_vc_i,
  output logic accept_o,
  input logic [NumVcs-1:0] freed_i  // a slot of this VC is freed at this edge
);
  localparam int unsigned CountBits = fs_pkg::count_bits(PoolDepth);

  function automatic int unsigned reserved();
    int unsigned v;
    reserved = 0;
    for (v = 0; v < NumVcs; v = v + 1) reserved = reserved + {16'd0, Reserve[16*v +: 16]};
  endfunction
  localparam logic [CountBits-1:0] SharedDepth = CountBits'(PoolDepth - reserved());

  logic [NumVcs*CountBits-1:0] used_q;
  logic [CountBits-1:0] shared_q;  // slots in use beyond the reserves
  logic [NumVcs-1:0] is_vc, full_reserve, beyond, take;
  logic borrow, repay;

  always_comb begin
    for (int unsigned v = 0; v < NumVcs; v++) begin
      is_vc[v] = rx_vc_i == VcBits'(v);
      full_reserve[v] = 16'(used_q[CountBits*v +: CountBits]) >= Reserve[16*v +: 16];
      beyond[v] = 16'(used_q[CountBits*v +: CountBits]) > Reserve[16*v +: 16];
    end
    accept_o = rx_valid_i && is_vc != '0 && ((is_vc & full_reserve) == '0 || shared_q != SharedDepth);
    take = is_vc & {NumVcs{accept_o}};
    borrow = (take & ~freed_i & full_reserve) != '0;
    repay = (freed_i & ~take & beyond) != '0;
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      used_q <= '0;
      shared_q <= '0;
    end else begin
      for (int unsigned v = 0; v < NumVcs; v++) begin
        if (take[v] != freed_i[v]) begin
          used_q[CountBits*v +: CountBits] <=
            take[v] ? used_q[CountBits*v +: CountBits] + 1'b1 : used_q[CountBits*v +: CountBits] - 1'b1;
        end
      end
      if (borrow != repay) shared_q <= borrow ? shared_q + 1'b1 : shared_q - 1'b1;
    end
  end

  `FS_ASSUME_AT(a_rx_vc, !rx_valid_i || is_vc != '0, port_i, "rx_vc_i: no such VC")
  `FS_ASSUME_AT(a_rx_credit, !rx_valid_i || is_vc == '0 || accept_o, port_i, "rx_valid_i: a flit without credit")
  `FS_ASSERT(a_rx_shared, shared_q <= SharedDepth, "more slots in use than the pool has")
endmodule
