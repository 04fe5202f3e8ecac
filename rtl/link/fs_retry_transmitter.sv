// SPDX-License-Identifier: Apache-2.0
// The sending half of link-level retry, go back n: numbers, the replay buffer, acknowledgements, requests for replay, the
// replay timer, and the count of replays without progress.
//
// At an edge, in this order: a frame goes (new_i or replay_i, as the registers allow); an acknowledgement or a request
// takes effect; the timer is looked at (tick_i); the link's state machine interferes (restart_i, forget_i). number_o and
// payload_o belong to the frame that goes at this edge, and follow from registers and payload_i alone.
//
// Numbers count modulo Numbers, at least 2 Window - 1. Inside, frames are counted from the oldest that is not
// acknowledged, so nothing but oldest_q ever wraps. Time is what now_i counts, in any unit, modulo 2^TimeBits.
// Twin: RetryTransmitter (sc_models/link/retry/retry_transmitter.hpp).
`include "fs_assert.svh"
module fs_retry_transmitter #(
  parameter int unsigned Window = 64,
  parameter int unsigned Numbers = 128,
  parameter int unsigned PayloadWidth = 32,
  parameter int unsigned Limit = 8,  // replays without progress; 0: any number
  parameter int unsigned TimeBits = 64,
  parameter logic [TimeBits-1:0] Timer = 0,  // 0: none; below 2^(TimeBits-1)
  localparam int unsigned NumberBits = fs_pkg::index_bits(Numbers),
  localparam int unsigned CountBits = fs_pkg::count_bits(Window),
  localparam int unsigned ReplayBits = fs_pkg::count_bits(Limit + 1)
) (
  input logic clk_i,
  input logic rst_ni,
  input logic [TimeBits-1:0] now_i,
  // What goes
  input logic new_i,  // only with room in the window, and no replay under way
  input logic [PayloadWidth-1:0] payload_i,
  input logic replay_i,  // only while replaying_o
  output logic [NumberBits-1:0] number_o,
  output logic [PayloadWidth-1:0] payload_o,
  // What the receiver says
  input logic control_i,
  input logic nack_i,  // the frame control_number_i is missing; everything before it has been received, as without
  input logic [NumberBits-1:0] control_number_i,
  input logic tick_i,
  // What the link's state machine says
  input logic restart_i,  // all from first_i on, what the receiver expects, is sent again
  input logic [NumberBits-1:0] first_i,
  input logic forget_i,  // everything sent so far is forgotten
  // Registers
  output logic replaying_o,
  output logic [NumberBits-1:0] oldest_o,
  output logic [CountBits-1:0] count_o,  // frames not acknowledged
  output logic [CountBits-1:0] at_o,  // the next to send again, counted from the oldest; 0 without replay
  output logic [CountBits-1:0] end_o,  // the first not to be sent again
  output logic [ReplayBits-1:0] replays_o,
  output logic [TimeBits-1:0] progress_o,  // when the timer was last set
  output logic timing_o,  // it runs
  output logic exhausted_o,  // the link has to start anew
  // What the last edge brought
  output logic news_o,  // frames acknowledged
  output logic began_o,  // a request began a replay, or began it again
  output logic expired_o  // the timer did
);
  localparam int unsigned SumBits = NumberBits + 1;
  localparam int unsigned SlotBits = fs_pkg::index_bits(Window);
  localparam int unsigned SlotSum = CountBits + 1;
  localparam logic [CountBits-1:0] Full = CountBits'(Window);
  localparam logic [ReplayBits-1:0] TooMany = ReplayBits'(Limit + 1);

  if (Window < 1 || Numbers + 1 < 2 * Window || Numbers < 2) begin : gen_numbers
    $fatal(1, "an old frame could pass for a new one: Numbers must be at least 2 Window - 1, and 2");
  end

  logic replaying_q, replaying;
  logic [NumberBits-1:0] oldest_q, oldest;
  logic [CountBits-1:0] count_q, count, at_q, at, end_q, last;
  logic [ReplayBits-1:0] replays_q, replays;
  logic [TimeBits-1:0] progress_q, progress;
  logic [SlotBits-1:0] base_q, base;  // the oldest frame's slot
  logic news, began, expired;
  logic news_q, began_q, expired_q;
  logic [PayloadWidth-1:0] slots [Window];

  // (oldest + ahead) mod Numbers
  function automatic logic [NumberBits-1:0] number_at(input logic [NumberBits-1:0] from, input logic [CountBits-1:0] ahead);
    logic [SumBits-1:0] sum;
    sum = SumBits'(from) + SumBits'(ahead);
    number_at = (sum >= SumBits'(Numbers)) ? NumberBits'(sum - SumBits'(Numbers)) : NumberBits'(sum);
  endfunction

  // (number - oldest) mod Numbers; what is no number of this link is beyond all
  function automatic logic [NumberBits-1:0] ahead_of(input logic [NumberBits-1:0] number, input logic [NumberBits-1:0] from);
    logic [SumBits-1:0] sum;
    sum = SumBits'(number) + ((number < from) ? SumBits'(Numbers) : SumBits'(0)) - SumBits'(from);
    ahead_of = NumberBits'(sum);
  endfunction

  function automatic logic [SlotBits-1:0] slot_at(input logic [SlotBits-1:0] from, input logic [CountBits-1:0] ahead);
    logic [SlotSum-1:0] sum;
    sum = SlotSum'(from) + SlotSum'(ahead);
    slot_at = (sum >= SlotSum'(Window)) ? SlotBits'(sum - SlotSum'(Window)) : SlotBits'(sum);
  endfunction

  logic [CountBits-1:0] going;
  logic [SlotBits-1:0] new_slot;
  assign going = replaying_q ? at_q : count_q;
  assign new_slot = slot_at(base_q, count_q);
  assign number_o = number_at(oldest_q, going);
  assign payload_o = replaying_q ? slots[slot_at(base_q, at_q)] : payload_i;

  // What a control or restart names, as seen from the registers: nothing that goes at this edge is named by it already.
  logic [NumberBits-1:0] named, from_first;
  logic [SumBits-1:0] named_wide, under_way;
  logic [TimeBits-1:0] since, elapsed;
  assign named = ahead_of(control_number_i, oldest_q);
  assign from_first = ahead_of(first_i, oldest_q);
  assign named_wide = SumBits'(named);

  always_comb begin
    replaying = replaying_q;
    oldest = oldest_q;
    count = count_q;
    at = at_q;
    last = end_q;
    replays = replays_q;
    progress = progress_q;
    base = base_q;
    news = 1'b0;
    began = 1'b0;
    expired = 1'b0;

    if (new_i) begin
      if (count == '0) progress = now_i;
      count = count + 1'b1;
    end
    if (replay_i) begin
      progress = now_i;
      at = at + 1'b1;
      if (at >= last) replaying = 1'b0;
    end

    under_way = SumBits'(count);
    since = now_i - progress;
    if (control_i && named != '0 && named_wide <= under_way) begin
      news = 1'b1;
      oldest = number_at(oldest, CountBits'(named));
      base = slot_at(base, CountBits'(named));
      count = count - CountBits'(named);
      replays = '0;
      if (!since[TimeBits-1]) progress = now_i;
      // What has been received needs no replay, though one had begun.
      at = (at > CountBits'(named)) ? at - CountBits'(named) : '0;
      last = (last > CountBits'(named)) ? last - CountBits'(named) : '0;
      if (at >= last) replaying = 1'b0;
    end
    if (control_i && nack_i && named_wide < under_way) begin
      began = 1'b1;
      replaying = 1'b1;
      at = '0;
      last = count;
      if (replays != TooMany) replays = replays + 1'b1;
    end

    elapsed = now_i - progress;
    if (tick_i && Timer != '0 && count != '0 && !replaying && !elapsed[TimeBits-1] && elapsed >= Timer) begin
      expired = 1'b1;
      progress = now_i;
      replaying = 1'b1;
      at = '0;
      last = count;
      if (replays != TooMany) replays = replays + 1'b1;
    end

    if (restart_i) begin
      oldest = first_i;
      base = slot_at(base_q, CountBits'(from_first));
      count = count_q - CountBits'(from_first);
      replays = '0;
      progress = now_i;
      at = '0;
      last = count;
      replaying = count != '0;
    end
    if (forget_i) begin
      oldest = number_at(oldest, count);
      count = '0;
      replays = '0;
      progress = now_i;
      replaying = 1'b0;
    end
    if (!replaying) begin
      at = '0;
      last = '0;
    end
  end

  always_ff @(posedge clk_i) begin
    if (new_i) slots[new_slot] <= payload_i;
  end

  always_ff @(posedge clk_i) begin
    if (!rst_ni) begin
      replaying_q <= 1'b0;
      oldest_q <= '0;
      count_q <= '0;
      at_q <= '0;
      end_q <= '0;
      replays_q <= '0;
      progress_q <= '0;
      base_q <= '0;
      {news_q, began_q, expired_q} <= '0;
    end else begin
      replaying_q <= replaying;
      oldest_q <= oldest;
      count_q <= count;
      at_q <= at;
      end_q <= last;
      replays_q <= replays;
      progress_q <= progress;
      base_q <= base;
      {news_q, began_q, expired_q} <= {news, began, expired};
    end
  end

  assign replaying_o = replaying_q;
  assign oldest_o = oldest_q;
  assign count_o = count_q;
  assign at_o = at_q;
  assign end_o = end_q;
  assign replays_o = replays_q;
  assign progress_o = progress_q;
  assign timing_o = Timer != '0 && count_q != '0 && !replaying_q;
  assign exhausted_o = Limit != 0 && replays_q == TooMany;
  assign news_o = news_q;
  assign began_o = began_q;
  assign expired_o = expired_q;

  `FS_ASSUME(a_retry_window, !(new_i && count_q == Full), "a new frame without room in the window")
  `FS_ASSUME(a_retry_order, !(new_i && replaying_q), "a new frame during a replay")
  `FS_ASSUME(a_retry_replay, !replay_i || replaying_q, "a replayed frame without replay")
  `FS_ASSUME(a_retry_first, !restart_i || SumBits'(from_first) <= SumBits'(count_q), "starts anew from a frame that is not under way")
  `FS_ASSUME(a_retry_restart, !(restart_i || forget_i) || !(new_i || replay_i || control_i || tick_i), "something goes on while the link starts anew")
  `FS_ASSERT(a_retry_count, count_q <= Full, "more frames than the window")
  `FS_ASSERT(a_retry_left, replaying_q == (at_q < end_q) && end_q <= count_q, "a replay of what is not under way")
endmodule
