# Flags shared by every target, and `creditd_library`, `creditd_program`, `creditd_test`.

add_library(creditd_options INTERFACE)
target_compile_options(creditd_options INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Werror -fno-omit-frame-pointer)
target_include_directories(creditd_options INTERFACE ${CMAKE_SOURCE_DIR})
# Third-party headers are not ours to warn about.
target_include_directories(creditd_options SYSTEM INTERFACE ${Boost_INCLUDE_DIRS})
target_compile_definitions(creditd_options INTERFACE
  CREDITD_VERSION="${PROJECT_VERSION}"
  BOOST_ASIO_NO_DEPRECATED
  BOOST_ASIO_DISABLE_AWAITABLE_FRAME_RECYCLING)
if(CREDITD_SANITIZE)
  target_compile_options(creditd_options INTERFACE
    -fsanitize=${CREDITD_SANITIZE} -fno-sanitize-recover=all)
  target_link_options(creditd_options INTERFACE -fsanitize=${CREDITD_SANITIZE})
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
  add_test(NAME ${name} COMMAND ${name})
endfunction()
