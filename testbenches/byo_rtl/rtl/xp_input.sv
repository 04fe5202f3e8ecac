// SPDX-License-Identifier: Apache-2.0
// One input of the crosspoint-buffered switch: a FIFO a VC, its own copy of the route table, and one flit a cycle into
// the crosspoints. It knows nothing of credits beyond the switch: a flit moves on when its crosspoint has room.
module xp_input #(
  parameter int unsigned NumPorts = 4,
  parameter int unsigned NumVcs = 2,
  parameter int unsigned NumClasses = 1,
  parameter int unsigned NumDests = 4,
  parameter int unsigned Depth = 64,  // of each VC's FIFO
  localparam int unsigned VcBits = (NumVcs > 1) ? $clog2(NumVcs) : 1,
  localparam int unsigned PortBits = (NumPorts > 1) ? $clog2(NumPorts) : 1
) (
  input logic clk_i,
  input logic rst_ni,
  input logic rx_valid_i,
  input logic [VcBits-1:0] rx_vc_i,
  input logic [127:0] rx_flit_i,
  output logic [NumVcs-1:0] rx_credit_o,
  input logic route_we_i,
  input logic [23:0] route_row_i,
  input logic [NumPorts-1:0] route_mask_i,
  input logic [NumVcs-1:0] route_vcs_i,
  input logic [1:0] route_mode_i,
  input logic [NumPorts*NumVcs-1:0] full_i,  // crosspoint (output, VC) takes nothing
  input logic [NumPorts*16-1:0] load_i,      // what each output has before it and lent
  output logic [NumPorts-1:0] push_o,        // one-hot: into which column
  output logic [VcBits-1:0] push_vc_o,
  output logic [127:0] push_flit_o,
  output logic [NumVcs-1:0] push_vcs_o,      // VCs that the packet may leave on
  output logic empty_o
);
  localparam int unsigned Rows = NumClasses * NumDests;
  localparam int unsigned RowBits = (Rows > 1) ? $clog2(Rows) : 1;
  localparam int unsigned PlaceBits = (Depth > 1) ? $clog2(Depth) : 1;
  localparam int unsigned CountBits = $clog2(Depth + 1);
  localparam int unsigned Last = Depth - 1;

  logic [NumPorts-1:0] mask_q [Rows];
  logic [NumVcs-1:0] vcs_q [Rows];
  logic [1:0] mode_q [Rows];

  logic [127:0] items [NumVcs * Depth];
  logic [PlaceBits-1:0] read_q [NumVcs];
  logic [PlaceBits-1:0] write_q [NumVcs];
  logic [CountBits-1:0] count_q [NumVcs];
  logic [PortBits-1:0] output_q [NumVcs];  // of the packet under way
  logic [PortBits-1:0] spray_q;
  logic [VcBits-1:0] favourite_q;

  function automatic logic [RowBits-1:0] row_of(input logic [7:0] cls, input logic [15:0] dst);
    row_of = RowBits'(32'(cls) * NumDests + 32'(dst));
  endfunction

  // The first port of `mask` at or after `from`, wrapping.
  function automatic logic [PortBits-1:0] first_from(input logic [NumPorts-1:0] mask, input logic [PortBits-1:0] from);
    first_from = '0;
    for (int unsigned k = NumPorts; k > 0; k--) if (mask[k-1]) first_from = PortBits'(k - 1);
    for (int unsigned k = NumPorts; k > 0; k--) begin
      if (mask[k-1] && PortBits'(k - 1) >= from) first_from = PortBits'(k - 1);
    end
  endfunction

  function automatic logic [PortBits-1:0] hashed(input logic [NumPorts-1:0] mask, input logic [31:0] key);
    logic [63:0] number;
    logic [63:0] seen;
    number = (64'(key) * 64'($countones(mask))) >> 32;
    seen = '0;
    hashed = '0;
    for (int unsigned o = 0; o < NumPorts; o++) begin
      if (mask[o]) begin
        if (seen == number) hashed = PortBits'(o);
        seen = seen + 1;
      end
    end
  endfunction

  function automatic logic [PortBits-1:0] least(input logic [NumPorts-1:0] mask, input logic [NumPorts*16-1:0] load,
                                                input logic [31:0] key);
    logic [NumPorts-1:0] best;
    logic [15:0] lowest;
    best = '0;
    lowest = '1;
    for (int unsigned o = 0; o < NumPorts; o++) begin
      if (mask[o] && load[16*o+:16] < lowest) begin
        lowest = load[16*o+:16];
        best = '0;
      end
      if (mask[o] && load[16*o+:16] == lowest) best[o] = 1'b1;
    end
    least = hashed(best, key);
  endfunction

  // Which VC moves, and where to.
  logic [127:0] front [NumVcs];
  logic [PortBits-1:0] wish [NumVcs];
  logic [NumVcs-1:0] can;
  logic [VcBits-1:0] vc;
  logic move;

  always_comb begin
    for (int unsigned v = 0; v < NumVcs; v++) begin
      front[v] = items[v * Depth + 32'(read_q[v])];
      wish[v] = output_q[v];
      if (front[v][0]) begin
        unique case (mode_q[row_of(front[v][15:8], front[v][31:16])])
          2'd1: wish[v] = first_from(mask_q[row_of(front[v][15:8], front[v][31:16])], spray_q);
          2'd2: wish[v] = least(mask_q[row_of(front[v][15:8], front[v][31:16])], load_i, front[v][95:64]);
          default: wish[v] = hashed(mask_q[row_of(front[v][15:8], front[v][31:16])], front[v][95:64]);
        endcase
      end
      can[v] = count_q[v] != '0 && !full_i[32'(wish[v]) * NumVcs + v];
    end
  end

  always_comb begin
    vc = '0;
    for (int unsigned k = NumVcs; k > 0; k--) if (can[k-1]) vc = VcBits'(k - 1);
    for (int unsigned k = NumVcs; k > 0; k--) if (can[k-1] && VcBits'(k - 1) >= favourite_q) vc = VcBits'(k - 1);
    move = |can;
    push_o = '0;
    push_o[wish[vc]] = move;
    push_vc_o = vc;
    push_flit_o = front[vc];
    push_vcs_o = vcs_q[row_of(front[vc][15:8], front[vc][31:16])];
  end

  always_ff @(posedge clk_i) begin
    rx_credit_o <= '0;
    if (!rst_ni) begin
      spray_q <= '0;
      favourite_q <= '0;
      for (int unsigned v = 0; v < NumVcs; v++) begin
        read_q[v] <= '0;
        write_q[v] <= '0;
        count_q[v] <= '0;
        output_q[v] <= '0;
      end
    end else begin
      for (int unsigned v = 0; v < NumVcs; v++) begin
        if (rx_valid_i && rx_vc_i == VcBits'(v)) begin
          items[v * Depth + 32'(write_q[v])] <= rx_flit_i;
          write_q[v] <= (write_q[v] == PlaceBits'(Last)) ? '0 : write_q[v] + 1'b1;
          a_room: assert (count_q[v] != CountBits'(Depth)) else $error("a flit without credit on VC %0d", v);
        end
        if (move && vc == VcBits'(v)) begin
          read_q[v] <= (read_q[v] == PlaceBits'(Last)) ? '0 : read_q[v] + 1'b1;
          rx_credit_o[v] <= 1'b1;
          output_q[v] <= wish[v];
          favourite_q <= (v + 1 == NumVcs) ? '0 : VcBits'(v + 1);
          if (front[v][0]) begin
            a_route: assert (mask_q[row_of(front[v][15:8], front[v][31:16])] != '0)
              else $error("no route for class %0d, destination %0d", front[v][15:8], front[v][31:16]);
            spray_q <= (wish[v] == PortBits'(NumPorts - 1)) ? '0 : wish[v] + 1'b1;
          end
        end
        count_q[v] <= count_q[v] + CountBits'(rx_valid_i && rx_vc_i == VcBits'(v)) - CountBits'(move && vc == VcBits'(v));
      end
    end
    if (route_we_i) begin
      mask_q[row_of(route_row_i[23:16], route_row_i[15:0])] <= route_mask_i;
      vcs_q[row_of(route_row_i[23:16], route_row_i[15:0])] <= route_vcs_i;
      mode_q[row_of(route_row_i[23:16], route_row_i[15:0])] <= route_mode_i;
    end
  end

  always_comb begin
    empty_o = rx_credit_o == '0;
    for (int unsigned v = 0; v < NumVcs; v++) if (count_q[v] != '0) empty_o = 1'b0;
  end
endmodule
