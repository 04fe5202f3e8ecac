// SPDX-License-Identifier: Apache-2.0
// What fs_nth_set must do, read at the end of that module: one position, a set bit, with exactly n set bits below it.
always_comb begin
  if (32'(n_i) < $countones(bits_i)) begin
    p_nth_one: assert (onehot_o != '0 && (onehot_o & (onehot_o - 1'b1)) == '0);
    p_nth_set: assert ((onehot_o & ~bits_i) == '0);
    p_nth_below: assert ($countones(bits_i & (onehot_o - 1'b1)) == 32'(n_i));
  end
`ifdef FS_TOP
  c_nth_last: cover (bits_i == '1 && 32'(n_i) == Width - 1);
  c_nth_sparse: cover (Width == 1 || 32'(n_i) == Width / 2 - 1 && onehot_o[Width-1] && !bits_i[0]);
`endif
end
