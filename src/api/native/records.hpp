// The JSON forms of uploads, parts and files.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "api/part_urls.hpp"
#include "core/part_ranges.hpp"
#include "core/upload.hpp"
#include "engine/direct/direct_upload.hpp"

namespace slipway::api::native {

boost::json::object upload_record(const core::Upload& upload, core::UploadState state);
boost::json::object part_record(const core::Part& part);
// The same in the list of an upload's parts.
boost::json::object listed_part_record(const core::Part& part, const core::Upload& upload);
boost::json::object file_record(const core::File& file);
// Of one that is still to be claimed.
boost::json::object temporary_file_record(const core::File& file);
boost::json::array range_list(const std::vector<core::PartRange>& ranges);
boost::json::object part_url_record(const PartUrl& url, const core::PartPlan& plan,
                                    PartNumber number);
// At the store itself.
boost::json::object direct_url_record(const ports::PartAddress& address, PartNumber number,
                                      WallTime expires_at);

// The strong entity tag of a file: its chain, in quotes.
std::string etag_of(const core::File& file);

}  // namespace slipway::api::native
