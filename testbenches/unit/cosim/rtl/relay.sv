// SPDX-License-Identifier: Apache-2.0
// The smallest core: what comes in at a port leaves a cycle later by the port that the one route row names. It keeps
// nothing and looks at no credit. FALLING_EDGE, LATCH: its outputs pass through registers of the clock's fall, latches.
module relay #(
  parameter int unsigned NumPorts = 2,
  parameter int unsigned Stop = 0  // a flit to this destination is a mistake
) (
  input logic clk_i,
  input logic rst_ni,
  input logic [NumPorts-1:0] rx_valid_i,
  input logic [NumPorts-1:0] rx_vc_i,
  input logic [NumPorts*128-1:0] rx_flit_i,
  output logic [NumPorts-1:0] rx_credit_o,
  output logic [NumPorts-1:0] tx_valid_o,
  output logic [NumPorts-1:0] tx_vc_o,
  output logic [NumPorts*128-1:0] tx_flit_o,
  input logic [NumPorts-1:0] tx_credit_i,
  input logic [NumPorts-1:0] tx_ready_i,
  input logic route_we_i,
  input logic [23:0] route_row_i,
  input logic [NumPorts-1:0] route_mask_i,
  input logic [0:0] route_vcs_i,
`ifdef EXTRA_INPUT
  input logic extra_i,
`endif
`ifndef NO_IDLE
  output logic idle_o,
`endif
  input logic [1:0] route_mode_i
);
  logic [NumPorts-1:0] mask_q, valid_q, vc_q;
  logic [NumPorts*128-1:0] flit_q;
  logic unused;
  assign unused = ^{tx_credit_i, tx_ready_i, route_row_i, route_vcs_i, route_mode_i};

  always_ff @(posedge clk_i) begin
    if (route_we_i) mask_q <= route_mask_i;
    valid_q <= '0;
    rx_credit_o <= '0;
    if (rst_ni) begin
      rx_credit_o <= rx_valid_i;
      for (int unsigned i = 0; i < NumPorts; i++) begin
        if (rx_valid_i[i]) begin
          a_stop: assert (rx_flit_i[128*i+16+:16] != 16'(Stop)) else $error("destination %0d is refused", Stop);
          for (int unsigned o = 0; o < NumPorts; o++) begin
            if (mask_q[o]) begin
              valid_q[o] <= 1'b1;
              vc_q[o] <= rx_vc_i[i];
              flit_q[128*o+:128] <= rx_flit_i[128*i+:128];
            end
          end
        end
      end
    end
  end

`ifdef FALLING_EDGE
  always_ff @(negedge clk_i) {tx_valid_o, tx_vc_o, tx_flit_o} <= {valid_q, vc_q, flit_q};
`elsif LATCH
  always_latch if (!clk_i) {tx_valid_o, tx_vc_o, tx_flit_o} = {valid_q, vc_q, flit_q};
`else
  assign {tx_valid_o, tx_vc_o, tx_flit_o} = {valid_q, vc_q, flit_q};
`endif

`ifndef NO_IDLE
  assign idle_o = valid_q == '0 && rx_credit_o == '0;
`endif
endmodule
