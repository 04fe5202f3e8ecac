// SPDX-License-Identifier: Apache-2.0
// What fs_route_choice must do, read at the end of that module: one output of the row; the hashed one by its number, the sprayed
// one by a pointer that is followed as a number, the least occupied one with ties broken from the hashed one on. Any one port is
// watched: nobody comes before the chosen one, and a sprayed row serves it once in as many sprays as there are ports.
localparam int unsigned ChoicePortBits = fs_pkg::index_bits(NumPorts);
localparam int unsigned PlaceBits = ChoicePortBits + 1;
(* anyconst *) logic [ChoicePortBits-1:0] rival;
(* anyconst *) logic [fs_pkg::ClassBits-1:0] spray_class;
logic [NumClasses*PlaceBits-1:0] pointers_q;  // 0 to NumPorts - 1
logic [PlaceBits-1:0] pointer, chosen, spray_waits_q, spray_distance;
logic [CountBits-1:0] choices, hash_number;
logic [SumBits-1:0] chosen_load, rival_load;
logic [NumPorts-1:0] hash_port;
logic several_asked, in_row, pointers_agree, sprays_here;

// Places from `from` on, to `port`.
function automatic logic [PlaceBits-1:0] places(input logic [PlaceBits-1:0] from, input logic [PlaceBits-1:0] port);
  places = (port >= from) ? port - from : port + PlaceBits'(NumPorts) - from;
endfunction
function automatic logic [PlaceBits-1:0] number_of(input logic [NumPorts-1:0] onehot);
  int p;
  number_of = '0;
  for (p = 0; p < NumPorts; p = p + 1) if (onehot[p]) number_of = PlaceBits'(p);
endfunction

// The occupancy of a port, as a number: flits queued, and slots in use over the row's VCs.
always_comb begin
  chosen_load = '0;
  rival_load = '0;
  for (int c = 0; c < NumClasses; c++) begin
    for (int b = 0; b < QueuedBits; b++) begin
      if (cls_i == fs_pkg::ClassBits'(c)) begin
        chosen_load = chosen_load + (SumBits'(queued_i[(c*QueuedBits + b)*NumPorts + 32'(chosen)]) << b);
        rival_load = rival_load + (SumBits'(queued_i[(c*QueuedBits + b)*NumPorts + 32'(rival)]) << b);
      end
    end
  end
  for (int w = 0; w < NumVcs; w++) begin
    for (int b = 0; b < OutstandingBits; b++) begin
      if (vcs_i[w]) begin
        chosen_load = chosen_load + (SumBits'(outstanding_i[(w*OutstandingBits + b)*NumPorts + 32'(chosen)]) << b);
        rival_load = rival_load + (SumBits'(outstanding_i[(w*OutstandingBits + b)*NumPorts + 32'(rival)]) << b);
      end
    end
  end
end

