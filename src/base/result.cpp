#include "base/result.hpp"

#include <cerrno>
#include <system_error>

namespace slipway {

std::string_view to_string(Errc code) {
    switch (code) {
        case Errc::not_found:
            return "not_found";
        case Errc::conflict:
            return "conflict";
        case Errc::invalid:
            return "invalid";
        case Errc::too_large:
            return "too_large";
        case Errc::unauthorised:
            return "unauthorised";
        case Errc::forbidden:
            return "forbidden";
        case Errc::untrusted:
            return "untrusted";
        case Errc::unavailable:
            return "unavailable";
        case Errc::throttled:
            return "throttled";
        case Errc::corrupted:
            return "corrupted";
        case Errc::unsupported:
            return "unsupported";
        case Errc::cancelled:
            return "cancelled";
        case Errc::deadline_exceeded:
            return "deadline_exceeded";
        case Errc::outcome_unknown:
            return "outcome_unknown";
        case Errc::storage_full:
            return "storage_full";
        case Errc::internal:
            return "internal";
    }
    return "internal";
}

namespace {

Errc errc_of_errno(int error_number) {
    switch (error_number) {
        case ENOENT:
            return Errc::not_found;
        case EEXIST:
            return Errc::conflict;
        case ENOSPC:
        case EDQUOT:
            return Errc::storage_full;
        case EFBIG:
            return Errc::too_large;
        case EACCES:
        case EPERM:
        case EROFS:
            return Errc::forbidden;
        case EMFILE:
        case ENFILE:
        case ENOMEM:
            return Errc::unavailable;
        case EINVAL:
        case EOPNOTSUPP:
            return Errc::unsupported;
        case EIO:
            return Errc::corrupted;
        default:
            return Errc::internal;
    }
}

}  // namespace

Error errno_error(std::string_view operation, int error_number) {
    return Error{errc_of_errno(error_number),
                 std::string(operation) + ": " + std::generic_category().message(error_number)};
}

}  // namespace slipway
