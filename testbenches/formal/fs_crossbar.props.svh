// SPDX-License-Identifier: Apache-2.0
// What fs_crossbar must do, read at the end of that module: any one output shows the word of any one input exactly when it is
// connected with it, and zero when it is connected with none.
(* anyconst *) logic [PortBits-1:0] cross_input, cross_output;
logic cross_connected;
assign cross_connected = valid_i[cross_output] && input_i[cross_output*PortBits +: PortBits] == cross_input;
always_comb begin
  if (32'(cross_input) < NumPorts && 32'(cross_output) < NumPorts) begin
    if (cross_connected) p_cross_word: assert (data_o[cross_output*Width +: Width] == data_i[cross_input*Width +: Width]);
    if (!valid_i[cross_output]) p_cross_zero: assert (data_o[cross_output*Width +: Width] == '0);
    c_cross_all: cover (cross_connected && valid_i == '1 && data_o[cross_output*Width +: Width] == '1 && cross_input != cross_output);
    c_cross_none: cover (valid_i == '0 && data_i == '1);
  end
end
