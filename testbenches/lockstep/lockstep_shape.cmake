# SPDX-License-Identifier: Apache-2.0
# lockstep_shape(<ports>x<vcs> CLASSES n DESTS n POOL slots RESERVE <slots a VC...> LONGEST flits ITERATIONS n
#                PIPELINES <input> <output> PEER private <slots a VC> | shared <slots a port> <reserve a VC...>
#                SEEDS n CYCLES n [SUFFIX _name] [ARGS <verilator arguments...>] [RANDOM_INITIAL] [ON_DEMAND] [SMALL]
#                [SOURCES <tests of this shape alone...>] [LABELS ...] [COMPILE_OPTIONS <flags...>]
#                [RTL_FROM <folder>] [MAIN <file>])
# One set of numbers for both sides: parameters for Verilator, macros for shape.cpp. ON_DEMAND: one test of the nightly
# run, which also builds it. RANDOM_INITIAL: registers hold noise before the first reset.
# RTL_FROM: the modules are those of that folder, with the packages found there. MAIN: a program instead of tests.
set(lockstep_folder ${CMAKE_CURRENT_LIST_DIR})
function(lockstep_shape name)
  cmake_parse_arguments(arg "RANDOM_INITIAL;ON_DEMAND;SMALL" "CLASSES;DESTS;POOL;LONGEST;ITERATIONS;SEEDS;CYCLES;SUFFIX;RTL_FROM;MAIN"
    "RESERVE;PIPELINES;PEER;SOURCES;ARGS;LABELS;COMPILE_OPTIONS" ${ARGN})
  string(REPLACE "x" ";" size ${name})
  list(GET size 0 ports)
  list(GET size 1 vcs)
  list(GET arg_PIPELINES 0 input)
  list(GET arg_PIPELINES 1 output)
  list(POP_FRONT arg_PEER kind depth)
  set(shared 0)
  if(kind STREQUAL "shared")
    set(shared 1)
  else()
    set(arg_PEER ${arg_RESERVE}) # not looked at
  endif()
  lockstep_per_vc(reserve ${arg_RESERVE})
  lockstep_per_vc(peer_reserve ${arg_PEER})

  set(model core_${name}${arg_SUFFIX})
  set(on_demand "")
  if(arg_ON_DEMAND)
    set(on_demand ON_DEMAND)
  endif()
  set(small "")
  if(arg_SMALL)
    set(small SMALL)
  endif()
  set(from "")
  if(arg_RTL_FROM)
    set(from SOURCES ${arg_RTL_FROM}/fs_mutant_pkg.sv ${arg_RTL_FROM}/fs_switch_core.sv INCLUDE_DIRS ${arg_RTL_FROM})
  endif()
  farspan_verilate(${model} TOP fs_switch_core ${from} ${on_demand} ${small} ARGS ${arg_ARGS} COMPILE_OPTIONS ${arg_COMPILE_OPTIONS}
    PARAMS NumPorts=${ports} NumVcs=${vcs} NumClasses=${arg_CLASSES} NumDests=${arg_DESTS} PoolDepth=${arg_POOL}
      Reserve=${reserve} LongestPacket=${arg_LONGEST} Iterations=${arg_ITERATIONS} InputPipeline=${input}
      OutputPipeline=${output} PeerShared=1'b${shared} PeerReserve=${peer_reserve} PeerDepth=${depth})
  set(random 0)
  if(arg_RANDOM_INITIAL)
    set(random 1)
  endif()
  string(REPLACE ";" "," reserve "${arg_RESERVE}")
  string(REPLACE ";" "," peer_reserve "${arg_PEER}")
  set(target lockstep_${name}${arg_SUFFIX})
  set(sources shape.cpp ${arg_SOURCES})
  if(arg_MAIN)
    add_executable(${target} EXCLUDE_FROM_ALL ${arg_MAIN} ${lockstep_folder}/shape.cpp ${arg_SOURCES})
    target_link_libraries(${target} PRIVATE farspan_options fs_switch fs_common lockstep_bench ${model})
  else()
    set(timeout 300)
    if(arg_ON_DEMAND)
      set(timeout 3600)
      list(APPEND arg_LABELS nightly)
    endif()
    farspan_test(lockstep/${name}${arg_SUFFIX} USES switch common LIBS lockstep_tests lockstep_bench ${model} SOURCES ${sources}
      LABELS ${arg_LABELS} TIMEOUT ${timeout} ${on_demand})
  endif()
  target_compile_definitions(${target} PRIVATE FS_MODEL=V${model} FS_MODEL_HEADER="V${model}.h"
    FS_MODEL_ROOT_HEADER="V${model}___024root.h" FS_PORTS=${ports}
    FS_VCS=${vcs} FS_CLASSES=${arg_CLASSES} FS_DESTS=${arg_DESTS} FS_POOL=${arg_POOL} FS_RESERVE=${reserve}
    FS_LONGEST=${arg_LONGEST} FS_ITERATIONS=${arg_ITERATIONS} FS_INPUT_PIPELINE=${input} FS_OUTPUT_PIPELINE=${output}
    FS_PEER_SHARED=${shared} FS_PEER_RESERVE=${peer_reserve} FS_PEER_DEPTH=${depth} FS_SEEDS=${arg_SEEDS}
    FS_CYCLES=${arg_CYCLES} FS_RANDOM_INITIAL=${random})
endfunction()

# 16 bits a VC, VC 0 in the low bits, as a sized literal.
function(lockstep_per_vc result)
  set(digits "")
  foreach(value ${ARGN})
    math(EXPR word "${value} + 0x10000" OUTPUT_FORMAT HEXADECIMAL)
    string(SUBSTRING ${word} 3 4 word)
    string(PREPEND digits ${word})
  endforeach()
  list(LENGTH ARGN count)
  math(EXPR bits "${count} * 16")
  set(${result} ${bits}'h${digits} PARENT_SCOPE)
endfunction()
