// SPDX-License-Identifier: Apache-2.0
// FIFO of Depth items in a memory; the oldest item is visible without a pop.
// Latency: an item pushed at edge n is visible after edge n, when it is the oldest.
// Contract: push only with room (a pop at the same edge makes none), pop only when valid_o.
`include "fs_assert.svh"
module fs_fifo #(
  parameter int unsigned Depth = 4,
  parameter int unsigned Width = 8,
  localparam int unsigned CountBits = fs_pkg::count_bits(Depth)
) (
  input logic clk_i,
  input logic rst_ni,
  input logic push_i,
  input logic [Width-1:0] data_i,
  input logic pop_i,
  output logic valid_o,
  output logic [Width-1:0] data_o,
  output logic [CountBits-1:0] count_o
);
  localparam int unsigned IndexBits = fs_pkg::index_bits(Depth);
  localparam logic [IndexBits-1:0] Last = IndexBits'(Depth - 1);

  logic [Width-1:0] items [Depth];
  logic [IndexBits-1:0] read_q, write_q;
  logic [CountBits-1:0] count_q;

  assign valid_o = count_q != '0;
  assign data_o = items[read_q];
  assign count_o = count_q;

  always_ff @(posedge clk_i) begin
    if (push_i) items[write_q] <= data_i;
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      read_q <= '0;
      write_q <= '0;
      count_q <= '0;
    end else begin
      if (push_i) write_q <= (write_q == Last) ? '0 : write_q + 1'b1;
      if (pop_i) read_q <= (read_q == Last) ? '0 : read_q + 1'b1;
      if (push_i != pop_i) count_q <= push_i ? count_q + 1'b1 : count_q - 1'b1;
    end
  end

  `FS_ASSUME(a_fifo_overflow, !(push_i && count_q == CountBits'(Depth)), "push into a full FIFO")
  `FS_ASSUME(a_fifo_underflow, !(pop_i && count_q == '0), "pop from an empty FIFO")
  `FS_ASSERT(a_fifo_count, count_q <= CountBits'(Depth), "more items than places")
endmodule
