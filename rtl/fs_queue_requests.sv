// SPDX-License-Identifier: Apache-2.0
// What stands at the front of each virtual output queue of an input, as registered bit planes over the outputs, and
// which of these flits may go. Planes make eligibility a few operations on vectors, however many outputs there are.
// Twins: ModelCore::expose, ::request_row (sc_models/switch/model); docs/switch.md section 4, step 2.
module fs_queue_requests #(
  parameter int unsigned NumPorts = 8,
  parameter int unsigned NumVcs = 2,
  parameter int unsigned LengthBits = 3,
  localparam int unsigned VcBits = fs_pkg::index_bits(NumVcs)
) (
  input logic clk_i,
  input logic rst_ni,
  // Queue (show_vc, show) shows a flit from the next edge on: one that entered, or one that followed.
  input logic [NumPorts-1:0] enter_i,  // one-hot; zero: none
  input logic [NumVcs-1:0] enter_vc_i,
  input fs_pkg::flit_t enter_flit_i,
  input logic [VcBits-1:0] enter_output_vc_i,
  output logic enter_first_o,  // the flit that enters is the first of its queue
  input logic [NumPorts-1:0] leave_i,  // one-hot; zero: none
  input logic [NumVcs-1:0] leave_vc_i,
  input logic follow_i,  // another flit follows in the queue that is left ...
  input fs_pkg::flit_t follow_flit_i,  // ... namely this one
  input logic [VcBits-1:0] follow_output_vc_i,
  // Per output VC and output: held by no packet, and credit for packets of up to that many flits (planes).
  input logic [NumVcs*NumPorts-1:0] free_i,
  input logic [NumVcs*LengthBits*NumPorts-1:0] credit_i,
  output logic [NumVcs*NumPorts-1:0] may_go_o  // per VC and output, were the output ready
);
  // All planes of an empty queue are zero.
  logic [NumVcs*NumPorts-1:0] body_q, head_q;  // head: of a packet; body: any other flit
  logic [NumVcs*LengthBits*NumPorts-1:0] length_q;
  logic [NumVcs*NumVcs*NumPorts-1:0] output_vc_q;  // per VC and output VC: the queue's packet uses it

  logic same;  // enters the queue that is left
  logic occupied;
  always_comb begin
    same = (enter_i & leave_i) != '0 && (enter_vc_i & leave_vc_i) != '0;
    occupied = 1'b0;
    for (int unsigned v = 0; v < NumVcs; v++) begin
      if (enter_vc_i[v]) begin
        occupied = ((body_q[v*NumPorts +: NumPorts] | head_q[v*NumPorts +: NumPorts]) & enter_i) != '0;
      end
    end
    enter_first_o = same ? !follow_i : !occupied;
  end

  logic [NumPorts-1:0] clear, entered, followed;
  logic entered_length, followed_length;
  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      body_q <= '0;
      head_q <= '0;
      length_q <= '0;
      output_vc_q <= '0;
    end else begin
      for (int unsigned v = 0; v < NumVcs; v++) begin
        entered = (enter_vc_i[v] && enter_first_o) ? enter_i : '0;
        followed = (leave_vc_i[v] && follow_i) ? leave_i : '0;
        clear = ~(leave_vc_i[v] ? leave_i : '0);
        if (entered != '0 || clear != '1) begin
          body_q[v*NumPorts +: NumPorts] <= (body_q[v*NumPorts +: NumPorts] & clear) |
            (enter_flit_i.head ? '0 : entered) | (follow_flit_i.head ? '0 : followed);
          head_q[v*NumPorts +: NumPorts] <= (head_q[v*NumPorts +: NumPorts] & clear) |
            (enter_flit_i.head ? entered : '0) | (follow_flit_i.head ? followed : '0);
          for (int unsigned b = 0; b < LengthBits; b++) begin
            entered_length = enter_flit_i.length[b];
            followed_length = follow_flit_i.length[b];
            length_q[(v*LengthBits + b)*NumPorts +: NumPorts] <=
              (length_q[(v*LengthBits + b)*NumPorts +: NumPorts] & clear) |
              (entered_length ? entered : '0) | (followed_length ? followed : '0);
          end
          for (int unsigned w = 0; w < NumVcs; w++) begin
            output_vc_q[(v*NumVcs + w)*NumPorts +: NumPorts] <=
              (output_vc_q[(v*NumVcs + w)*NumPorts +: NumPorts] & clear) |
              ((enter_output_vc_i == VcBits'(w)) ? entered : '0) | ((follow_output_vc_i == VcBits'(w)) ? followed : '0);
          end
        end
      end
    end
  end

  // A head may go where its output VC is free and has credit for the whole packet; another flit always may.
  logic [NumPorts-1:0] heads, enough, credit, need;
  always_comb begin
    may_go_o = body_q;
    heads = '0;
    enough = '0;
    credit = '0;
    need = '0;
    for (int unsigned v = 0; v < NumVcs; v++) begin
      if (head_q[v*NumPorts +: NumPorts] != '0) begin
        for (int unsigned w = 0; w < NumVcs; w++) begin
          heads = head_q[v*NumPorts +: NumPorts] & output_vc_q[(v*NumVcs + w)*NumPorts +: NumPorts] &
            free_i[w*NumPorts +: NumPorts];
          enough = '1;
          for (int unsigned b = 0; b < LengthBits; b++) begin
            credit = credit_i[(w*LengthBits + b)*NumPorts +: NumPorts];
            need = length_q[(v*LengthBits + b)*NumPorts +: NumPorts];
            enough = (credit & ~need) | (~(credit ^ need) & enough);
          end
          may_go_o[v*NumPorts +: NumPorts] = may_go_o[v*NumPorts +: NumPorts] | (heads & enough);
        end
      end
    end
  end
endmodule
