// Whether a call may be made: the fake's verifier of signatures. Strict: every x-amz field has to
// be signed, and the path has to be sent in its canonical encoding.
#pragma once

#include <optional>

#include "base/time.hpp"
#include "http/message.hpp"
#include "s3fake/fake_message.hpp"
#include "s3fake/fake_options.hpp"

namespace slipway::s3fake {

struct Admission {
    std::optional<FakeError> refused;
    std::string payload;  // what was signed for the body: a hash, or a word
    bool is_presigned = false;
};

Admission admit(const http::RequestHead& head, const FakeOptions& options, WallTime now);

}  // namespace slipway::s3fake
