# SPDX-License-Identifier: Apache-2.0
# FARSPAN_PYTHON: the command that runs a script of this project, for add_test and the like.
# The interpreter itself: what PATH holds may be a script that looks for one first (pyenv), and that takes longer than most
# tests. -S: the scripts use the standard library alone, and site packages can take as long again.
find_package(Python3 REQUIRED COMPONENTS Interpreter)
if(NOT FARSPAN_PYTHON_INTERPRETER)
  execute_process(COMMAND ${Python3_EXECUTABLE} -c "import sys; print(sys.executable)" OUTPUT_VARIABLE interpreter
    OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  set(FARSPAN_PYTHON_INTERPRETER ${interpreter} CACHE INTERNAL "what Python3_EXECUTABLE ends up running")
endif()
set(FARSPAN_PYTHON ${FARSPAN_PYTHON_INTERPRETER} -B -S)
