# SPDX-License-Identifier: Apache-2.0
# Verilated models: SystemVerilog in, a static library with V<name>.h out. They share the runtime of sc_models/cosim.
set(VERILATOR_CFLAGS "") # spares the package's checks of compiler flags, which this function does not use
set(VERILATOR_MT_CFLAGS "")
find_package(verilator REQUIRED)

# -fno-const-bit-op-tree: Verilator 5.006 miscompiles some expressions with that optimisation.
# -fno-dfg: that optimisation joins what each port drives into one long vector, part by part, at every evaluation.
# Loops over more than 32 ports stay loops, and vectors of more than eight words are not handled word by word: 72 ports
# compile in seconds instead of minutes.
set(FARSPAN_VERILATOR_ARGS --cc --assert --trace-fst --trace-structs --trace-max-array 8 -fno-const-bit-op-tree -fno-dfg
  --x-assign fast --x-initial fast --unroll-count 32 --expand-limit 8 --output-split 0)

set(FARSPAN_RTL_DIR ${PROJECT_SOURCE_DIR}/rtl)
file(GLOB FARSPAN_RTL_FILES CONFIGURE_DEPENDS ${FARSPAN_RTL_DIR}/*.sv ${FARSPAN_RTL_DIR}/*.svh ${FARSPAN_RTL_DIR}/*.vlt)

# farspan_verilate(<name> TOP <module> [SOURCES <files...>] [PARAMS <Name>=<value>...] [INCLUDE_DIRS <folders...>]
#                  [ARGS <verilator arguments...>] [COMPILE_OPTIONS <flags...>] [ON_DEMAND] [NO_LINT] [SMALL | WITH <library>])
# A static library <name> with the class V<name> in V<name>.h, and a test lint/<name> that holds the sources to -Wall.
# SOURCES in order, packages first (default: rtl/<module>.sv); modules of INCLUDE_DIRS and of rtl/ are found by name. Verilator runs when the
# library is built, not when CMake does; ON_DEMAND keeps it out of the default build (and has no lint test).
# SMALL: compiled as one, which is quicker for some hundred lines; WITH: as one with all others of that farspan_verilated_library.
# ARGS come last, so they override what stands in FARSPAN_VERILATOR_ARGS.
function(farspan_verilate name)
  cmake_parse_arguments(arg "ON_DEMAND;NO_LINT;SMALL" "TOP;WITH" "SOURCES;PARAMS;INCLUDE_DIRS;ARGS;COMPILE_OPTIONS" ${ARGN})
  if(NOT arg_TOP)
    message(FATAL_ERROR "farspan_verilate(${name}): TOP <module> is missing")
  endif()
  if(NOT arg_SOURCES)
    set(arg_SOURCES ${FARSPAN_RTL_DIR}/${arg_TOP}.sv)
  endif()
  set(files "")
  foreach(file ${arg_SOURCES})
    get_filename_component(file ${file} ABSOLUTE)
    list(APPEND files ${file})
  endforeach()
  set(search "")
  foreach(dir ${arg_INCLUDE_DIRS} ${FARSPAN_RTL_DIR})
    get_filename_component(dir ${dir} ABSOLUTE)
    list(APPEND search -y ${dir} +incdir+${dir})
  endforeach()
  list(TRANSFORM arg_PARAMS PREPEND -G)
  set(design ${FARSPAN_RTL_DIR}/waivers.vlt ${search} --top-module ${arg_TOP} ${arg_PARAMS} ${FARSPAN_RTL_DIR}/fs_pkg.sv
    ${files})
  set(dir ${CMAKE_CURRENT_BINARY_DIR}/V${name})
  set(sources ${dir}/V${name}__fast.cpp)
  if(arg_WITH)
    if(arg_COMPILE_OPTIONS OR arg_ON_DEMAND)
      message(FATAL_ERROR "farspan_verilate(${name}): COMPILE_OPTIONS and ON_DEMAND are those of the library that it is WITH")
    endif()
    set(arg_SMALL ON)
  endif()
  if(NOT arg_SMALL)
    list(APPEND sources ${dir}/V${name}__slow.cpp)
  endif()
  add_custom_command(OUTPUT ${sources} ${dir}/V${name}.h
    COMMAND ${CMAKE_COMMAND} -E rm -rf ${dir}
    COMMAND ${VERILATOR_BIN} ${FARSPAN_VERILATOR_ARGS} -Wall -Wno-fatal --prefix V${name} --Mdir ${dir} ${arg_ARGS} ${design}
    COMMAND ${CMAKE_COMMAND} -DDIR=${dir} -DNAME=V${name} -DAS_ONE=${arg_SMALL} -P ${PROJECT_SOURCE_DIR}/cmake/join_verilated.cmake
    DEPENDS ${files} ${FARSPAN_RTL_FILES} ${PROJECT_SOURCE_DIR}/cmake/join_verilated.cmake
    COMMENT "Verilating ${name}" VERBATIM)
  if(arg_WITH)
    add_library(${name} INTERFACE)
    target_include_directories(${name} SYSTEM INTERFACE ${dir})
    target_link_libraries(${name} INTERFACE ${arg_WITH})
    set_property(GLOBAL APPEND PROPERTY ${arg_WITH}_MODELS ${sources})
  else()
    set(on_demand "")
    if(arg_ON_DEMAND)
      set(on_demand EXCLUDE_FROM_ALL)
    endif()
    farspan_compile_verilated(${name} ${on_demand} ${sources})
    target_include_directories(${name} SYSTEM PUBLIC ${dir})
    target_compile_options(${name} PRIVATE ${arg_COMPILE_OPTIONS})
  endif()
  # In the default build models serve short tests: they take longer to compile than to run.
  set_source_files_properties(${dir}/V${name}__fast.cpp PROPERTIES COMPILE_OPTIONS $<IF:$<BOOL:${arg_ON_DEMAND}>,-O2,-O1>)
  if(NOT arg_SMALL)
    set_source_files_properties(${dir}/V${name}__slow.cpp PROPERTIES COMPILE_OPTIONS "-O0")
  endif()
  if(NOT arg_ON_DEMAND AND NOT arg_NO_LINT)
    add_test(NAME lint/${name} COMMAND ${VERILATOR_BIN} --lint-only --assert -Wall ${arg_ARGS} ${design})
    set_tests_properties(lint/${name} PROPERTIES LABELS lint TIMEOUT 120)
  endif()
endfunction()

# farspan_verilated_library(<name>): what the models WITH it compile to. Stands after them, in the same folder.
function(farspan_verilated_library name)
  get_property(models GLOBAL PROPERTY ${name}_MODELS)
  set(text "")
  foreach(model ${models})
    get_filename_component(folder ${model} DIRECTORY)
    get_filename_component(prefix ${folder} NAME)
    get_filename_component(file ${model} NAME)
    # The one name that all models share.
    string(APPEND text "#define trace_init ${prefix}_trace_init\n#include \"${prefix}/${file}\"\n#undef trace_init\n")
  endforeach()
  file(CONFIGURE OUTPUT ${CMAKE_CURRENT_BINARY_DIR}/${name}.cpp CONTENT "${text}" @ONLY)
  set_source_files_properties(${CMAKE_CURRENT_BINARY_DIR}/${name}.cpp PROPERTIES COMPILE_OPTIONS -O1 OBJECT_DEPENDS "${models}")
  set_source_files_properties(${models} PROPERTIES HEADER_FILE_ONLY ON)
  farspan_compile_verilated(${name} ${CMAKE_CURRENT_BINARY_DIR}/${name}.cpp ${models})
endfunction()

function(farspan_compile_verilated name)
  add_library(${name} STATIC ${ARGN})
  target_link_libraries(${name} PUBLIC farspan_verilated)
  target_compile_options(${name} PRIVATE -g0 -w $<$<BOOL:${FARSPAN_ARCH}>:-march=${FARSPAN_ARCH}>)
endfunction()
