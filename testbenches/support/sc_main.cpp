// SPDX-License-Identifier: Apache-2.0
// SystemC's library wants a main program of its own; tests start the kernel themselves.
#include <sysc/kernel/sc_externs.h>

int sc_main(int, char*[]) { return 0; }
