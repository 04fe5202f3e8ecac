// SPDX-License-Identifier: Apache-2.0
// A wire for proofs: a line of Stages frames, at whose beginning a frame may be lost or spoilt, and where nothing is sent the
// last frame may come once more. Order is kept.
module fs_lossy_wire #(
  parameter int unsigned Width = 8,
  parameter int unsigned Stages = 1
) (
  input logic clk_i,
  input logic rst_ni,
  input logic clear_i,
  input logic valid_i,
  input logic [Width-1:0] frame_i,
  input logic lose_i,
  input logic spoil_i,  // its highest bit
  input logic repeat_i,
  output logic valid_o,
  output logic [Width-1:0] frame_o
);
  logic [Stages-1:0] valid_q;
  logic [Stages*Width-1:0] frames_q;
  logic seen_q;  // frames_q's first holds a frame that was sent since the wire was cleared
  logic [Width-1:0] first;

  assign valid_o = valid_q[Stages-1];
  assign frame_o = frames_q[(Stages-1)*Width +: Width];
  assign first = valid_i ? frame_i ^ (Width'(spoil_i) << (Width - 1)) : frames_q[Width-1:0];

  always_ff @(posedge clk_i) begin
    if (!rst_ni || clear_i) begin
      valid_q <= '0;
      seen_q <= 1'b0;
    end else begin
      valid_q <= Stages'({valid_q, (valid_i && !lose_i) || (!valid_i && seen_q && repeat_i)});
      seen_q <= seen_q || valid_i;
    end
    frames_q <= (Stages * Width)'({frames_q, first});
  end
endmodule
