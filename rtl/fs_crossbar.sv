// SPDX-License-Identifier: Apache-2.0
// The crossbar: each output shows the word of the input it is connected with, or zero. Combinational.
module fs_crossbar #(
  parameter int unsigned NumPorts = 8,
  parameter int unsigned Width = 128,
  localparam int unsigned PortBits = fs_pkg::index_bits(NumPorts)
) (
  input logic [NumPorts*Width-1:0] data_i,
  input logic [NumPorts-1:0] valid_i,  // per output
  input logic [NumPorts*PortBits-1:0] input_i,  // per output
  output logic [NumPorts*Width-1:0] data_o
);
  always_comb begin
    for (int unsigned o = 0; o < NumPorts; o++) begin
      data_o[o*Width +: Width] =
        valid_i[o] ? data_i[32'(input_i[o*PortBits +: PortBits])*Width +: Width] : '0;
    end
  end
endmodule
