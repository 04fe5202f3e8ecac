# SPDX-License-Identifier: Apache-2.0
# Several sources compiled as one: most of a source's time goes into the headers that it shares with its neighbours.
# Like CMake's own unity builds, but the joint files hold no absolute path, so that ccache knows them
# again in any clone. Names in anonymous namespaces have to differ within a room.
option(FARSPAN_JOIN "compile the sources of a room or test together; OFF for tools that ask about each source" ON)
set(FARSPAN_JOINED_SOURCES 32) # at most, so that two cores have something to share

# farspan_join(<out> <target> [FIRST <header>] SOURCES <files...>)
# <out>: what <target> compiles, FIRST before all. A source with the property SKIP_UNITY_BUILD_INCLUSION, or with options or
# definitions of its own, and one that is generated, stays by itself.
function(farspan_join out target)
  cmake_parse_arguments(arg "" "FIRST" "SOURCES" ${ARGN})
  set(alone "")
  set(joint "")
  foreach(source ${arg_SOURCES})
    get_filename_component(path ${source} ABSOLUTE)
    get_source_file_property(skip ${source} SKIP_UNITY_BUILD_INCLUSION)
    get_source_file_property(definitions ${source} COMPILE_DEFINITIONS)
    get_source_file_property(options ${source} COMPILE_OPTIONS)
    string(FIND ${path} ${PROJECT_SOURCE_DIR}/ in_project)
    string(FIND ${path} ${PROJECT_BINARY_DIR}/ generated)
    if(skip OR definitions OR options OR in_project EQUAL -1 OR NOT generated EQUAL -1)
      list(APPEND alone ${source})
    else()
      list(APPEND joint ${path})
    endif()
  endforeach()
  list(LENGTH joint count)
  if(NOT FARSPAN_JOIN OR count LESS 2)
    set(${out} ${arg_SOURCES} PARENT_SCOPE)
    return()
  endif()
  math(EXPR files "(${count} + ${FARSPAN_JOINED_SOURCES} - 1) / ${FARSPAN_JOINED_SOURCES}")
  math(EXPR share "(${count} + ${files} - 1) / ${files}")
  set(dir ${CMAKE_CURRENT_BINARY_DIR}/joined)
  foreach(i RANGE 1 ${files})
    math(EXPR first "(${i} - 1) * ${share}")
    list(SUBLIST joint ${first} ${share} part)
    set(text "")
    if(arg_FIRST)
      string(APPEND text "#include <${arg_FIRST}>\n")
    endif()
    foreach(path ${part})
      file(RELATIVE_PATH path ${PROJECT_SOURCE_DIR} ${path})
      string(APPEND text "#include \"${path}\"\n")
    endforeach()
    file(CONFIGURE OUTPUT ${dir}/${target}_${i}.cpp CONTENT "${text}" @ONLY)
    # What these warn of is right in sources of their own: GCC of what it takes for a header, Clang of names of a neighbour.
    set_source_files_properties(${dir}/${target}_${i}.cpp PROPERTIES COMPILE_OPTIONS
      "-I${PROJECT_SOURCE_DIR};$<IF:$<CXX_COMPILER_ID:GNU>,-Wno-subobject-linkage,-Wno-shadow>")
    list(APPEND alone ${dir}/${target}_${i}.cpp)
  endforeach()
  set(${out} ${alone} PARENT_SCOPE)
endfunction()
