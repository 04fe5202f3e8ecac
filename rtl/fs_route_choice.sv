// SPDX-License-Identifier: Apache-2.0
// For a head that enters: which of its row's outputs, and which output VC. Combinational, but for the spray pointers.
// Twins: ModelCore::route, ::least_occupied, ::output_vc_for; docs/switch.md section 6.
// Occupancies come as bit planes: bit o of plane b is bit b of output o's count.
module fs_route_choice #(
  parameter int unsigned NumPorts = 8,
  parameter int unsigned NumVcs = 2,
  parameter int unsigned NumClasses = 1,
  parameter int unsigned QueuedBits = 10,
  parameter int unsigned OutstandingBits = 16,
  localparam int unsigned VcBits = fs_pkg::index_bits(NumVcs)
) (
  input logic clk_i,
  input logic rst_ni,
  input logic head_i,  // a legal head enters at this edge
  input logic [VcBits-1:0] vc_i,
  input logic [fs_pkg::ClassBits-1:0] cls_i,
  input logic [fs_pkg::HashBits-1:0] hash_i,
  input logic [NumPorts-1:0] mask_i,
  input logic [NumVcs-1:0] vcs_i,
  input logic [1:0] mode_i,
  input logic [NumClasses*QueuedBits*NumPorts-1:0] queued_i,
  input logic [NumVcs*OutstandingBits*NumPorts-1:0] outstanding_i,
  output logic adaptive_o,  // occupancies are read
  output logic [NumPorts-1:0] output_o,  // one-hot; zero without a head
  output logic [VcBits-1:0] output_vc_o
);
  localparam int unsigned CountBits = fs_pkg::count_bits(NumPorts);
  localparam int unsigned WidestBits = (QueuedBits > OutstandingBits) ? QueuedBits : OutstandingBits;
  localparam int unsigned SumBits = WidestBits + $clog2(NumVcs + 1);

  logic several, hashes, sprays;
  logic [CountBits-1:0] count, number;
  logic [fs_pkg::HashBits+CountBits-1:0] product;
  logic [NumPorts-1:0] hashed, sprayed, adaptive, least;

  // The hashed choice: output number floor(hash_key * count / 2^32).
  assign several = head_i && (mask_i & (mask_i - 1'b1)) != '0;
  assign adaptive_o = several && mode_i == fs_pkg::Adaptive;
  assign hashes = several && mode_i != fs_pkg::Sprayed;
  assign sprays = several && mode_i == fs_pkg::Sprayed;
  always_comb begin
    count = '0;
    product = '0;
    if (hashes) begin
      count = CountBits'($countones(mask_i));
      product = (fs_pkg::HashBits + CountBits)'(hash_i) * (fs_pkg::HashBits + CountBits)'(count);
    end
    number = product[fs_pkg::HashBits +: CountBits];
  end
  fs_nth_set #(.Width(NumPorts)) u_hashed (.bits_i(hashes ? mask_i : '0), .n_i(number), .onehot_o(hashed));

  // The sprayed choice: a pointer a class, kept as the mask of the ports at or after it.
  logic [NumClasses*NumPorts-1:0] spray_q;
  logic [NumPorts-1:0] spray;
  always_comb begin
    spray = '0;
    for (int unsigned c = 0; c < NumClasses; c++) begin
      if (sprays && cls_i == fs_pkg::ClassBits'(c)) spray = spray_q[c*NumPorts +: NumPorts];
    end
  end
  fs_rr_pick #(.Num(NumPorts)) u_sprayed (.req_i(sprays ? mask_i : '0), .from_i(spray), .grant_o(sprayed));
  always_ff @(posedge clk_i) begin
    if (!rst_ni) spray_q <= '1;
    else if (sprays) begin
      for (int unsigned c = 0; c < NumClasses; c++) begin
        if (cls_i == fs_pkg::ClassBits'(c)) spray_q[c*NumPorts +: NumPorts] <= ~(sprayed | (sprayed - 1'b1));
      end
    end
  end

  // The adaptive choice: occupancies of all outputs are added plane by plane; then, from the highest bit down, whoever
  // has a one where another has a zero falls out.
  logic [SumBits*NumPorts-1:0] sum;
  logic [NumPorts-1:0] carry, addend, here;
  always_comb begin
    sum = '0;
    carry = '0;
    addend = '0;
    here = '0;
    least = '0;
    if (adaptive_o) begin
      for (int unsigned c = 0; c < NumClasses; c++) begin
        if (cls_i == fs_pkg::ClassBits'(c)) begin
          sum[QueuedBits*NumPorts-1:0] = queued_i[c*QueuedBits*NumPorts +: QueuedBits*NumPorts];
        end
      end
      for (int unsigned w = 0; w < NumVcs; w++) begin
        if (vcs_i[w]) begin
          carry = '0;
          for (int unsigned b = 0; b < SumBits; b++) begin
            addend = (b < OutstandingBits) ?
              outstanding_i[(w*OutstandingBits + ((b < OutstandingBits) ? b : 0))*NumPorts +: NumPorts] : '0;
            here = sum[b*NumPorts +: NumPorts];
            sum[b*NumPorts +: NumPorts] = here ^ addend ^ carry;
            carry = (here & addend) | (here & carry) | (addend & carry);
          end
        end
      end
      least = mask_i;
      for (int unsigned b = SumBits; b > 0; b--) begin
        here = least & ~sum[(b-1)*NumPorts +: NumPorts];
        if (here != '0) least = here;
      end
    end
  end
  fs_rr_pick #(.Num(NumPorts)) u_adaptive (.req_i(least), .from_i(~(hashed - 1'b1)), .grant_o(adaptive));

  assign output_o = !several ? (head_i ? mask_i : '0) : adaptive_o ? adaptive : sprays ? sprayed : hashed;

  // The packet keeps its VC where the row allows it, else takes the lowest allowed.
  logic [NumVcs-1:0] lowest_vc;
  assign lowest_vc = vcs_i & (~vcs_i + 1'b1);
  always_comb begin
    output_vc_o = vc_i;
    if (head_i && !vcs_i[vc_i]) output_vc_o = VcBits'($countones(lowest_vc - 1'b1));
  end
endmodule
