# SPDX-License-Identifier: Apache-2.0
# Compiler settings shared by every target, and the two functions that declare rooms and tests.
include(CheckCXXCompilerFlag)

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

find_package(PkgConfig REQUIRED)
pkg_check_modules(systemc REQUIRED IMPORTED_TARGET systemc)
find_package(Threads REQUIRED)

add_library(farspan_options INTERFACE)
target_compile_options(farspan_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wno-sign-conversion
  -Werror -ffp-contract=off)
if(CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
  target_compile_options(farspan_options INTERFACE -march=x86-64-v2)
endif()
if(FARSPAN_SANITIZE)
  target_compile_options(farspan_options INTERFACE -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(farspan_options INTERFACE -fsanitize=address,undefined)
endif()
if(FARSPAN_COVERAGE)
  target_compile_options(farspan_options INTERFACE --coverage -O1)
  target_link_options(farspan_options INTERFACE --coverage)
endif()

# farspan_room(<name> SOURCES <files...> [USES <rooms...>] [LIBS <external targets...>])
# One room of the architecture: a static library fs_<name>. USES names the only rooms its sources may include.
function(farspan_room name)
  cmake_parse_arguments(arg "" "" "SOURCES;USES;LIBS" ${ARGN})
  add_library(fs_${name} STATIC ${arg_SOURCES})
  target_include_directories(fs_${name} PUBLIC ${PROJECT_SOURCE_DIR}/sc_models)
  list(TRANSFORM arg_USES PREPEND fs_)
  target_link_libraries(fs_${name} PUBLIC farspan_options ${arg_USES} ${arg_LIBS})
endfunction()

# farspan_test(<name> SOURCES <files...> USES <rooms...> [LIBS ...] [LABELS ...])
# One GoogleTest executable; every TEST becomes a CTest case of its own process, named <name>/<Suite>.<Case>.
function(farspan_test name)
  cmake_parse_arguments(arg "" "TIMEOUT" "SOURCES;USES;LIBS;LABELS" ${ARGN})
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()
  string(REPLACE "/" "_" target ${name})
  add_executable(${target} ${arg_SOURCES})
  list(TRANSFORM arg_USES PREPEND fs_)
  target_link_libraries(${target} PRIVATE farspan_options ${arg_USES} ${arg_LIBS} GTest::gtest_main GTest::gmock)
  gtest_discover_tests(${target} TEST_PREFIX "${name}/" DISCOVERY_TIMEOUT 60
    PROPERTIES TIMEOUT ${arg_TIMEOUT} LABELS "${arg_LABELS}" ENVIRONMENT "SYSTEMC_DISABLE_COPYRIGHT_MESSAGE=1")
endfunction()
