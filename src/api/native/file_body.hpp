// The body of a download: the whole file, one range of it, or several as multipart/byteranges (RFC
// 9110 section 14.6).
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/units.hpp"
#include "engine/files.hpp"
#include "http/body.hpp"

namespace slipway::api::native {

// By sendfile where the store has a descriptor to send from.
http::ResponseBody range_body(std::shared_ptr<ports::BlobReader> reader, ByteRange range);

// Of a Content-Range field.
std::string content_range(ByteRange range, ByteCount size);

struct RangesOfFile {
    std::vector<ByteRange> ranges;
    ByteCount size;            // of the file
    std::string content_type;  // of the file
    std::string boundary;      // not to be met by chance: random
};
// Pulled through a buffer, since heads and bytes take turns.
http::StreamBody multipart_body(std::shared_ptr<ports::BlobReader> reader,
                                const RangesOfFile& selected);

}  // namespace slipway::api::native
