// DiskFault: what goes wrong with the Nth call to a simulated disk.
#pragma once

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <string>

namespace slipway::sim {

enum class FaultKind : std::uint8_t {
    none,
    error,         // the call is not carried out and answers the error
    short_write,   // a write takes half of what it is given, at least one byte
    crash_before,  // the process is gone, and the call was not carried out
    crash_after,   // the process is gone, and the call was
    torn,          // a write of which a prefix was carried out when the process went
};
enum class Lasting : std::uint8_t { once, onward };
enum class Prefix : std::uint8_t { nothing, sector, half, all_but_one };

struct DiskFault {
    FaultKind kind = FaultKind::none;
    // Counted from 1, from when the fault is armed: over all calls, or over the writes where only a
    // write can suffer it.
    std::size_t at = 1;
    int error = EIO;
    Lasting lasting = Lasting::once;
    Prefix prefix = Prefix::nothing;
    friend bool operator==(const DiskFault&, const DiskFault&) = default;
};

inline bool is_crash(FaultKind kind) {
    return kind == FaultKind::crash_before || kind == FaultKind::crash_after ||
           kind == FaultKind::torn;
}

// How much of a write of `size` bytes a torn one carries out.
std::size_t prefix_of(Prefix prefix, std::size_t size);

// As it is written in a test.
std::string to_code(const DiskFault& fault);

}  // namespace slipway::sim
