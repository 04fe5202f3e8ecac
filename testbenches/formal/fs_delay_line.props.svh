// SPDX-License-Identifier: Apache-2.0
// What fs_delay_line must do, read at the end of that module: the same as a shift register.
if (Stages != 0) begin : gen_props
  logic [Stages-1:0] valid_past_q;  // bit n: entered n + 1 edges ago
  logic [Width-1:0] data_past_q [Stages];
  always_ff @(posedge clk_i) begin
    if (!rst_ni) valid_past_q <= '0;
    else valid_past_q <= Stages'({valid_past_q, valid_i});
    data_past_q[0] <= data_i;
    for (int i = 1; i < Stages; i++) data_past_q[i] <= data_past_q[i-1];
  end

  `FS_ASSERT(p_delay_place, gen_ring.place_q <= gen_ring.Last, "place beyond the memory")
  // What entered n + 1 edges ago stands n + 1 places behind the one that is read and written next.
  logic [gen_ring.IndexBits:0] at;
  logic valid_kept, data_kept;
  always_comb begin
    at = '0;
    valid_kept = 1'b1;
    data_kept = 1'b1;
    for (int n = 0; n < Stages; n++) begin
      at = (gen_ring.IndexBits + 1)'(gen_ring.place_q) + (gen_ring.IndexBits + 1)'(Stages - 1 - n);
      if (at >= (gen_ring.IndexBits + 1)'(Stages)) at = at - (gen_ring.IndexBits + 1)'(Stages);
      if (gen_ring.valid_q[at[gen_ring.IndexBits-1:0]] != valid_past_q[n]) valid_kept = 1'b0;
      if (valid_past_q[n] && gen_ring.items[at[gen_ring.IndexBits-1:0]] != data_past_q[n]) data_kept = 1'b0;
    end
  end
  `FS_ASSERT(p_delay_valid_kept, valid_kept, "a mark was lost")
  `FS_ASSERT(p_delay_data_kept, data_kept, "data changed under way")

  `FS_ASSERT(p_delay_valid, valid_o == valid_past_q[Stages-1], "not what entered Stages edges ago")
  `FS_ASSERT(p_delay_data, !valid_o || data_o == data_past_q[Stages-1], "not the data that entered with the mark")
  `FS_ASSERT(p_delay_empty, empty_o == (valid_past_q == '0), "empty_o is wrong")

  `FS_COVER(c_delay_out, valid_o && data_o == '1 && valid_i)
  `FS_COVER(c_delay_full, valid_past_q == '1)
  `FS_COVER(c_delay_emptied, empty_o && $past(!empty_o))
end else begin : gen_props
  `FS_ASSERT(p_delay_wire, valid_o == valid_i && data_o == data_i && empty_o, "a line of no stages is wire")
  `FS_COVER(c_delay_out, valid_o && data_o == '1)
end
