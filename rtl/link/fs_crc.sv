// SPDX-License-Identifier: Apache-2.0
// The CRC of a word, combinational: as if its bits, the lowest first, passed a shift register of CrcBits that held all ones,
// and the register's bits followed them, that of its highest power first. So {crc, data} is one polynomial from bit 0 up, and
// every burst of at most CrcBits wrong bits is found wherever in both it lies. Poly is the generator without its highest
// term, x^0 in bit 0.
// Twin: Crc (sc_models/link/cycle/crc.hpp).
module fs_crc #(
  parameter int unsigned DataWidth = 64,
  parameter int unsigned CrcBits = 32,
  parameter logic [CrcBits-1:0] Poly = CrcBits'(32'h1EDC6F41)  // CRC-32C
) (
  input logic [DataWidth-1:0] data_i,
  output logic [CrcBits-1:0] crc_o
);
  logic [CrcBits-1:0] crc;
  always_comb begin
    crc = '1;
    for (int k = 0; k < DataWidth; k++) begin
      crc = (crc << 1) ^ ((crc[CrcBits-1] ^ data_i[k]) ? Poly : '0);
    end
    for (int k = 0; k < CrcBits; k++) crc_o[k] = crc[CrcBits-1-k];
  end
endmodule
