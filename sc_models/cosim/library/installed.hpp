// SPDX-License-Identifier: Apache-2.0
// Where this program was built, and with what: cores are built the same way.
#pragma once

#include <string>

namespace fs::cosim {

struct Installed {
  std::string cmake;
  std::string compiler;   ///< of C++
  std::string sc_models;  ///< folder of the project's headers
  std::string runtime;    ///< Verilator's, one for all cores
  std::string arch;       ///< of -march; empty: the compiler's default
  std::string cores;      ///< folder of recipes and of what was built from them
  std::string rtl;        ///< folder of the project's own RTL
};

Installed where_installed();

}  // namespace fs::cosim
