#include "sim/disk_fault.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "sim/disk_image.hpp"

namespace slipway::sim {
namespace {

std::string name_of_error(int error) {
    switch (error) {
        case EIO:
            return "EIO";
        case ENOSPC:
            return "ENOSPC";
        case EDQUOT:
            return "EDQUOT";
        case EINTR:
            return "EINTR";
        default:
            return std::to_string(error);
    }
}

constexpr std::array<std::string_view, 6> kKinds = {"none",         "error",       "short_write",
                                                    "crash_before", "crash_after", "torn"};
constexpr std::array<std::string_view, 4> kPrefixes = {"nothing", "sector", "half", "all_but_one"};

}  // namespace

std::size_t prefix_of(Prefix prefix, std::size_t size) {
    switch (prefix) {
        case Prefix::nothing:
            return 0;
        case Prefix::sector:
            return std::min(size, kSector);
        case Prefix::half:
            return size / 2;
        case Prefix::all_but_one:
            return size == 0 ? 0 : size - 1;
    }
    return 0;
}

std::string to_code(const DiskFault& fault) {
    std::string text = "{.kind = FaultKind::";
    text += kKinds[static_cast<std::size_t>(fault.kind)];
    text += ", .at = " + std::to_string(fault.at);
    if (fault.kind == FaultKind::error) {
        text += ", .error = " + name_of_error(fault.error);
    }
    if (fault.lasting == Lasting::onward) {
        text += ", .lasting = Lasting::onward";
    }
    if (fault.kind == FaultKind::torn) {
        text += ", .prefix = Prefix::";
        text += kPrefixes[static_cast<std::size_t>(fault.prefix)];
    }
    return text + "}";
}

}  // namespace slipway::sim
