// SPDX-License-Identifier: Apache-2.0
// What fs_credit_counter must do, read at the end of that module: count, and keep at most Most.
// Proved twice: within the contract, and (FS_HOSTILE) against a neighbour that gives more than it has slots.
localparam int unsigned WideBits = 16;
logic [WideBits-1:0] balance_q;  // given minus taken, never beyond Most
logic [WideBits-1:0] balance;
assign balance = balance_q + WideBits'(give_i) - WideBits'(take_i);
always_ff @(posedge clk_i) begin
  if (!rst_ni) balance_q <= '0;
  else balance_q <= (balance > WideBits'(Most)) ? WideBits'(Most) : balance;
end
`FS_ASSUME(p_credit_step, give_i <= StepBits'(Step) && take_i <= StepBits'(Step), "more credits at once than the counter takes")

`FS_ASSERT(p_credit_balance, WideBits'(count_o) == balance_q, "credits lost or made")
`FS_ASSERT(p_credit_next, WideBits'(next_o) == ((balance > WideBits'(Most)) ? WideBits'(Most) : balance), "next_o is wrong")
`FS_ASSERT(p_credit_most, WideBits'(count_o) <= WideBits'(Most), "more credits than slots")

`FS_COVER(c_credit_most, WideBits'(count_o) == WideBits'(Most))
`FS_COVER(c_credit_to_zero, count_o == '0 && $past(take_i != '0))
`FS_COVER(c_credit_both, take_i != '0 && give_i != '0)
`ifdef FS_HOSTILE
`FS_COVER(c_credit_too_many, balance > WideBits'(Most))
`endif
