# SPDX-License-Identifier: Apache-2.0
# Cores of one's own: farspan_add_core. Included by farspan's own build and by find_package(farspan).
#
# FARSPAN_CORES: the folder where farspan looks for cores without being told. FARSPAN_PROGRAM: the program, or a target.

# farspan_add_core(NAME <name> TOP <module> SOURCES <files...> [INCLUDE_DIRS <folders...>] [PARAMETERS <names...>]
#                  [VERILATOR_ARGS <arguments...>] [PROFILE any|rtl] [LATENCY <cycles>] [SCENARIOS <files...>])
# Makes RTL with the pin-out of docs/bring_your_own_rtl.md known to farspan as `core: <name>`.
#   SOURCES        SystemVerilog, packages first; further modules are found by name in INCLUDE_DIRS
#   PARAMETERS     those of the top that follow the scenario: NumPorts, NumVcs, NumClasses, NumDests, FlitWidth, PoolDepth,
#                  Reserve, LongestPacket, Iterations, InputPipeline, OutputPipeline, PeerShared, PeerReserve, PeerDepth. What is not named
#                  keeps the value it has in the source; pipelines not taken are put around the core
#   PROFILE rtl    refuse scenarios outside rtl_profile (docs/switch.md, section 12); any: whatever the pins can carry
#   LATENCY        cycles from rx to tx where nothing waits, pipelines not counted; 1
#   SCENARIOS      build with the default target what these need; anything else is built when a run asks for it
function(farspan_add_core)
  cmake_parse_arguments(arg "" "NAME;TOP;PROFILE;LATENCY" "SOURCES;INCLUDE_DIRS;PARAMETERS;VERILATOR_ARGS;SCENARIOS" ${ARGN})
  foreach(needed NAME TOP SOURCES)
    if(NOT arg_${needed})
      message(FATAL_ERROR "farspan_add_core: ${needed} is missing")
    endif()
  endforeach()
  if(arg_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "farspan_add_core(${arg_NAME}): unknown arguments ${arg_UNPARSED_ARGUMENTS}")
  endif()
  set(lists "")
  foreach(kind SOURCES INCLUDE_DIRS)
    set(absolute "")
    foreach(path ${arg_${kind}})
      get_filename_component(path ${path} ABSOLUTE)
      list(APPEND absolute "\"${path}\"")
    endforeach()
    list(JOIN absolute ", " ${kind})
  endforeach()
  list(JOIN arg_PARAMETERS ", " parameters)
  list(TRANSFORM arg_VERILATOR_ARGS REPLACE "(.+)" "\"\\1\"")
  list(JOIN arg_VERILATOR_ARGS ", " arguments)
  set(text "core: ${arg_NAME}\ntop: ${arg_TOP}\nsources: [${SOURCES}]\ninclude_dirs: [${INCLUDE_DIRS}]\n")
  string(APPEND text "arguments: [${arguments}]\nparameters: [${parameters}]\n")
  if(arg_PROFILE)
    string(APPEND text "profile: ${arg_PROFILE}\n")
  endif()
  if(arg_LATENCY)
    string(APPEND text "latency: ${arg_LATENCY}cycles\n")
  endif()
  file(CONFIGURE OUTPUT ${FARSPAN_CORES}/${arg_NAME}.yaml CONTENT "${text}" @ONLY)

  foreach(scenario ${arg_SCENARIOS})
    get_filename_component(scenario ${scenario} ABSOLUTE)
    get_filename_component(short ${scenario} NAME_WE)
    # Always run: whether anything is out of date is for the core's own build to say, and it does in an instant.
    add_custom_target(core_${arg_NAME}_for_${short} ALL
      COMMAND ${CMAKE_COMMAND} -E env SYSTEMC_DISABLE_COPYRIGHT_MESSAGE=1
        ${FARSPAN_PROGRAM} check --build --cores ${FARSPAN_CORES} ${scenario}
      COMMENT "Core ${arg_NAME} for ${short}" USES_TERMINAL VERBATIM)
    if(TARGET farspan)
      add_dependencies(core_${arg_NAME}_for_${short} farspan)
    endif()
  endforeach()
endfunction()