always_comb begin
  assume (32'(rival) < NumPorts && 32'(spray_class) < NumClasses && 32'(vc_i) < NumVcs);
  choices = '0;
  for (int p = 0; p < NumPorts; p++) choices = choices + CountBits'(mask_i[p]);
  several_asked = head_i && choices > CountBits'(1);
  chosen = number_of(output_o);
  in_row = mask_i[rival];
  // floor(hash * choices / 2^bits), by repeated addition; the port with as many of the row below it.
  hash_number = '0;
  for (int n = 1; n < NumPorts; n++) begin
    if ((fs_pkg::HashBits + CountBits)'(hash_i) * (fs_pkg::HashBits + CountBits)'(choices)
        >= ((fs_pkg::HashBits + CountBits)'(n) << fs_pkg::HashBits)) hash_number = CountBits'(n);
  end
  hash_port = '0;
  for (int p = 0; p < NumPorts; p++) begin
    if (mask_i[p] && $countones(mask_i & ((NumPorts'(1) << p) - 1'b1)) == 32'(hash_number)) hash_port[p] = 1'b1;
  end
  pointer = '0;
  pointers_agree = 1'b1;
  for (int c = 0; c < NumClasses; c++) begin
    if (cls_i == fs_pkg::ClassBits'(c)) pointer = pointers_q[c*PlaceBits +: PlaceBits];
    if (pointers_q[c*PlaceBits +: PlaceBits] >= PlaceBits'(NumPorts)) pointers_agree = 1'b0;
    if (spray_q[c*NumPorts +: NumPorts] == '0 ? pointers_q[c*PlaceBits +: PlaceBits] != '0
        : spray_q[c*NumPorts +: NumPorts] != NumPorts'({NumPorts{1'b1}} << pointers_q[c*PlaceBits +: PlaceBits])) pointers_agree = 1'b0;
  end
  spray_distance = places(pointers_q[spray_class*PlaceBits +: PlaceBits], PlaceBits'(rival));
end
assign sprays_here = several_asked && mode_i == fs_pkg::Sprayed && cls_i == spray_class;
always_ff @(posedge clk_i) begin
  if (!rst_ni) begin
    pointers_q <= '0;
    spray_waits_q <= '0;
  end else begin
    for (int c = 0; c < NumClasses; c++) begin
      if (several_asked && mode_i == fs_pkg::Sprayed && cls_i == fs_pkg::ClassBits'(c))
        pointers_q[c*PlaceBits +: PlaceBits] <= (chosen == PlaceBits'(NumPorts - 1)) ? '0 : chosen + 1'b1;
    end
    if (sprays_here) spray_waits_q <= (!in_row || output_o[rival]) ? '0 : spray_waits_q + 1'b1;
  end
end

`FS_ASSUME(p_choice_row, !head_i || (mask_i != '0 && vcs_i != '0 && 32'(cls_i) < NumClasses), "a head without a row")
`FS_ASSERT(p_choice_one, (output_o & (output_o - 1'b1)) == '0 && (output_o != '0) == head_i, "not one output a head")
`FS_ASSERT(p_choice_row_only, (output_o & ~mask_i) == '0, "an output that the row does not have")
`FS_ASSERT(p_choice_hashed, !(several_asked && (mode_i == fs_pkg::Hashed || mode_i == fs_pkg::Reserved)) || output_o == hash_port, "not the hashed output")
`FS_ASSERT(p_choice_pointers, pointers_agree, "a spray pointer is not one past the last choice")
`FS_ASSERT(p_choice_sprayed, !(several_asked && mode_i == fs_pkg::Sprayed && in_row) || places(pointer, chosen) <= places(pointer, PlaceBits'(rival)),
  "an output sooner from the pointer was passed over")
`FS_ASSERT(p_choice_nearer, spray_waits_q == '0 || 32'(spray_waits_q) + 32'(spray_distance) < NumPorts, "a spray came no nearer")
`FS_ASSERT(p_choice_fair, 32'(spray_waits_q) < NumPorts, "an output of every row was passed over in as many sprays as there are ports")
`FS_ASSERT(p_choice_least, !(adaptive_o && in_row) || chosen_load <= rival_load, "a less occupied output was passed over")
`FS_ASSERT(p_choice_tie, !(adaptive_o && in_row && chosen_load == rival_load)
  || places(number_of(hash_port), chosen) <= places(number_of(hash_port), PlaceBits'(rival)), "a tie is not broken from the hashed output on")
`FS_ASSERT(p_choice_adaptive, adaptive_o == (several_asked && mode_i == fs_pkg::Adaptive), "occupancies are not read, or for nothing")
`FS_ASSERT(p_choice_vc, !head_i || vcs_i[output_vc_o], "a VC that the row does not have")
`FS_ASSERT(p_choice_keeps_vc, !head_i || !vcs_i[vc_i] || output_vc_o == vc_i, "an allowed VC is not kept")
`FS_ASSERT(p_choice_lowest_vc, !head_i || vcs_i[vc_i] || (vcs_i & ((NumVcs'(1) << output_vc_o) - 1'b1)) == '0, "not the lowest VC allowed")

`FS_COVER(c_choice_hashed, several_asked && mode_i == fs_pkg::Hashed && output_o[NumPorts-1] && choices == CountBits'(NumPorts))
`FS_COVER(c_choice_waited, sprays_here && 32'(spray_waits_q) == NumPorts - 1 && output_o[rival])
`FS_COVER(c_choice_tie, adaptive_o && mask_i == '1 && chosen_load == rival_load && rival_load != '0 && chosen != PlaceBits'(rival) && !hash_port[chosen])
`FS_COVER(c_choice_less, adaptive_o && in_row && chosen_load + 1'b1 == rival_load && hash_port[rival])
`FS_COVER(c_choice_vc, head_i && !vcs_i[vc_i])
