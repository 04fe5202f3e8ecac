// SPDX-License-Identifier: Apache-2.0
// What fs_output_unit must do, read at the end of that module: every credit the neighbour gave is in a counter, set aside for a
// packet under way, or was spent on a flit that left; a VC is held from a packet's head to its tail; what is shown counts the
// flit that has just left and the pulse that has just come. Its environment: a head leaves with the credit that was shown for
// it, into a VC that was shown free; packets are no longer than they say; the neighbour lends no more than PeerDepth slots, and
// gives back what is in use.
// FS_HOSTILE: the neighbour gives what it does not have, packets are longer than their heads said; counters stay within range.
localparam int unsigned LedgerBits = CreditBits + LengthBits + 1;  // counts may wrap: only their differences are looked at
logic [NumVcs*LedgerBits-1:0] gave_q, sent_q;
logic [NumVcs*LedgerBits-1:0] lent_q;
(* anyseq *) logic [NumVcs-1:0] gives_back;  // a pulse returns a slot in use; else it lends one for the first time
logic [NumVcs*LengthBits-1:0] shown_q;  // credit shown before the last edge
logic [NumVcs-1:0] shown_free_q, last_pulse_q, held_q, held;
logic [NumVcs*CreditBits-1:0] own_counts, own_nexts, borrowed_counts;
for (genvar v = 0; v < NumVcs; v++) begin : gen_seen
  assign own_counts[v*CreditBits +: CreditBits] = gen_vc[v].own;
  assign own_nexts[v*CreditBits +: CreditBits] = gen_vc[v].own_next;
  if (PeerShared) assign borrowed_counts[v*CreditBits +: CreditBits] = gen_vc[v].gen_shared.borrowed;
  else assign borrowed_counts[v*CreditBits +: CreditBits] = '0;
end

