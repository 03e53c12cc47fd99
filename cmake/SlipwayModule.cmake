# slipway_module(NAME [PLAIN] SOURCES … [TESTS …] [DEPS …] [TEST_DEPS …]): the library slipway_NAME and, when it has tests, the
# program NAME_test, registered with CTest. Tests stand beside their sources.
include(GoogleTest)

# What nearly every test includes, compiled once. Tests that must not see Asio are marked PLAIN.
add_executable(slipway_test_headers EXCLUDE_FROM_ALL "${CMAKE_SOURCE_DIR}/cmake/test_headers.cpp")
target_link_libraries(slipway_test_headers PRIVATE slipway_runtime GTest::gtest)
target_compile_options(slipway_test_headers PRIVATE -O0 -U_FORTIFY_SOURCE)
target_precompile_headers(slipway_test_headers PRIVATE
    <gtest/gtest.h> <boost/asio/co_spawn.hpp> <boost/asio/io_context.hpp> <boost/asio/post.hpp>
    <boost/asio/use_awaitable.hpp> <boost/asio/any_completion_handler.hpp> <chrono> <expected> <filesystem> <fstream>
    <functional> <map> <memory> <mutex> <optional> <random> <set> <span> <string> <thread> <variant> <vector>)

# slipway_test(NAME [PLAIN] [LAUNCHER PROGRAM] SOURCES … DEPS …): one GoogleTest program, registered with CTest under the label
# "unit"; CTest lets the launcher run it, which may end with 77 for "skipped".
# The code of tests is not optimised: what it tests is, and the tests take more time to compile than to run.
function(slipway_test name)
    cmake_parse_arguments(ARG "PLAIN" "LAUNCHER" "SOURCES;DEPS" ${ARGN})
    add_executable(${name} ${ARG_SOURCES})
    target_include_directories(${name} PRIVATE "${CMAKE_SOURCE_DIR}/src" "${CMAKE_SOURCE_DIR}/tests")
    target_link_libraries(${name} PRIVATE ${ARG_DEPS} GTest::gtest GTest::gtest_main)
    target_compile_options(${name} PRIVATE -O0 -U_FORTIFY_SOURCE)
    if(NOT ARG_PLAIN)
        target_link_libraries(${name} PRIVATE slipway_runtime)
        target_precompile_headers(${name} REUSE_FROM slipway_test_headers)
    endif()
    # One CTest entry per program: a process for each of a thousand cases would cost more than the cases.
    add_test(NAME ${name} COMMAND ${ARG_LAUNCHER} $<TARGET_FILE:${name}>)
    set_tests_properties(${name} PROPERTIES LABELS unit TIMEOUT 900 SKIP_RETURN_CODE 77)
endfunction()

function(slipway_module name)
    cmake_parse_arguments(ARG "PLAIN" "" "SOURCES;TESTS;DEPS;TEST_DEPS" ${ARGN})
    add_library(slipway_${name} STATIC ${ARG_SOURCES})
    target_include_directories(slipway_${name} PUBLIC "${CMAKE_SOURCE_DIR}/src")
    target_link_libraries(slipway_${name} PUBLIC ${ARG_DEPS})
    if(ARG_TESTS)
        if(ARG_PLAIN)
            set(plain PLAIN)
        endif()
        slipway_test(${name}_test ${plain} SOURCES ${ARG_TESTS} DEPS slipway_${name} ${ARG_TEST_DEPS})
    endif()
endfunction()
