# SPDX-License-Identifier: Apache-2.0
# cmake -DDIR=<folder> -DNAME=<prefix> -P join_verilated.cmake: what Verilator wrote, as two files with known names.
# __slow: constructors, reset to initial values, traces, which are not worth optimising. __fast: the rest, or everything if AS_ONE.
file(GLOB files RELATIVE ${DIR} ${DIR}/${NAME}*.cpp)
list(FILTER files EXCLUDE REGEX "__(fast|slow)\\.cpp$")
list(SORT files)
set(fast "")
set(slow "")
foreach(file ${files})
  if(file MATCHES "__Slow|__Syms|__ConstPool|__Trace")
    string(APPEND slow "#include \"${file}\"\n")
  else()
    string(APPEND fast "#include \"${file}\"\n")
  endif()
endforeach()
if(AS_ONE)
  # Unlike a pragma for the rest of the file, this leaves alone what a joint library includes behind it.
  string(APPEND fast "#ifdef __clang__\n#pragma clang optimize off\n#else\n#pragma GCC push_options\n#pragma GCC optimize(\"O0\")\n#endif\n"
    "${slow}#ifdef __clang__\n#pragma clang optimize on\n#else\n#pragma GCC pop_options\n#endif\n")
else()
  file(WRITE ${DIR}/${NAME}__slow.cpp "${slow}")
endif()
file(WRITE ${DIR}/${NAME}__fast.cpp "${fast}")
