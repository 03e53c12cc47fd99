#include "cli/outcome.hpp"

namespace slipway::cli {

namespace {

ExitCode exit_code_of(Errc code) {
    switch (code) {
        case Errc::unauthorised:
            return ExitCode::unauthorised;
        case Errc::conflict:
            return ExitCode::conflict;
        case Errc::unavailable:
        case Errc::throttled:
        case Errc::deadline_exceeded:
        case Errc::outcome_unknown:
            return ExitCode::unavailable;
        case Errc::cancelled:
            return ExitCode::interrupted;
        // Of this machine: a file that is not there, a disk that cannot be read. What the server
        // has not is another matter.
        case Errc::not_found:
        case Errc::corrupted:
        case Errc::forbidden:
        case Errc::untrusted:
        case Errc::invalid:
        case Errc::too_large:
        case Errc::unsupported:
        case Errc::storage_full:
        case Errc::internal:
            return ExitCode::failed;
    }
    return ExitCode::failed;
}

}  // namespace

Failure failure_of(const Error& error) {
    return Failure{exit_code_of(error.code), error.detail, {}};
}

}  // namespace slipway::cli
