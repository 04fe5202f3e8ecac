// SPDX-License-Identifier: Apache-2.0
// From rows of matches (per input: an output, one-hot) to the number of the input that each output is matched with.
// Combinational: each bit of the numbers is an OR of rows, so only these bits change from input order to output order.
module fs_select #(
  parameter int unsigned NumPorts = 8,
  localparam int unsigned PortBits = fs_pkg::index_bits(NumPorts)
) (
  input logic [NumPorts*NumPorts-1:0] match_i,
  output logic [NumPorts*PortBits-1:0] input_o  // per output; zero where there is none
);
  logic [PortBits*NumPorts-1:0] planes;
  always_comb begin
    planes = '0;
    for (int unsigned i = 0; i < NumPorts; i++) begin
      for (int unsigned b = 0; b < PortBits; b++) begin
        if (i[b]) planes[b*NumPorts +: NumPorts] = planes[b*NumPorts +: NumPorts] | match_i[i*NumPorts +: NumPorts];
      end
    end
    for (int unsigned o = 0; o < NumPorts; o++) begin
      for (int unsigned b = 0; b < PortBits; b++) input_o[o*PortBits + b] = planes[b*NumPorts + o];
    end
  end
endmodule
