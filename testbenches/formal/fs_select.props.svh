// SPDX-License-Identifier: Apache-2.0
// What fs_select must do, read at the end of that module: where one input is matched with an output, its number; where none is,
// zero. Any one input and output are watched.
(* anyconst *) logic [PortBits-1:0] select_input, select_output;
logic select_only, select_none;
always_comb begin
  select_only = 1'b1;
  select_none = 1'b1;
  for (int i = 0; i < NumPorts; i++) begin
    if (match_i[i*NumPorts + 32'(select_output)]) begin
      select_none = 1'b0;
      if (PortBits'(i) != select_input) select_only = 1'b0;
    end
  end
  if (32'(select_input) < NumPorts && 32'(select_output) < NumPorts) begin
    if (!select_none && select_only) p_select_number: assert (input_o[select_output*PortBits +: PortBits] == select_input);
    if (select_none) p_select_none: assert (input_o[select_output*PortBits +: PortBits] == '0);
    c_select_last: cover (!select_none && select_only && 32'(select_input) == NumPorts - 1 && match_i[NumPorts-1:0] != '0);
    c_select_none: cover (select_none && match_i != '0);
  end
end
