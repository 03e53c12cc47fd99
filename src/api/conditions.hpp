// Conditional requests and ranges of a file that never changes (RFC 9110 sections 13 and 14).
#pragma once

#include <string>
#include <variant>
#include <vector>

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
struct SendRanges {
    std::vector<ByteRange> ranges;  // two at least, none of which meets another
};
struct NotModified {};
struct PreconditionFailed {};
struct RangeNotSatisfiable {};
using Selection = std::variant<SendWhole, SendRange, SendRanges, NotModified, PreconditionFailed,
                               RangeNotSatisfiable>;

// In the order of RFC 9110 section 13.2.2. A Range counts for GET only (section 14.2); one that is
// to be ignored (api/byte_ranges.hpp) is answered with the whole.
Selection select(const http::RequestHead& head, const Representation& representation);

}  // namespace slipway::api
