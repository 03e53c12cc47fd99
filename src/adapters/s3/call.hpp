// One call to an S3 store, before it is addressed and signed.
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "adapters/s3/translate_error.hpp"
#include "adapters/s3/types.hpp"
#include "http/message.hpp"
#include "sigv4/canonical.hpp"

namespace slipway::adapters::s3 {

struct Call {
    std::string_view operation;  // its name in the S3 API; for the details of errors
    http::Method method = http::Method::get;
    ObjectName target;  // without a key: the bucket; without a bucket: the service
    sigv4::Fields query = {};
    sigv4::Fields headers = {};
    std::variant<std::monostate, std::string, UploadBody> body = {};
    Effect effect = Effect::none;

    Subject subject() const { return target.key.empty() ? Subject::bucket : Subject::object; }
    bool is_streamed() const { return std::holds_alternative<UploadBody>(body); }
};

}  // namespace slipway::adapters::s3
