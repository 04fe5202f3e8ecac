// SPDX-License-Identifier: Apache-2.0
// What fs_islip must do, read at the end of that module: matches are asked for, one an input and one an output; and whoever keeps
// asking is served. Any one input and output are watched.
//   p_islip_passed  while it asks, its output serves at most NumPorts - 1 others by its pointer
//   p_islip_bound   if no request for that output is withdrawn before it is served, it is served within
//                   NumPorts^2 (NumPorts + 1) / 2 cycles.
// Why: an output offers itself to the first asker at or after its pointer. An asker who declines takes another output first, and
// its own pointer moves nearer to this one: at most NumPorts - 1 times in a row. An asker nearer to the pointer may come
// in between, once a place. A taken offer moves the output's pointer past the taker. `rank` counts what is left of all that.
localparam int unsigned SlipBits = fs_pkg::index_bits(NumPorts) + 1;
localparam int unsigned RankBits = 3 * SlipBits + 2;
localparam int unsigned Bound = NumPorts * NumPorts * (NumPorts + 1) / 2;
(* anyconst *) logic [SlipBits-1:0] slip_input, slip_output;

function automatic logic [RankBits-1:0] worst(input logic [SlipBits:0] places);  // for so many places of the pointer
  worst = RankBits'(NumPorts) * (RankBits'(places) * (RankBits'(places) + 1'b1) / 2);
endfunction

// Pointers as numbers, and the askers of the watched output in their order from its pointer on.
logic pointers_fit;
logic [SlipBits-1:0] output_pointer, input_pointer, far, near_place, place, near_asker, accept_far;
logic [NumPorts-1:0] column, first_column, any_column;
logic asks_watched, served, served_first, passed_by, rows_fit, columns_fit, asked_fit, kept;
logic [RankBits-1:0] rank;
logic [NumPorts-1:0] column_q;
always_comb begin
  assume (slip_input < SlipBits'(NumPorts) && slip_output < SlipBits'(NumPorts));
  pointers_fit = 1'b1;
  rows_fit = 1'b1;
  asked_fit = (match_o & ~request_i) == '0;
  output_pointer = '0;
  input_pointer = '0;
  column = '0;
  first_column = '0;
  any_column = '0;
  for (int i = 0; i < NumPorts; i++) begin
    if ((match_o[i*NumPorts +: NumPorts] & (match_o[i*NumPorts +: NumPorts] - 1'b1)) != '0) rows_fit = 1'b0;
    column[i] = request_i[i*NumPorts + 32'(slip_output)];
    any_column[i] = match_o[i*NumPorts + 32'(slip_output)];
    first_column[i] = gen_iteration[0].rows[i*NumPorts + 32'(slip_output)];
    if (!from_q[i*NumPorts + 32'(slip_output)]) output_pointer = output_pointer + 1'b1;
    for (int o = 0; o < NumPorts; o++) begin
      if (i > 0 && from_q[((i > 0) ? i - 1 : 0)*NumPorts + o] && !from_q[i*NumPorts + o]) pointers_fit = 1'b0;
      if (o > 0 && accept_from_q[i*NumPorts + ((o > 0) ? o - 1 : 0)] && !accept_from_q[i*NumPorts + o]) pointers_fit = 1'b0;
    end
  end
  if (output_pointer == SlipBits'(NumPorts)) output_pointer = '0;
  columns_fit = (any_column & (any_column - 1'b1)) == '0 && matched_o[slip_output] == (any_column != '0);
  far = (slip_input >= output_pointer) ? slip_input - output_pointer : slip_input + SlipBits'(NumPorts) - output_pointer;
  near_place = far;
  near_asker = slip_input;
  place = '0;
  for (int i = 0; i < NumPorts; i++) begin
    place = (SlipBits'(i) >= output_pointer) ? SlipBits'(i) - output_pointer : SlipBits'(i) + SlipBits'(NumPorts) - output_pointer;
    if (column[i] && place < near_place) begin
      near_place = place;
      near_asker = SlipBits'(i);
    end
  end
  for (int o = 0; o < NumPorts; o++) if (!accept_from_q[32'(near_asker)*NumPorts + o]) input_pointer = input_pointer + 1'b1;
  if (input_pointer == SlipBits'(NumPorts)) input_pointer = '0;
  accept_far = (slip_output >= input_pointer) ? slip_output - input_pointer : slip_output + SlipBits'(NumPorts) - input_pointer;
  rank = worst((SlipBits + 1)'(far)) + RankBits'(near_place) * RankBits'(NumPorts) + RankBits'(accept_far) + 1'b1;
  asks_watched = column[slip_input];
  served = any_column[slip_input];
  passed_by = first_column != '0 && !first_column[slip_input];
  kept = (column_q & ~column) == '0;  // nobody who was not served withdraws
end

logic [SlipBits-1:0] passed_q;
logic [RankBits-1:0] waited_q;
always_ff @(posedge clk_i) begin
  column_q <= rst_ni ? column & ~any_column : '0;
  if (!rst_ni || served || !asks_watched && column != '0) passed_q <= '0;
  else if (asks_watched && passed_by) passed_q <= passed_q + 1'b1;
  if (!rst_ni || served || !asks_watched) waited_q <= '0;
  else waited_q <= waited_q + 1'b1;
end

`FS_ASSERT(p_islip_asked, asked_fit, "a match nobody asked for")
`FS_ASSERT(p_islip_input, rows_fit, "an input matched with two outputs")
`FS_ASSERT(p_islip_output, columns_fit, "an output matched with two inputs, or matched_o is wrong")
`FS_ASSERT(p_islip_works, (request_i == '0) == (match_o == '0), "requests and no match")
`FS_ASSERT(p_islip_pointers, pointers_fit, "a pointer's mask is none")
`FS_ASSERT(p_islip_offer, first_column == '0 || first_column == (NumPorts'(1) << near_asker) || !asks_watched,
  "an output served another than the first asker from its pointer on")
`FS_ASSERT(p_islip_nearer, passed_q == '0 || 32'(passed_q) + 32'(far) < NumPorts, "a service came no nearer")
`FS_ASSERT(p_islip_passed, 32'(passed_q) < NumPorts, "passed over more often than there are others")
`ifdef FS_KEPT
`FS_ASSUME(p_islip_kept, kept, "a request was withdrawn")
`FS_ASSERT(p_islip_rank, !asks_watched || waited_q + rank <= RankBits'(Bound), "a cycle came no nearer")
`FS_ASSERT(p_islip_bound, 32'(waited_q) < Bound, "not served in time")
`FS_COVER(c_islip_waited, waited_q >= RankBits'(NumPorts) && served)
`endif
`FS_COVER(c_islip_passed, passed_q == SlipBits'(NumPorts - 1) && served)
`FS_COVER(c_islip_all, 32'($countones(match_o)) == NumPorts && request_i == '1)
`FS_COVER(c_islip_declined, asks_watched && first_column == '0)
`FS_COVER(c_islip_wrapped, from_q[slip_output] == 1'b0 && first_column[0] && NumPorts > 1)
