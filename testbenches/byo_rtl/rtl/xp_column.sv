// SPDX-License-Identifier: Apache-2.0
// One output of the crosspoint-buffered switch: a short FIFO for each input and VC, and a round-robin arbiter over them.
// Here credits are counted: a head leaves with credit for its whole packet and holds its VC until the tail.
module xp_column #(
  parameter int unsigned NumPorts = 4,
  parameter int unsigned NumVcs = 2,
  parameter int unsigned Slots = 4,  // of each crosspoint and VC
  parameter bit PeerShared = 1'b0,
  parameter logic [NumVcs*16-1:0] PeerReserve = '0,
  localparam int unsigned VcBits = (NumVcs > 1) ? $clog2(NumVcs) : 1
) (
  input logic clk_i,
  input logic rst_ni,
  input logic [NumPorts-1:0] push_i,
  input logic [NumPorts*VcBits-1:0] push_vc_i,
  input logic [NumPorts*128-1:0] push_flit_i,
  input logic [NumPorts*NumVcs-1:0] push_vcs_i,
  output logic [NumPorts*NumVcs-1:0] full_o,
  output logic [15:0] load_o,
  input logic tx_ready_i,
  input logic [NumVcs-1:0] tx_credit_i,
  output logic tx_valid_o,
  output logic [VcBits-1:0] tx_vc_o,
  output logic [127:0] tx_flit_o,
  output logic empty_o
);
  localparam int unsigned Points = NumPorts * NumVcs;
  localparam int unsigned PointBits = (Points > 1) ? $clog2(Points) : 1;
  localparam int unsigned SlotBits = $clog2(Slots);

  logic [127:0] items [Points * Slots];
  logic [NumVcs-1:0] vcs [Points * Slots];
  logic [SlotBits-1:0] read_q [Points];
  logic [SlotBits-1:0] write_q [Points];
  logic [SlotBits:0] count_q [Points];
  logic [VcBits-1:0] vc_q [Points];  // of the packet under way
  logic [PointBits-1:0] favourite_q;

  logic [NumVcs-1:0] held_q;
  logic [15:0] own_q [NumVcs];
  logic [15:0] borrowed_q [NumVcs];
  logic [15:0] aside_q [NumVcs];
  logic [15:0] outstanding_q [NumVcs];
  logic [15:0] shared_q;

  function automatic logic [VcBits-1:0] vc_for(input logic [VcBits-1:0] mine, input logic [NumVcs-1:0] allowed);
    vc_for = '0;
    for (int unsigned k = NumVcs; k > 0; k--) if (allowed[k-1]) vc_for = VcBits'(k - 1);
    if (allowed[mine]) vc_for = mine;
  endfunction

  logic [127:0] front [Points];
  logic [VcBits-1:0] wish [Points];
  logic [Points-1:0] can;

  always_comb begin
    for (int unsigned i = 0; i < NumPorts; i++) begin
      for (int unsigned v = 0; v < NumVcs; v++) begin
        front[i*NumVcs+v] = items[(i * NumVcs + v) * Slots + 32'(read_q[i*NumVcs+v])];
        wish[i*NumVcs+v] = vc_q[i*NumVcs+v];
        can[i*NumVcs+v] = count_q[i*NumVcs+v] != '0 && tx_ready_i;
        if (can[i*NumVcs+v] && front[i*NumVcs+v][0]) begin
          wish[i*NumVcs+v] = vc_for(VcBits'(v), vcs[(i * NumVcs + v) * Slots + 32'(read_q[i*NumVcs+v])]);
          can[i*NumVcs+v] = !held_q[wish[i*NumVcs+v]] &&
            17'(own_q[wish[i*NumVcs+v]]) + (PeerShared ? 17'(shared_q) : 17'd0) >= 17'(front[i*NumVcs+v][47:32]);
        end
        full_o[i*NumVcs+v] = count_q[i*NumVcs+v] == (SlotBits + 1)'(Slots);
      end
    end
  end

  logic [PointBits-1:0] point;
  logic take;
  logic [127:0] flit;
  logic [VcBits-1:0] vc;

  always_comb begin
    point = '0;
    for (int unsigned k = Points; k > 0; k--) if (can[k-1]) point = PointBits'(k - 1);
    for (int unsigned k = Points; k > 0; k--) begin
      if (can[k-1] && PointBits'(k - 1) >= favourite_q) point = PointBits'(k - 1);
    end
    take = |can;
    flit = front[point];
    vc = wish[point];
  end

  // Credits after this edge: pulses first, then what the flit that leaves spends, or an early tail gives back.
  logic [15:0] own_d [NumVcs];
  logic [15:0] borrowed_d [NumVcs];
  logic [15:0] aside_d [NumVcs];
  logic [15:0] shared_d;

  always_comb begin
    shared_d = shared_q;
    for (int unsigned w = 0; w < NumVcs; w++) begin
      own_d[w] = own_q[w];
      borrowed_d[w] = borrowed_q[w];
      aside_d[w] = aside_q[w];
      if (tx_credit_i[w]) begin
        if (!PeerShared) begin
          own_d[w] = own_d[w] + 1'b1;
        end else if (borrowed_d[w] != '0) begin
          borrowed_d[w] = borrowed_d[w] - 1'b1;
          shared_d = shared_d + 1'b1;
        end else if (own_d[w] < PeerReserve[16*w+:16]) begin
          own_d[w] = own_d[w] + 1'b1;
        end else begin
          shared_d = shared_d + 1'b1;
        end
      end
      if (take && vc == VcBits'(w)) begin
        if (flit[0]) begin
          if (own_d[w] >= flit[47:32]) begin
            own_d[w] = own_d[w] - flit[47:32];
          end else begin
            borrowed_d[w] = borrowed_d[w] + (flit[47:32] - own_d[w]);
            shared_d = shared_d - (flit[47:32] - own_d[w]);
            own_d[w] = '0;
          end
          aside_d[w] = flit[47:32] - 1'b1;
        end else begin
          aside_d[w] = aside_d[w] - 1'b1;
        end
        if (flit[1]) begin
          if (borrowed_d[w] >= aside_d[w]) begin
            borrowed_d[w] = borrowed_d[w] - aside_d[w];
            shared_d = shared_d + aside_d[w];
          end else begin
            shared_d = shared_d + borrowed_d[w];
            own_d[w] = own_d[w] + (aside_d[w] - borrowed_d[w]);
            borrowed_d[w] = '0;
          end
          aside_d[w] = '0;
        end
      end
    end
  end

  always_ff @(posedge clk_i) begin
    tx_valid_o <= 1'b0;
    if (!rst_ni) begin
      favourite_q <= '0;
      held_q <= '0;
      shared_q <= '0;
      for (int unsigned w = 0; w < NumVcs; w++) begin
        own_q[w] <= '0;
        borrowed_q[w] <= '0;
        aside_q[w] <= '0;
        outstanding_q[w] <= '0;
      end
      for (int unsigned c = 0; c < Points; c++) begin
        read_q[c] <= '0;
        write_q[c] <= '0;
        count_q[c] <= '0;
        vc_q[c] <= '0;
      end
    end else begin
      shared_q <= shared_d;
      for (int unsigned w = 0; w < NumVcs; w++) begin
        own_q[w] <= own_d[w];
        borrowed_q[w] <= borrowed_d[w];
        aside_q[w] <= aside_d[w];
        if (take && vc == VcBits'(w) && !tx_credit_i[w]) outstanding_q[w] <= outstanding_q[w] + 1'b1;
        if (!(take && vc == VcBits'(w)) && tx_credit_i[w] && outstanding_q[w] != '0) begin
          outstanding_q[w] <= outstanding_q[w] - 1'b1;
        end
      end
      if (take) begin
        tx_valid_o <= 1'b1;
        tx_vc_o <= vc;
        tx_flit_o <= flit;
        held_q[vc] <= !flit[1];
        vc_q[point] <= vc;
        favourite_q <= (32'(point) + 1 == Points) ? '0 : point + 1'b1;
      end
      for (int unsigned i = 0; i < NumPorts; i++) begin
        for (int unsigned v = 0; v < NumVcs; v++) begin
          if (push_i[i] && push_vc_i[i*VcBits+:VcBits] == VcBits'(v)) begin
            items[(i * NumVcs + v) * Slots + 32'(write_q[i*NumVcs+v])] <= push_flit_i[128*i+:128];
            vcs[(i * NumVcs + v) * Slots + 32'(write_q[i*NumVcs+v])] <= push_vcs_i[NumVcs*i+:NumVcs];
            write_q[i*NumVcs+v] <= write_q[i*NumVcs+v] + 1'b1;
          end
          if (take && point == PointBits'(i * NumVcs + v)) read_q[i*NumVcs+v] <= read_q[i*NumVcs+v] + 1'b1;
          count_q[i*NumVcs+v] <= count_q[i*NumVcs+v]
            + (SlotBits + 1)'(push_i[i] && push_vc_i[i*VcBits+:VcBits] == VcBits'(v))
            - (SlotBits + 1)'(take && point == PointBits'(i * NumVcs + v));
        end
      end
    end
  end

  always_comb begin
    load_o = '0;
    for (int unsigned w = 0; w < NumVcs; w++) load_o = load_o + outstanding_q[w];
    for (int unsigned c = 0; c < Points; c++) load_o = load_o + 16'(count_q[c]);
    empty_o = !tx_valid_o;
    for (int unsigned c = 0; c < Points; c++) if (count_q[c] != '0) empty_o = 1'b0;
  end
endmodule
