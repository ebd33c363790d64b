# Flags shared by every target, and `creditd_library`, `creditd_program`, `creditd_test`,
# `creditd_covered`.

# -g1: function names and lines, enough for a profile or a stack trace, at a fifth of -g's size.
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1 -DNDEBUG")

add_library(creditd_options INTERFACE)
target_compile_options(creditd_options INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion
  -fno-omit-frame-pointer -fstack-protector-strong)
# The presets compile eight sources of a target as one: half of the time, for each of our small
# files alone costs more for its headers than for itself. What is local to the next file is then no
# stranger: neither its names, nor its types in a private struct.
set(unity $<BOOL:$<TARGET_PROPERTY:UNITY_BUILD>>)
target_compile_options(creditd_options INTERFACE
  $<$<AND:${unity},$<CXX_COMPILER_ID:GNU>>:-Wshadow=local>
  $<$<AND:${unity},$<CXX_COMPILER_ID:GNU>>:-Wno-subobject-linkage>
  $<$<NOT:${unity}>:-Wshadow>)
# Messages name `core/credits.cpp`, wherever the clone is; ccache then serves all clones. But gcov
# must find the sources.
if(NOT CREDITD_COVERAGE)
  target_compile_options(creditd_options INTERFACE -ffile-prefix-map=${CMAKE_SOURCE_DIR}/=)
endif()
# Portable to every x86-64 since 2009: SSE4.2 and POPCNT, no AVX.
if(CMAKE_SYSTEM_PROCESSOR STREQUAL "x86_64")
  target_compile_options(creditd_options INTERFACE -march=x86-64-v2)
endif()
target_link_options(creditd_options INTERFACE -Wl,-z,relro,-z,now)
target_include_directories(creditd_options INTERFACE ${CMAKE_SOURCE_DIR})
# Third-party headers are not ours to warn about.
target_include_directories(creditd_options SYSTEM INTERFACE ${Boost_INCLUDE_DIRS})
target_compile_definitions(creditd_options INTERFACE
  CREDITD_VERSION="${PROJECT_VERSION}"
  _GLIBCXX_ASSERTIONS
  BOOST_ASIO_NO_DEPRECATED
  BOOST_ASIO_DISABLE_AWAITABLE_FRAME_RECYCLING)
if(CREDITD_CANARIES)
  target_compile_definitions(creditd_options INTERFACE CREDITD_CANARIES)
endif()
if(CREDITD_SANITIZE)
  # Tests themselves are built with -O0 (creditd_test): twice as fast, and they are not the load.
  set(CMAKE_CXX_FLAGS_DEBUG "-O1 -g1")
  # No -Werror: instrumented code makes gcc warn of what is not there.
  target_compile_options(creditd_options INTERFACE
    -fsanitize=${CREDITD_SANITIZE} -fno-sanitize-recover=all)
  target_link_options(creditd_options INTERFACE -fsanitize=${CREDITD_SANITIZE})
  if(CREDITD_FUZZ)
    # Everything reports where it was; the targets alone bring libFuzzer's main.
    target_compile_options(creditd_options INTERFACE -fsanitize=fuzzer-no-link)
    target_compile_definitions(creditd_options INTERFACE CREDITD_FUZZ)
  endif()
else()
  target_compile_options(creditd_options INTERFACE
    -Werror $<$<NOT:$<CONFIG:Debug>>:-U_FORTIFY_SOURCE$<SEMICOLON>-D_FORTIFY_SOURCE=2>)
endif()

# creditd_library(NAME SOURCES... ): a static library of one folder.
function(creditd_library name)
  add_library(${name} STATIC ${ARGN})
  target_link_libraries(${name} PUBLIC creditd_options)
endfunction()

# creditd_program(NAME SOURCES...): an executable in build/<preset>/bin.
function(creditd_program name)
  add_executable(${name} ${ARGN})
  target_link_libraries(${name} PRIVATE creditd_options)
endfunction()

# creditd_test(NAME SOURCES...): one GoogleTest binary, run by ctest as one test.
function(creditd_test name)
  add_executable(${name} ${ARGN})
  target_link_libraries(${name} PRIVATE creditd_options GTest::gtest GTest::gmock GTest::gtest_main)
  if(CREDITD_SANITIZE)
    target_compile_options(${name} PRIVATE -O0)
  endif()
  add_test(NAME ${name} COMMAND ${name})
endfunction()

# creditd_covered(NAME...): in a coverage build, counts the branches that these targets take. What
# they rest on stays as in a release. Unoptimised, or branches are merged and moved.
function(creditd_covered)
  if(CREDITD_COVERAGE)
    foreach(name ${ARGN})
      # -Wno-cpp: the fortified headers would say that they are of no use without -O.
      target_compile_options(${name} PRIVATE -O0 --coverage -Wno-cpp)
      target_link_options(${name} PUBLIC --coverage)
    endforeach()
  endif()
endfunction()
