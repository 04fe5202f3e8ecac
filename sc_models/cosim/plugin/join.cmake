# SPDX-License-Identifier: Apache-2.0
# cmake -DDIR=<folder> -P join.cmake: what Verilator wrote there as Vcore, for a build that wants to know names before.
#   Vcore__slow.cpp   constructors, initial values, declarations of traces
#   Vcore__fast.cpp   the rest
#   pins.inc          the top module's ports, one line each
#   core.d            which sources Verilator has read
file(GLOB files RELATIVE ${DIR} ${DIR}/Vcore*.cpp)
list(FILTER files EXCLUDE REGEX "__(fast|slow)\\.cpp$")
list(SORT files)
set(fast "")
set(slow "")
foreach(file ${files})
  if(file MATCHES "__Slow|__Syms|__ConstPool")
    string(APPEND slow "#include \"${file}\"\n")
  else()
    string(APPEND fast "#include \"${file}\"\n")
  endif()
endforeach()

set(text "")
file(STRINGS ${DIR}/Vcore.h lines REGEX "^ *VL_(IN|OUT)(8|16|64|W)?\\(&[A-Za-z0-9_]+,[0-9]+,[0-9]+(,[0-9]+)?\\);")
foreach(line ${lines})
  string(REGEX REPLACE ".*VL_(IN|OUT)(8|16|64|W)?\\(&([A-Za-z0-9_]+),([0-9]+),([0-9]+).*" "\\1PUT(\\3, \\4-\\5+1)" line "${line}")
  string(REPLACE "OUTPUT(" "FARSPAN_OUTPUT(" line "${line}")
  string(REGEX REPLACE "^INPUT\\(" "FARSPAN_INPUT(" line "${line}")
  string(APPEND text "${line}\n")
endforeach()
file(WRITE ${DIR}/pins.inc "${text}")

file(READ ${DIR}/Vcore__ver.d read)
string(REGEX REPLACE "^.*: " "${DIR}/Vcore__fast.cpp: " read "${read}")
file(WRITE ${DIR}/core.d "${read}")
file(WRITE ${DIR}/Vcore__fast.cpp "${fast}")
file(WRITE ${DIR}/Vcore__slow.cpp "${slow}")
