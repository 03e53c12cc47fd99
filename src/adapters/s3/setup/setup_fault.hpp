// SetupFault: why a store cannot be used as it is described, in words that stay the same, for
// whoever starts a server or checks a store (docs/stores.md). It reads the errors of S3Client; what
// an error means for a call under way is translate_error()'s.
#pragma once

#include <string>
#include <string_view>

#include "adapters/s3/setup/store_description.hpp"
#include "base/result.hpp"

namespace slipway::adapters::s3 {

enum class SetupFault {
    unknown_host,
    connection_refused,
    unreachable,
    expects_https,
    expects_http,
    untrusted_certificate,
    unknown_access_key,
    wrong_secret_key,
    wrong_session,
    wrong_clock,
    wrong_region,
    missing_bucket,
    no_right,
    store_full,
    store_away,
    not_s3,
    changed_bytes,
    failed,
};

// "wrong_secret_key": the name, as above.
std::string_view to_string(SetupFault fault);

struct SetupProblem {
    SetupFault fault;
    std::string message;  // "wrong_secret_key: SENTENCE (WHAT THE CALL SAID)", without secrets
};

// What the first failing call says of the description. Calls that answer without a body, such as
// head_bucket(), say less than others.
SetupProblem explain(const StoreDescription& store, const Error& error);

}  // namespace slipway::adapters::s3
