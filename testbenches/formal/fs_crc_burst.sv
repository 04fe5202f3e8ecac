// SPDX-License-Identifier: Apache-2.0
// A frame with its CRC, and the same with a burst of wrong bits anywhere in both, for a proof that the CRC finds it.
`include "fs_assert.svh"
module fs_crc_burst #(
  parameter int unsigned DataWidth = 12,
  parameter int unsigned CrcBits = 8,
  parameter logic [31:0] Poly = 32'h07,
  localparam int unsigned FrameWidth = DataWidth + CrcBits,
  localparam int unsigned PlaceBits = fs_pkg::index_bits(FrameWidth)
) (
  input logic clk_i,
  input logic rst_ni,
  input logic [DataWidth-1:0] data_i,
  input logic [CrcBits-1:0] burst_i,  // its lowest bit is wrong
  input logic [PlaceBits-1:0] place_i
);
  logic [CrcBits-1:0] made, found;
  logic [FrameWidth-1:0] frame, wrong;
  fs_crc #(.DataWidth(DataWidth), .CrcBits(CrcBits), .Poly(CrcBits'(Poly))) u_made (.data_i(data_i), .crc_o(made));
  assign frame = {made, data_i};
  assign wrong = frame ^ (FrameWidth'(burst_i) << place_i);
  fs_crc #(.DataWidth(DataWidth), .CrcBits(CrcBits), .Poly(CrcBits'(Poly))) u_found (.data_i(wrong[DataWidth-1:0]), .crc_o(found));
  `FS_ASSUME(a_crc_burst, burst_i[0] && 32'(place_i) < FrameWidth, "not a burst in the frame")
  `FS_ASSERT(p_crc_found, found != wrong[DataWidth +: CrcBits], "a burst no longer than the CRC passes")
  `FS_COVER(c_crc_across, place_i == PlaceBits'(DataWidth - 1) && burst_i == '1)
endmodule
