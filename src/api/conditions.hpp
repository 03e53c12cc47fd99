// Conditional requests and ranges of a file that never changes (RFC 9110 sections 13 and 14).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>

#include "base/time.hpp"
#include "base/units.hpp"
#include "http/message.hpp"

namespace slipway::api {

struct Representation {
    std::string etag;  // strong, with its quotes
    WallTime last_modified;
    ByteCount size;
};

struct SendWhole {};
struct SendRange {
    ByteRange range;
};
struct NotModified {};
struct PreconditionFailed {};
struct RangeNotSatisfiable {};
using Selection =
    std::variant<SendWhole, SendRange, NotModified, PreconditionFailed, RangeNotSatisfiable>;

// In the order of RFC 9110 section 13.2.2. A Range that does not parse, or names several ranges, is
// ignored.
Selection select(const http::Headers& headers, const Representation& representation);

}  // namespace slipway::api
