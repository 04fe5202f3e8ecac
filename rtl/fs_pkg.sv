// SPDX-License-Identifier: Apache-2.0
// Types and sizes shared by all modules. The flit's bits are those of docs/flit_bits.md.
// C++ twins: sc_models/switch/flit_bits.hpp (flit_t), sc_models/switch/core.hpp (route_mode_e).
package fs_pkg;

  localparam int unsigned FlitBits /*verilator public*/ = 128;
  localparam int unsigned ClassBits /*verilator public*/ = 8;
  localparam int unsigned DstBits /*verilator public*/ = 16;
  localparam int unsigned LengthBits /*verilator public*/ = 16;
  localparam int unsigned HashBits /*verilator public*/ = 32;

  localparam int unsigned ClassAt /*verilator public*/ = 8;  // where the class begins
  localparam int unsigned LengthAt /*verilator public*/ = 32;

  // A core reads what stands before `wire_bytes`, and the hash key; it passes all bits through.
  typedef struct packed {
    logic [31:0] handle;
    logic [HashBits-1:0] hash_key;
    logic [15:0] wire_bytes;
    logic [LengthBits-1:0] length;
    logic [DstBits-1:0] dst;
    logic [ClassBits-1:0] cls;
    logic [4:0] reserved;
    logic poison;
    logic tail;
    logic head;
  } flit_t;

  // route_row_i: which row of the route table.
  typedef struct packed {
    logic [ClassBits-1:0] cls;
    logic [DstBits-1:0] dst;
  } route_row_t;

  // route_mode_i: how one of a row's outputs is chosen.
  typedef enum logic [1:0] {
    Hashed = 2'd0,
    Sprayed = 2'd1,
    Adaptive = 2'd2,
    Reserved = 2'd3
  } route_mode_e;

  // Bits of an index into `count` items; at least one.
  function automatic int unsigned index_bits(input int unsigned count);
    index_bits = (count > 1) ? $clog2(count) : 1;
  endfunction

  // Bits of a counter that reaches `most`.
  function automatic int unsigned count_bits(input int unsigned most);
    count_bits = $clog2(most + 1);
  endfunction

endpackage
