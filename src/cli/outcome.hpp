// How a command ends: the exit codes that scripts rely on (docs/cli.md), and a failure as the user
// is told of it.
#pragma once

#include <expected>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.hpp"

namespace slipway::cli {

enum class ExitCode {
    ok = 0,
    failed = 1,
    usage = 2,
    not_found = 3,
    unauthorised = 4,
    source_changed = 5,
    corrupt = 6,
    unavailable = 7,
    conflict = 8,
    interrupted = 130,
};

struct Failure {
    ExitCode exit = ExitCode::failed;
    std::string message;  // a sentence for people, without a final full stop
    std::string code;     // the server's `error`, where it was the server that failed the call
};

template <class T = void>
using Outcome = std::expected<T, Failure>;

inline std::unexpected<Failure> fail(ExitCode exit, std::string message, std::string code = {}) {
    return std::unexpected(Failure{exit, std::move(message), std::move(code)});
}

// The exit code that fits an error of this machine or of the connection.
Failure failure_of(const Error& error);
inline std::unexpected<Failure> fail(const Error& error) {
    return std::unexpected(failure_of(error));
}

}  // namespace slipway::cli
