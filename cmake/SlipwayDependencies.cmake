# Every library that slipway links, found once. docs/decisions/0002-libraries.md says why each was chosen.
find_package(Threads REQUIRED)
find_package(Boost 1.83 REQUIRED COMPONENTS url json)
find_package(OpenSSL 3.0 REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(GTest REQUIRED)

find_library(SLIPWAY_ROCKSDB rocksdb REQUIRED)
find_library(SLIPWAY_ISAL isal REQUIRED)
if(SLIPWAY_KAFKA)
    find_library(SLIPWAY_RDKAFKA rdkafka REQUIRED)
endif()
if(SLIPWAY_S3)
    find_library(SLIPWAY_PUGIXML pugixml REQUIRED)
endif()
find_library(SLIPWAY_BENCHMARK benchmark REQUIRED)

# Third-party headers as system headers: their warnings are not ours. Asio and Beast are compiled once, in runtime and http.
add_library(slipway_asio_headers INTERFACE)
target_compile_definitions(slipway_asio_headers INTERFACE
    BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED
    BOOST_ASIO_RECYCLING_ALLOCATOR_CACHE_SIZE=16)
target_link_libraries(slipway_asio_headers INTERFACE Boost::headers Threads::Threads)
