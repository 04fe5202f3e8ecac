// SPDX-License-Identifier: Apache-2.0
// The buffer pool of an input: one memory of flits in which every virtual output queue (VC, output) is a linked list.
// One flit in and one out at an edge. `front` is what the queue that loses its front flit shows next: combinational.
// Twin: InputUnits::push, ::pop (sc_models/switch/model/general/input_unit.hpp).
`include "fs_assert.svh"
module fs_queue_store #(
  parameter int unsigned NumQueues = 16,
  parameter int unsigned PoolDepth = 64,
  parameter int unsigned FlitWidth = 128,
  parameter int unsigned VcBits = 1,
  localparam int unsigned QueueBits = fs_pkg::index_bits(NumQueues)
) (
  input logic clk_i,
  input logic rst_ni,
  input logic enter_i,  // only with a free slot
  input logic [QueueBits-1:0] enter_queue_i,
  input logic enter_first_i,  // its queue is empty, or its last flit leaves at this edge
  input logic [FlitWidth-1:0] enter_flit_i,
  input logic [VcBits-1:0] enter_vc_i,  // its output VC
  input logic leave_i,  // only from a queue that holds a flit
  input logic [QueueBits-1:0] leave_queue_i,
  output logic more_o,  // another flit follows in that queue
  output fs_pkg::flit_t front_o,
  output logic [VcBits-1:0] front_vc_o,
  output logic [FlitWidth-1:0] left_flit_o,  // registered: the flit that left at the last edge
  output logic [VcBits-1:0] left_vc_o,
  output logic empty_o
);
  localparam int unsigned SlotBits = fs_pkg::index_bits(PoolDepth);

  logic [FlitWidth-1:0] flits [PoolDepth];
  logic [VcBits-1:0] vcs [PoolDepth];
  logic [SlotBits-1:0] following [PoolDepth];
  logic [SlotBits-1:0] firsts [NumQueues];
  logic [SlotBits-1:0] lasts [NumQueues];

  logic [SlotBits-1:0] enter_slot, last_slot, leave_slot, next_slot;
  logic free_valid;

  fs_free_list #(.Slots(PoolDepth)) u_free (
    .clk_i(clk_i), .rst_ni(rst_ni),
    .take_i(enter_i), .valid_o(free_valid), .slot_o(enter_slot),
    .give_i(leave_i), .slot_i(leave_slot), .all_free_o(empty_o)
  );

  assign last_slot = lasts[enter_queue_i];
  always_comb begin
    leave_slot = '0;
    next_slot = '0;
    more_o = 1'b0;
    front_o = '0;
    front_vc_o = '0;
    if (leave_i) begin
      leave_slot = firsts[leave_queue_i];
      next_slot = following[leave_slot];
      more_o = leave_slot != lasts[leave_queue_i];
      front_o = flits[next_slot][fs_pkg::FlitBits-1:0];
      front_vc_o = vcs[next_slot];
    end
  end

  always_ff @(posedge clk_i) begin
    if (leave_i) begin
      left_flit_o <= flits[leave_slot];
      left_vc_o <= vcs[leave_slot];
      if (more_o) firsts[leave_queue_i] <= next_slot;
    end
    if (enter_i) begin
      flits[enter_slot] <= enter_flit_i;
      vcs[enter_slot] <= enter_vc_i;
      lasts[enter_queue_i] <= enter_slot;
      if (enter_first_i) firsts[enter_queue_i] <= enter_slot;
      else following[last_slot] <= enter_slot;
    end
  end

  `FS_ASSERT(a_store_room, !enter_i || free_valid, "a flit enters a full pool")
endmodule