logic [LedgerBits-1:0] own, kept_aside, after_aside, balance, all_balance, all_held, all_after, all_held_after, has, had, in_use, all_lent, all_lent_before;
logic [CreditBits-1:0] used_before, used_after;
logic own_fits, private_fits, private_next_fits, within_reserve, debts_fit, shows_fit, slots_fit, holds_fit, longest_fits, takes_fit, lawful, neighbour_lawful, use_fits;
always_comb begin
  held = held_q;
  if (left_i) held[vc_i] = !tail_i;
  all_balance = '0;
  all_after = '0;
  all_held = LedgerBits'(shared);
  all_held_after = LedgerBits'(shared_next);
  own_fits = 1'b1;
  private_fits = 1'b1;
  private_next_fits = 1'b1;
  within_reserve = 1'b1;
  debts_fit = 1'b1;
  shows_fit = 1'b1;
  slots_fit = 1'b1;
  longest_fits = 1'b1;
  takes_fit = 1'b1;
  neighbour_lawful = 1'b1;
  use_fits = 1'b1;
  all_lent = '0;
  all_lent_before = '0;
  for (int v = 0; v < NumVcs; v++) all_lent_before = all_lent_before + lent_q[v*LedgerBits +: LedgerBits];
  for (int v = 0; v < NumVcs; v++) begin
    own = LedgerBits'(own_counts[v*CreditBits +: CreditBits]);
    kept_aside = LedgerBits'(aside_q[v*LengthBits +: LengthBits]);
    after_aside = LedgerBits'(aside[v*LengthBits +: LengthBits]);
    // A pulse is in the books one cycle after it came.
    balance = gave_q[v*LedgerBits +: LedgerBits] - LedgerBits'(pulse_q[v]) - sent_q[v*LedgerBits +: LedgerBits];
    all_balance = all_balance + balance;
    all_held = all_held + own + kept_aside;
    if (balance != own + kept_aside) private_fits = 1'b0;
    balance = gave_q[v*LedgerBits +: LedgerBits] - sent_q[v*LedgerBits +: LedgerBits] - LedgerBits'(left_i && 32'(vc_i) == v);
    all_after = all_after + balance;
    all_held_after = all_held_after + LedgerBits'(own_nexts[v*CreditBits +: CreditBits]) + after_aside;
    if (balance != LedgerBits'(own_nexts[v*CreditBits +: CreditBits]) + after_aside) private_next_fits = 1'b0;
    if (PeerShared && own > LedgerBits'(PeerReserve[16*v +: 16])) within_reserve = 1'b0;
    if (PeerShared && borrowed_counts[v*CreditBits +: CreditBits] != '0 && own != '0) debts_fit = 1'b0;
    has = LedgerBits'(own_nexts[v*CreditBits +: CreditBits]) + (PeerShared ? LedgerBits'(shared_next) : '0);
    if (has > LedgerBits'(LongestPacket)) has = LedgerBits'(LongestPacket);
    if (LedgerBits'(credit_o[v*LengthBits +: LengthBits]) != has) shows_fit = 1'b0;
    had = own + (PeerShared ? LedgerBits'(shared) : '0);
    if (had > LedgerBits'(LongestPacket)) had = LedgerBits'(LongestPacket);
    if (LedgerBits'(shown_q[v*LengthBits +: LengthBits]) != had) longest_fits = 1'b0;
    // Slots in use or set aside: more by what is set aside and by the flit, less by the pulse, never below zero.
    has = LedgerBits'(outstanding_q[v*CreditBits +: CreditBits]) + after_aside + LedgerBits'(left_i && 32'(vc_i) == v);
    had = kept_aside + LedgerBits'(pulse_q[v]);
    has = (has < had) ? '0 : has - had;
    if (LedgerBits'(outstanding_o[v*CreditBits +: CreditBits]) != has) slots_fit = 1'b0;
    if (kept_aside >= LedgerBits'(LongestPacket) || kept_aside != '0 && !held_q[v]) takes_fit = 1'b0;
    in_use = lent_q[v*LedgerBits +: LedgerBits] + sent_q[v*LedgerBits +: LedgerBits] - gave_q[v*LedgerBits +: LedgerBits];
    if (in_use > LedgerBits'(PeerDepth) || lent_q[v*LedgerBits +: LedgerBits] > LedgerBits'(PeerDepth)
        || PeerShared && all_lent_before > LedgerBits'(PeerDepth)
        || LedgerBits'(borrowed_counts[v*CreditBits +: CreditBits]) > in_use + kept_aside + LedgerBits'(pulse_q[v])
        || LedgerBits'(outstanding_q[v*CreditBits +: CreditBits]) > in_use + kept_aside + LedgerBits'(pulse_q[v])) use_fits = 1'b0;
    all_lent = all_lent + lent_q[v*LedgerBits +: LedgerBits] + LedgerBits'(tx_credit_i[v] && !gives_back[v]);
    if (tx_credit_i[v] && (gives_back[v] ? in_use == '0 : lent_q[v*LedgerBits +: LedgerBits] == LedgerBits'(PeerDepth)))
      neighbour_lawful = 1'b0;
  end
  if (PeerShared && all_lent > LedgerBits'(PeerDepth)) neighbour_lawful = 1'b0;
  holds_fit = free_q == ~held_q && free_o == ~held;
  lawful = !left_i || 32'(vc_i) < NumVcs && (head_i
    ? shown_free_q[vc_i] && length_i != '0 && 32'(length_i) <= LongestPacket
      && length_i <= shown_q[vc_i*LengthBits +: LengthBits]
    : held_q[vc_i]);
end
always_ff @(posedge clk_i) begin
  last_pulse_q <= rst_ni ? tx_credit_i : '0;
  if (!rst_ni) begin
    gave_q <= '0;
    lent_q <= '0;
    sent_q <= '0;
    shown_q <= '0;
    shown_free_q <= '1;
    held_q <= '0;
  end else begin
    held_q <= held;
    shown_q <= credit_o;
    shown_free_q <= free_o;
    for (int v = 0; v < NumVcs; v++) begin
      gave_q[v*LedgerBits +: LedgerBits] <= gave_q[v*LedgerBits +: LedgerBits] + LedgerBits'(tx_credit_i[v]);
      lent_q[v*LedgerBits +: LedgerBits] <= lent_q[v*LedgerBits +: LedgerBits] + LedgerBits'(tx_credit_i[v] && !gives_back[v]);
      sent_q[v*LedgerBits +: LedgerBits] <= sent_q[v*LedgerBits +: LedgerBits] + LedgerBits'(left_i && 32'(vc_i) == v);
    end
  end
end

`FS_ASSUME(p_output_lawful, lawful, "a flit left that was not allowed to")
`FS_ASSERT(p_output_pulse, pulse_q == last_pulse_q, "a pulse lost or made")
`FS_ASSERT(p_output_shows, shows_fit, "credit shown is not what the counters have")
`FS_ASSERT(p_output_shown, longest_fits, "credit changed after it was shown")
`FS_ASSERT(p_output_held, holds_fit, "a VC is not held from head to tail")
`FS_ASSERT(p_output_reserve, within_reserve, "a VC's own credits beyond its reserve")
`FS_ASSERT(p_output_debts, debts_fit, "a VC keeps credit while it owes to the pool")
`FS_ASSERT(p_output_aside, takes_fit, "more set aside than a packet needs")
`ifndef FS_HOSTILE
`FS_ASSUME(p_output_neighbour, neighbour_lawful, "the neighbour gives what it does not have")
`FS_ASSERT(p_output_use, use_fits, "more slots in use than the neighbour has")
`FS_ASSERT(p_output_ledger, all_balance == all_held && all_after == all_held_after, "credits lost or made")
`FS_ASSERT(p_output_ledger_vc, PeerShared || (private_fits && private_next_fits), "credits lost or made, or another VC's")
`FS_ASSERT(p_output_slots, slots_fit, "slots in use are miscounted")
`endif

`FS_COVER(c_output_packet, left_i && tail_i && !head_i && aside_q[vc_i*LengthBits +: LengthBits] == LengthBits'(LongestPacket - 1))
`FS_COVER(c_output_cut, LongestPacket < 3 || left_i && tail_i && !head_i && aside_q[vc_i*LengthBits +: LengthBits] > LengthBits'(1) && pulse_q[vc_i])
`FS_COVER(c_output_none, shown_q[LengthBits-1:0] == '0 && sent_q[LedgerBits-1:0] != '0 && pulse_q[0])
`FS_COVER(c_output_both, left_i && head_i && pulse_q == '1)
`FS_COVER(c_output_borrows, !PeerShared || borrowed_counts[CreditBits-1:0] != '0 && pulse_q[0])
`ifdef FS_HOSTILE
`FS_COVER(c_output_too_many, too_many != '0)
`FS_COVER(c_output_longer, left_i && !head_i && aside_q[vc_i*LengthBits +: LengthBits] == '0)
`endif
