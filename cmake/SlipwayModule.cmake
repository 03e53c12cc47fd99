# slipway_module(NAME SOURCES … [TESTS …] [DEPS …] [TEST_DEPS …]): the library slipway_NAME and, when it has tests, the
# program NAME_test, registered with CTest. Tests stand beside their sources.
include(GoogleTest)

# slipway_test(NAME SOURCES … DEPS …): one GoogleTest program, registered with CTest under the label "unit".
function(slipway_test name)
    cmake_parse_arguments(ARG "" "" "SOURCES;DEPS" ${ARGN})
    add_executable(${name} ${ARG_SOURCES})
    target_include_directories(${name} PRIVATE "${CMAKE_SOURCE_DIR}/src" "${CMAKE_SOURCE_DIR}/tests")
    target_link_libraries(${name} PRIVATE ${ARG_DEPS} GTest::gtest GTest::gtest_main)
    # One CTest entry per program: a process for each of a thousand cases would cost more than the cases.
    add_test(NAME ${name} COMMAND ${name})
    set_tests_properties(${name} PROPERTIES LABELS unit TIMEOUT 300)
endfunction()

function(slipway_module name)
    cmake_parse_arguments(ARG "" "" "SOURCES;TESTS;DEPS;TEST_DEPS" ${ARGN})
    add_library(slipway_${name} STATIC ${ARG_SOURCES})
    target_include_directories(slipway_${name} PUBLIC "${CMAKE_SOURCE_DIR}/src")
    target_link_libraries(slipway_${name} PUBLIC ${ARG_DEPS})
    if(ARG_TESTS)
        slipway_test(${name}_test SOURCES ${ARG_TESTS} DEPS slipway_${name} ${ARG_TEST_DEPS})
    endif()
endfunction()
