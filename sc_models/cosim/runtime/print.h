/* SPDX-License-Identifier: Apache-2.0 */
/* Included before Verilator's runtime: what models print is kept, not written to stdout. */
#ifndef FARSPAN_COSIM_RUNTIME_PRINT_H
#define FARSPAN_COSIM_RUNTIME_PRINT_H

#ifdef __cplusplus
extern "C"
#endif
    int
    farspan_verilated_print(const char* format, ...) __attribute__((format(printf, 1, 2)));
#define VL_PRINTF farspan_verilated_print

#endif
