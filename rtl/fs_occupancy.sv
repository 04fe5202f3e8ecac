// SPDX-License-Identifier: Apache-2.0
// What adaptive routes look at: for each class and output, the flits queued in this switch; for each VC and output, the
// downstream slots in use. Both as bit planes: bit o of plane b is bit b of output o's count.
// An entering flit counts after its edge; so does a leaving one, though its class is known only one cycle later, when
// the crossbar has passed it.
// Twin: ModelCore::queued_, OutputUnits::outstanding.
module fs_occupancy #(
  parameter int unsigned NumPorts = 8,
  parameter int unsigned NumVcs = 2,
  parameter int unsigned NumClasses = 1,
  parameter int unsigned QueuedBits = 10,
  parameter int unsigned OutstandingBits = 16
) (
  input logic clk_i,
  input logic rst_ni,
  input logic [NumPorts*NumPorts-1:0] enter_i,  // per input: the output of the flit that enters its queue, one-hot
  input logic [NumPorts*fs_pkg::ClassBits-1:0] enter_cls_i,
  input logic [NumPorts-1:0] left_i,  // per output: a flit left its queue at the last edge
  input logic [NumPorts*fs_pkg::ClassBits-1:0] left_cls_i,
  input logic read_i,  // outstanding_o is read
  input logic [NumPorts*NumVcs*OutstandingBits-1:0] outstanding_i,  // per output, per VC
  output logic [NumClasses*QueuedBits*NumPorts-1:0] queued_o,
  output logic [NumVcs*OutstandingBits*NumPorts-1:0] outstanding_o
);
  localparam int unsigned ArriveBits = fs_pkg::count_bits(NumPorts);

  // One a class: what is queued now is the register less what has just left.
  for (genvar c = 0; c < NumClasses; c++) begin : gen_class
    logic [QueuedBits*NumPorts-1:0] queued_q, now, next;
    logic [NumPorts-1:0] left, borrow, now_b;
    logic [NumPorts-1:0] enters;  // per input

    for (genvar p = 0; p < NumPorts; p++) begin : gen_port
      assign left[p] = left_i[p] && left_cls_i[p*fs_pkg::ClassBits +: fs_pkg::ClassBits] == fs_pkg::ClassBits'(c);
      assign enters[p] = enter_i[p*NumPorts +: NumPorts] != '0 &&
        enter_cls_i[p*fs_pkg::ClassBits +: fs_pkg::ClassBits] == fs_pkg::ClassBits'(c);
    end

    always_comb begin
      borrow = left;
      now = queued_q;
      now_b = '0;
      for (int unsigned b = 0; b < QueuedBits; b++) begin
        now_b = queued_q[b*NumPorts +: NumPorts];
        now[b*NumPorts +: NumPorts] = now_b ^ borrow;
        borrow = borrow & ~now_b;
      end
    end
    assign queued_o[c*QueuedBits*NumPorts +: QueuedBits*NumPorts] = now;

    // Arrivals are counted plane by plane: each input adds its one-hot.
    logic [ArriveBits*NumPorts-1:0] arrivals;
    logic [NumPorts-1:0] carry, addend, here;
    always_comb begin
      arrivals = '0;
      carry = '0;
      here = '0;
      for (int unsigned i = 0; i < NumPorts; i++) begin
        if (enters[i]) begin
          carry = enter_i[i*NumPorts +: NumPorts];
          for (int unsigned b = 0; b < ArriveBits; b++) begin
            here = arrivals[b*NumPorts +: NumPorts];
            arrivals[b*NumPorts +: NumPorts] = here ^ carry;
            carry = carry & here;
          end
        end
      end
    end
    logic [NumPorts-1:0] sum_carry, sum_b;
    always_comb begin
      sum_carry = '0;
      addend = '0;
      sum_b = '0;
      next = now;
      for (int unsigned b = 0; b < QueuedBits; b++) begin
        addend = (b < ArriveBits) ? arrivals[((b < ArriveBits) ? b : 0)*NumPorts +: NumPorts] : '0;
        sum_b = now[b*NumPorts +: NumPorts];
        next[b*NumPorts +: NumPorts] = sum_b ^ addend ^ sum_carry;
        sum_carry = (sum_b & addend) | (sum_b & sum_carry) | (addend & sum_carry);
      end
    end
    always_ff @(posedge clk_i) begin
      if (!rst_ni) queued_q <= '0;
      else queued_q <= next;
    end
  end

  // Only wires in hardware; in simulation worth doing only when somebody reads it.
  always_comb begin
    outstanding_o = '0;
    if (read_i) begin
      for (int unsigned w = 0; w < NumVcs; w++) begin
        for (int unsigned b = 0; b < OutstandingBits; b++) begin
          for (int unsigned o = 0; o < NumPorts; o++) begin
            outstanding_o[(w*OutstandingBits + b)*NumPorts + o] = outstanding_i[(o*NumVcs + w)*OutstandingBits + b];
          end
        end
      end
    end
  end
endmodule
