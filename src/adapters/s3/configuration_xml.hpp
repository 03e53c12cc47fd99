// The configurations of a bucket and the part list of a Complete, as XML. Reading is as in
// answers.hpp.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "adapters/s3/types.hpp"
#include "base/result.hpp"

namespace slipway::adapters::s3 {

std::string format_part_list(const std::vector<StoredPart>& parts);
// Empty for the region that needs no constraint.
std::string format_create_bucket(std::string_view region);

std::string format_lifecycle(const std::vector<LifecycleRule>& rules);
Result<std::vector<LifecycleRule>> parse_lifecycle(std::string_view body);

std::string format_cors(const std::vector<CorsRule>& rules);
Result<std::vector<CorsRule>> parse_cors(std::string_view body);

}  // namespace slipway::adapters::s3
