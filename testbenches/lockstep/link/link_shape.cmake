# SPDX-License-Identifier: Apache-2.0
# link_shape(<name> WINDOW n NUMBERS n LIMIT n TIMER n REQUEST 0|1 AGAIN n EVERY n WAIT n VCS n DEPTH n COUNTER_BITS n REPAIR n
#            CRC n POLY <verilog number> PAYLOAD n SEEDS n CYCLES n [ARGS <verilator arguments...>]
#            [RANDOM_INITIAL] [RTL_FROM <folder>: the link's modules are those of that folder] [SOURCES <tests of this shape alone...>] [LABELS ...] [SUFFIX _name]
#            [MAIN <file of main()>: a program lockstep_link_<name><suffix> instead of a test, built on demand])
# One set of numbers for both sides: parameters of fs_link_end for Verilator, macros for shape.cpp.
function(link_shape name)
  cmake_parse_arguments(arg "RANDOM_INITIAL" "WINDOW;NUMBERS;LIMIT;TIMER;REQUEST;AGAIN;EVERY;WAIT;VCS;DEPTH;COUNTER_BITS;REPAIR;CRC;POLY;PAYLOAD;SEEDS;CYCLES;SUFFIX;MAIN;RTL_FROM"
    "ARGS;SOURCES;LABELS" ${ARGN})
  set(model link_end_${name}${arg_SUFFIX})
  set(target lockstep_link_${name}${arg_SUFFIX})
  set(folder ${PROJECT_SOURCE_DIR}/testbenches/lockstep/link)
  set(compiled WITH lockstep_link_ends)
  if(arg_MAIN)
    set(compiled ON_DEMAND SMALL)
  endif()
  set(link ${PROJECT_SOURCE_DIR}/rtl/link)
  file(GLOB modules CONFIGURE_DEPENDS ${link}/*.sv)
  if(arg_RTL_FROM)
    list(FILTER modules EXCLUDE REGEX "fs_retry_port")
    list(TRANSFORM modules REPLACE "^.*/" "${arg_RTL_FROM}/")
    list(PREPEND modules ${arg_RTL_FROM}/fs_mutant_pkg.sv)
  endif()
  farspan_verilate(${model} TOP fs_link_end SOURCES ${link}/waivers.vlt ${modules} INCLUDE_DIRS ${link} ${compiled} ARGS ${arg_ARGS}
    PARAMS Window=${arg_WINDOW} Numbers=${arg_NUMBERS} PayloadWidth=${arg_PAYLOAD} Limit=${arg_LIMIT} TimeBits=32
      Timer=32'd${arg_TIMER} Request=1'b${arg_REQUEST} Again=${arg_AGAIN} Every=${arg_EVERY} Wait=32'd${arg_WAIT}
      NumVcs=${arg_VCS} Depth=${arg_DEPTH} CounterBits=${arg_COUNTER_BITS} Repair=32'd${arg_REPAIR} CrcBits=${arg_CRC}
      Poly=${arg_POLY})
  set(random 0)
  if(arg_RANDOM_INITIAL)
    set(random 1)
  endif()
  if(arg_MAIN)
    add_executable(${target} EXCLUDE_FROM_ALL ${arg_MAIN} ${folder}/link_shape.cpp)
    target_link_libraries(${target} PRIVATE farspan_options fs_link fs_common lockstep_link_bench ${model})
  else()
    farspan_test(lockstep/link_${name}${arg_SUFFIX} SOURCES link_shape.cpp ${arg_SOURCES} USES link common
      LIBS lockstep_link_tests lockstep_link_bench ${model} LABELS ${arg_LABELS} TIMEOUT 300)
  endif()
  target_compile_definitions(${target} PRIVATE FS_MODEL=V${model} FS_MODEL_HEADER="V${model}.h"
    FS_WINDOW=${arg_WINDOW} FS_NUMBERS=${arg_NUMBERS} FS_LIMIT=${arg_LIMIT} FS_TIMER=${arg_TIMER} FS_REQUEST=${arg_REQUEST}
    FS_AGAIN=${arg_AGAIN} FS_EVERY=${arg_EVERY} FS_WAIT=${arg_WAIT} FS_LINK_VCS=${arg_VCS} FS_DEPTH=${arg_DEPTH}
    FS_COUNTER_BITS=${arg_COUNTER_BITS} FS_REPAIR=${arg_REPAIR} FS_CRC=${arg_CRC} FS_PAYLOAD=${arg_PAYLOAD}
    FS_SEEDS=${arg_SEEDS} FS_CYCLES=${arg_CYCLES} FS_RANDOM_INITIAL=${random})
endfunction()
