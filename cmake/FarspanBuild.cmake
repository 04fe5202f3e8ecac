# SPDX-License-Identifier: Apache-2.0
# Compiler settings shared by every target, and the functions that declare rooms, tests and benchmarks.
include(CheckLinkerFlag)

set(CMAKE_CXX_STANDARD 17)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS ON) # __int128
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_POSITION_INDEPENDENT_CODE OFF)

option(FARSPAN_SANITIZE "AddressSanitizer and UndefinedBehaviorSanitizer" OFF)
option(FARSPAN_COVERAGE "gcov instrumentation" OFF)

find_program(CCACHE ccache)
if(CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

# Some fifty executables: the gold linker takes half the time for each.
check_linker_flag(CXX -fuse-ld=gold FARSPAN_HAS_GOLD)
if(FARSPAN_HAS_GOLD)
  add_link_options(-fuse-ld=gold)
endif()

# Some forty archives, which only this build reads: with an index, and of names instead of copies.
if(CMAKE_SYSTEM_NAME STREQUAL "Linux")
  set(CMAKE_CXX_ARCHIVE_CREATE "<CMAKE_AR> qcsT <TARGET> <LINK_FLAGS> <OBJECTS>")
  set(CMAKE_CXX_ARCHIVE_FINISH "")
endif()

find_package(PkgConfig REQUIRED)
pkg_check_modules(systemc REQUIRED IMPORTED_TARGET systemc)
find_package(Threads REQUIRED)
find_package(fmt REQUIRED)
find_package(nlohmann_json REQUIRED)

add_library(farspan_options INTERFACE)
target_compile_options(farspan_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion
  -Werror -ffp-contract=off)
# Bit sets and ledgers gain from BMI and AVX2; results are the same without. Set FARSPAN_ARCH to build for another host.
if(CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64" AND NOT DEFINED FARSPAN_ARCH)
  include(CheckCXXSourceRuns)
  check_cxx_source_runs("int main() { return __builtin_cpu_supports(\"avx2\") && __builtin_cpu_supports(\"bmi2\") ? 0 : 1; }"
    FARSPAN_HOST_HAS_AVX2)
  set(FARSPAN_ARCH $<IF:$<BOOL:${FARSPAN_HOST_HAS_AVX2}>,x86-64-v3,x86-64-v2>)
endif()
if(FARSPAN_ARCH)
  target_compile_options(farspan_options INTERFACE -march=${FARSPAN_ARCH})
endif()
if(FARSPAN_SANITIZE)
  target_compile_options(farspan_options INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(farspan_options INTERFACE -fsanitize=address,undefined)
endif()
if(FARSPAN_COVERAGE)
  target_compile_options(farspan_options INTERFACE --coverage -O1)
  target_link_options(farspan_options INTERFACE --coverage)
endif()

# What runs before and after a simulation, and tests: -O1 compiles in three quarters of the time that -O2 takes.
set(FARSPAN_SELDOM_RUN $<$<CONFIG:Release>:-O1>)

include(FarspanJoin)
include(FarspanRooms)

# farspan_room(<name> [SOURCES <files...>] [SELDOM <files...>] [USES <rooms...>] [LIBS <external targets...>])
# One room of the architecture: a static library fs_<name>, or a header-only one without SOURCES.
# SELDOM: sources for before and after a run. USES names the only rooms its sources may include.
function(farspan_room name)
  cmake_parse_arguments(arg "" "" "SOURCES;SELDOM;USES;LIBS" ${ARGN})
  farspan_check_uses(${name} ${arg_USES})
  list(TRANSFORM arg_USES PREPEND fs_)
  if(arg_SOURCES OR arg_SELDOM)
    farspan_join(sources fs_${name} SOURCES ${arg_SOURCES})
    farspan_join(seldom fs_${name}_seldom SOURCES ${arg_SELDOM})
    set_property(SOURCE ${seldom} APPEND PROPERTY COMPILE_OPTIONS ${FARSPAN_SELDOM_RUN})
    add_library(fs_${name} STATIC ${sources} ${seldom})
    set(scope PUBLIC)
  else()
    add_library(fs_${name} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_include_directories(fs_${name} ${scope} ${PROJECT_SOURCE_DIR}/sc_models)
  target_link_libraries(fs_${name} ${scope} farspan_options ${arg_USES} ${arg_LIBS})
endfunction()

# farspan_test(<name> SOURCES <files...> USES <rooms...> [LIBS ...] [LABELS ...] [TIMEOUT seconds] [CASES n] [ON_DEMAND])
# One GoogleTest executable; every TEST becomes a CTest case of its own process, named <name>/<Suite>.<Case>.
# RapidCheck draws the same CASES (100) of each property every time, and says with which RC_PARAMS a failing one comes back.
# ON_DEMAND: one CTest case <name>, which builds the executable first: what only the nightly run needs stays out of everybody's build.
# Its labels are the first part of <name> and those given; the label "nightly" keeps it out of scripts/test.
function(farspan_test name)
  cmake_parse_arguments(arg "ON_DEMAND" "TIMEOUT;CASES" "SOURCES;USES;LIBS;LABELS" ${ARGN})
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()
  if(NOT arg_CASES)
    set(arg_CASES 100)
  endif()
  string(REPLACE "/" "_" target ${name})
  string(REGEX REPLACE "/.*" "" area ${name})
  farspan_join(sources ${target} FIRST gmock/gmock.h SOURCES ${arg_SOURCES})
  add_executable(${target} ${sources})
  list(TRANSFORM arg_USES PREPEND fs_)
  target_link_libraries(${target} PRIVATE farspan_options ${arg_USES} ${arg_LIBS} test_support GTest::gtest_main GTest::gmock)
  target_compile_options(${target} PRIVATE ${FARSPAN_SELDOM_RUN})
  set(environment SYSTEMC_DISABLE_COPYRIGHT_MESSAGE=1 "RC_PARAMS=seed=1 max_success=${arg_CASES}")
  if(arg_ON_DEMAND)
    set_target_properties(${target} PROPERTIES EXCLUDE_FROM_ALL TRUE)
    add_test(NAME ${name}
      COMMAND sh -c "'${CMAKE_COMMAND}' --build '${CMAKE_BINARY_DIR}' --target ${target} && '$<TARGET_FILE:${target}>'")
    set_tests_properties(${name} PROPERTIES LABELS "${area};${arg_LABELS}" TIMEOUT ${arg_TIMEOUT} ENVIRONMENT "${environment}"
      RESOURCE_LOCK build)
    return()
  endif()
  gtest_discover_tests(${target} TEST_PREFIX "${name}/" DISCOVERY_TIMEOUT 60
    PROPERTIES TIMEOUT ${arg_TIMEOUT} ENVIRONMENT "SYSTEMC_DISABLE_COPYRIGHT_MESSAGE=1"
      ENVIRONMENT_MODIFICATION "RC_PARAMS=set:seed=1 max_success=${arg_CASES}")
  # gtest_discover_tests flattens list values of properties, so the labels come by a file that CTest reads after its own.
  set(labels_file ${CMAKE_CURRENT_BINARY_DIR}/${target}_labels.cmake)
  file(CONFIGURE OUTPUT ${labels_file} CONTENT "if(${target}_TESTS)
  set_tests_properties(\${${target}_TESTS} PROPERTIES LABELS \"${area};${arg_LABELS}\")
endif()
" @ONLY)
  set_property(DIRECTORY APPEND PROPERTY TEST_INCLUDE_FILES ${labels_file})
endfunction()

# farspan_bench(<name> SOURCES <files...> USES <rooms...> [LIBS ...])
# One Google Benchmark executable, built on demand and run by hand; not a test.
function(farspan_bench name)
  cmake_parse_arguments(arg "" "" "SOURCES;USES;LIBS" ${ARGN})
  find_package(benchmark REQUIRED)
  string(REPLACE "/" "_" target ${name})
  add_executable(${target} EXCLUDE_FROM_ALL ${arg_SOURCES})
  list(TRANSFORM arg_USES PREPEND fs_)
  target_link_libraries(${target} PRIVATE farspan_options ${arg_USES} ${arg_LIBS} benchmark::benchmark_main)
endfunction()
