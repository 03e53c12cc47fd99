// Result<T> and Error: how every layer reports an operation that failed.
// An Errc says what the caller can do about it; the detail is for logs and is never sent to a
// client. The vocabulary of base lives in `slipway` itself, so that every layer speaks it without a
// prefix.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <utility>

namespace slipway {

enum class Errc {
    not_found,
    conflict,
    invalid,
    too_large,
    unauthorised,
    forbidden,
    untrusted,  // the peer cannot prove who it is
    unavailable,
    throttled,
    corrupted,
    unsupported,
    cancelled,
    deadline_exceeded,
    outcome_unknown,
    storage_full,
    internal,
};

std::string_view to_string(Errc code);

struct Error {
    Errc code = Errc::internal;
    std::string detail;
};

template <class T = void>
using Result = std::expected<T, Error>;

inline std::unexpected<Error> failure(Errc code, std::string detail) {
    return std::unexpected(Error{code, std::move(detail)});
}

// "operation: reason of errno", with the Errc that fits: ENOSPC and EDQUOT are storage_full, ENOENT
// not_found, EEXIST conflict.
Error errno_error(std::string_view operation, int error_number);

}  // namespace slipway
