// SPDX-License-Identifier: Apache-2.0
// What fs_route_table must do, read at the end of that module, whatever is written: any one row reads, at any port, as it was
// last written, at this edge included; a row that does not exist reads as no output, and nobody who does not ask reads anything.
localparam int unsigned TablePortBits = fs_pkg::index_bits(NumPorts);
(* anyconst *) logic [KeyBits-1:0] table_key;
(* anyconst *) logic [TablePortBits-1:0] table_port;
logic [NumPorts-1:0] table_mask_q, table_mask;
logic [NumVcs-1:0] table_vcs_q, table_vcs;
logic [1:0] table_mode_q, table_mode;
logic table_written_q, table_exists, table_writes, table_reads;
assign table_exists = 32'(table_key[KeyBits-1:fs_pkg::DstBits]) < NumClasses && 32'(table_key[fs_pkg::DstBits-1:0]) < NumDests;
assign table_writes = we_i && row_i == table_key && table_exists;
assign table_reads = read_i[table_port] && key_i[table_port*KeyBits +: KeyBits] == table_key;
assign {table_mask, table_vcs, table_mode} = table_writes ? {mask_i, vcs_i, mode_i} : {table_mask_q, table_vcs_q, table_mode_q};
initial table_written_q = 1'b0;
always_ff @(posedge clk_i) begin
  {table_mask_q, table_vcs_q, table_mode_q} <= {table_mask, table_vcs, table_mode};
  if (table_writes) table_written_q <= 1'b1;
end
always_comb assume (32'(table_port) < NumPorts);

logic [RowBits-1:0] table_at;
assign table_at = RowBits'(32'(table_key[KeyBits-1:fs_pkg::DstBits]) * NumDests + 32'(table_key[fs_pkg::DstBits-1:0]));
// Rows are written in reset, too; so all of this holds in it.
always_comb begin
  if (table_written_q) p_table_kept: assert (table_exists && rows[table_at] == {table_mode_q, table_vcs_q, table_mask_q});
  if (table_reads && table_exists && (table_written_q || table_writes)) begin
    p_table_mask: assert (mask_o[table_port*NumPorts +: NumPorts] == table_mask);
    p_table_vcs: assert (vcs_o[table_port*NumVcs +: NumVcs] == table_vcs);
    p_table_mode: assert (mode_o[table_port*2 +: 2] == table_mode);
  end
  if ((table_reads && !table_exists) || !read_i[table_port]) begin
    p_table_none: assert (mask_o[table_port*NumPorts +: NumPorts] == '0 && vcs_o[table_port*NumVcs +: NumVcs] == '0);
  end
end
`FS_COVER(c_table_kept, table_reads && table_written_q && !table_writes && table_mask == '1 && table_mode == 2'd2)
`FS_COVER(c_table_at_once, table_reads && table_written_q && table_writes && table_mask != table_mask_q)
`FS_COVER(c_table_none, table_reads && !table_exists && read_i == '1)
