// SPDX-License-Identifier: Apache-2.0
// What enters at edge n stands on the output before edge n + Stages: Stages registers for valid bits, one memory for
// data. With 0 stages it is wire.
// Twin: DelayLine (sc_models/switch/model/delay_line.hpp).
module fs_delay_line #(
  parameter int unsigned Stages = 1,
  parameter int unsigned Width = 8
) (
  input logic clk_i,
  input logic rst_ni,
  input logic valid_i,
  input logic [Width-1:0] data_i,
  output logic valid_o,
  output logic [Width-1:0] data_o,
  output logic empty_o  // nothing is under way
);
  if (Stages == 0) begin : gen_wire
    assign valid_o = valid_i;
    assign data_o = data_i;
    assign empty_o = 1'b1;
    logic unused;
    assign unused = ^{clk_i, rst_ni};
  end else begin : gen_ring
    localparam int unsigned IndexBits = fs_pkg::index_bits(Stages);
    localparam logic [IndexBits-1:0] Last = IndexBits'(Stages - 1);

    // The place written at edge n is read before edge n + Stages, and written again at that edge.
    logic [Width-1:0] items [Stages];
    logic [Stages-1:0] valid_q;
    logic [IndexBits-1:0] place_q;

    assign valid_o = valid_q[place_q];
    assign data_o = items[place_q];
    assign empty_o = valid_q == '0;

    always_ff @(posedge clk_i) begin
      if (valid_i) items[place_q] <= data_i;
    end
    always_ff @(posedge clk_i) begin
      if (!rst_ni) begin
        valid_q <= '0;
        place_q <= '0;
      end else begin
        valid_q[place_q] <= valid_i;
        place_q <= (place_q == Last) ? '0 : place_q + 1'b1;
      end
    end
  end
endmodule
