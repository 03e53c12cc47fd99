// Times as the XML of S3 answers has them.
#pragma once

#include <optional>
#include <string_view>

#include "base/time.hpp"

namespace slipway::adapters::s3 {

// "2026-11-22T19:16:00.123Z", with any number of digits in the fraction, or none.
std::optional<WallTime> parse_rfc3339(std::string_view text);

}  // namespace slipway::adapters::s3
