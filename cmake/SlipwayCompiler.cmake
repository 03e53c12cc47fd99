# The compiler, its warnings and its hardening: one place, applied to every target of the project.

if(NOT CMAKE_CXX_COMPILER_ID STREQUAL "Clang")
    message(FATAL_ERROR
        "slipway is built with clang (19 or newer), not with ${CMAKE_CXX_COMPILER_ID} ${CMAKE_CXX_COMPILER_VERSION}.\n"
        "g++ 12 miscompiles ordinary coroutines: temporaries in a co_await expression are destroyed twice "
        "(docs/decisions/0001-clang.md). Use a preset: cmake --preset release.")
endif()
if(CMAKE_CXX_COMPILER_VERSION VERSION_LESS 19)
    message(FATAL_ERROR "slipway needs clang 19 or newer; this is ${CMAKE_CXX_COMPILER_VERSION}.")
endif()

set(CMAKE_CXX_STANDARD 23)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY "${CMAKE_BINARY_DIR}/bin")

find_program(SLIPWAY_CCACHE ccache)
if(SLIPWAY_CCACHE)
    set(CMAKE_CXX_COMPILER_LAUNCHER "${SLIPWAY_CCACHE}")
endif()

set(SLIPWAY_SANITIZE "" CACHE STRING "Sanitizers, as for -fsanitize=")

add_compile_options(
    -Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wold-style-cast -Wnon-virtual-dtor
    -Woverloaded-virtual -Wimplicit-fallthrough -Wunused-result -Werror
    -fstack-protector-strong -fstack-clash-protection -fcf-protection -ffile-prefix-map=${CMAKE_SOURCE_DIR}=.)
add_compile_definitions(_GLIBCXX_ASSERTIONS)
add_link_options(-fuse-ld=lld-19 -Wl,-z,relro,-z,now,-z,noexecstack)

# Mistakes that tests make on purpose (src/base/seeded_bug.hpp): for test builds, and for no program that is given to anybody.
option(SLIPWAY_SEEDED_BUGS "Build with seeded bugs that the environment can choose" OFF)
if(SLIPWAY_SEEDED_BUGS AND CMAKE_BUILD_TYPE STREQUAL "Release")
    message(FATAL_ERROR "SLIPWAY_SEEDED_BUGS is for test builds: a release never contains them.")
endif()
if(SLIPWAY_SEEDED_BUGS)
    add_compile_definitions(SLIPWAY_SEEDED_BUGS)
endif()

option(SLIPWAY_FUZZ "Build the fuzz targets of tests/fuzz" OFF)

if(SLIPWAY_SANITIZE)
    add_compile_options(-fsanitize=${SLIPWAY_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
    add_link_options(-fsanitize=${SLIPWAY_SANITIZE})
elseif(CMAKE_BUILD_TYPE STREQUAL "Release")
    add_compile_definitions(_FORTIFY_SOURCE=3)
endif()
include(CheckPIESupported)
check_pie_supported()
