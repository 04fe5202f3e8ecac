// SPDX-License-Identifier: Apache-2.0
// The n-th set bit of a vector (0: the lowest), as a one-hot. Combinational: halves the vector by counting ones.
module fs_nth_set #(
  parameter int unsigned Width = 8,
  localparam int unsigned CountBits = fs_pkg::count_bits(Width)
) (
  input logic [Width-1:0] bits_i,
  input logic [CountBits-1:0] n_i,  // below the number of set bits
  output logic [Width-1:0] onehot_o
);
  localparam int unsigned Levels = $clog2(Width);
  localparam int unsigned Size = 1 << Levels;

  logic [Size-1:0] rest;
  logic [CountBits-1:0] n, low_ones;
  logic [Levels:0] place;

  always_comb begin
    rest = Size'(bits_i);
    n = n_i;
    place = '0;
    for (int unsigned k = Levels; k > 0; k--) begin
      low_ones = CountBits'($countones(rest & ((Size'(1) << (1 << (k - 1))) - 1'b1)));
      if (n >= low_ones) begin
        n = n - low_ones;
        rest = rest >> (1 << (k - 1));
        place[k-1] = 1'b1;
      end
    end
    onehot_o = Width'(Width'(1) << place);
  end
endmodule
