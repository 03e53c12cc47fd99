// The attributes of an object as fields of a request or an answer.
#pragma once

#include "adapters/s3/types.hpp"
#include "http/message.hpp"
#include "sigv4/canonical.hpp"

namespace slipway::adapters::s3 {

sigv4::Fields fields_of(const ObjectAttributes& attributes);
ObjectAttributes attributes_of(const http::Headers& headers);

}  // namespace slipway::adapters::s3
