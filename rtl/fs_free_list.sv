// SPDX-License-Identifier: Apache-2.0
// The free slots of a pool: hands out one and takes back one at an edge.
// Slots never used come from a counter, others in the order in which they came back, so reset touches no memory.
// Contract: take only when valid_o; give back only a slot handed out. A slot given back can be taken from the next
// edge on.
`include "fs_assert.svh"
module fs_free_list #(
  parameter int unsigned Slots = 8,
  localparam int unsigned SlotBits = fs_pkg::index_bits(Slots)
) (
  input logic clk_i,
  input logic rst_ni,
  input logic take_i,
  output logic valid_o,  // a slot is free
  output logic [SlotBits-1:0] slot_o,
  input logic give_i,
  input logic [SlotBits-1:0] slot_i,
  output logic all_free_o
);
  localparam int unsigned CountBits = fs_pkg::count_bits(Slots);

  logic [CountBits-1:0] fresh_q;  // slots from this number on were never used
  logic fresh;
  logic returned_valid;
  logic [SlotBits-1:0] returned;
  logic [CountBits-1:0] returned_count;

  assign fresh = fresh_q != CountBits'(Slots);
  assign valid_o = fresh || returned_valid;
  assign slot_o = fresh ? fresh_q[SlotBits-1:0] : returned;
  assign all_free_o = returned_count == fresh_q;

  fs_fifo #(.Depth(Slots), .Width(SlotBits)) u_returned (
    .clk_i(clk_i), .rst_ni(rst_ni),
    .push_i(give_i), .data_i(slot_i),
    .pop_i(take_i && !fresh), .valid_o(returned_valid), .data_o(returned), .count_o(returned_count)
  );

  always_ff @(posedge clk_i) begin
    if (!rst_ni) fresh_q <= '0;
    else if (take_i && fresh) fresh_q <= fresh_q + 1'b1;
  end

  `FS_ASSUME(a_free_list_empty, !take_i || valid_o, "a slot taken where none is free")
  `FS_ASSUME(a_free_list_full, !give_i || returned_count != fresh_q, "a slot given back that was not handed out")
  `FS_ASSUME(a_free_list_slot, !give_i || CountBits'(slot_i) < fresh_q, "a slot given back that never was in use")
  `FS_ASSERT(a_free_list_count, returned_count <= fresh_q, "more slots free than exist")
endmodule
