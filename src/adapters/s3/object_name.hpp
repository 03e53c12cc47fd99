// Which names every S3 store takes and gives back as they are.
#pragma once

#include <string_view>

#include "adapters/s3/types.hpp"
#include "base/result.hpp"

namespace slipway::adapters::s3 {

// 3 to 63 of lower-case letters, digits, hyphens and dots, with a letter or digit at both ends.
// Errors: invalid.
Result<> check_bucket_name(std::string_view bucket);
// The bucket's, and a key of 1 to 1,024 bytes of UTF-8 without control characters, whose segments
// are neither empty nor "." nor "..": proxies and stores over a file system change those. Errors:
// invalid.
Result<> check_object_name(const ObjectName& name);
// Names are tokens in lower case, values visible ASCII with single spaces between words, 2 KiB in
// all: what HTTP fields carry unchanged. Errors: invalid.
Result<> check_attributes(const ObjectAttributes& attributes);

}  // namespace slipway::adapters::s3
