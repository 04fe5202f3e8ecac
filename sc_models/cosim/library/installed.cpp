// SPDX-License-Identifier: Apache-2.0
#include "cosim/library/installed.hpp"

namespace fs::cosim {

Installed where_installed() {
  return {FARSPAN_CMAKE,     FARSPAN_CXX,   FARSPAN_SC_MODELS, FARSPAN_RUNTIME,
          FARSPAN_ARCH_NAME, FARSPAN_CORES, FARSPAN_RTL};
}

}  // namespace fs::cosim
