// The values of settings, which also come from files and environments that others write: what is
// read can be printed, and is read back as the same.
#include <string>

#include "daemon/values.hpp"
#include "fuzz/require.hpp"

using namespace slipway;
using fuzz::require;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto text = fuzz::text_of(data, size);
    if (const auto value = daemon::parse_size(text)) {
        require(daemon::parse_size(daemon::format_size(*value)) == value, "a size comes back");
    }
    if (const auto value = daemon::parse_duration(text)) {
        require(daemon::parse_duration(daemon::format_duration(*value)) == value,
                "a duration comes back");
    }
    if (const auto value = daemon::parse_address(text)) {
        const auto again = daemon::parse_address(daemon::format_address(*value));
        require(again && again->host == value->host && again->port == value->port,
                "an address comes back");
    }
    if (const auto value = daemon::parse_number(text)) {
        require(daemon::parse_number(std::to_string(*value)) == value, "a number comes back");
    }
    return 0;
}
