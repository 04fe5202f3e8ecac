# SPDX-License-Identifier: Apache-2.0
# cmake -DDIR=<folder> -DNAME=<prefix> -P join_verilated.cmake: what Verilator wrote, as two files with known names.
# __slow: constructors, reset to initial values, traces. __fast: the rest, or everything if AS_ONE.
file(GLOB files RELATIVE ${DIR} ${DIR}/${NAME}*.cpp)
list(FILTER files EXCLUDE REGEX "__(fast|slow)\\.cpp$")
list(SORT files)
set(fast "")
set(slow "")
foreach(file ${files})
  if(NOT AS_ONE AND file MATCHES "__Slow|__Syms|__ConstPool|__Trace")
    string(APPEND slow "#include \"${file}\"\n")
  else()
    string(APPEND fast "#include \"${file}\"\n")
  endif()
endforeach()
file(WRITE ${DIR}/${NAME}__fast.cpp "${fast}")
if(NOT AS_ONE)
  file(WRITE ${DIR}/${NAME}__slow.cpp "${slow}")
endif()
