// Content-Disposition of a download (RFC 6266): always an attachment, with the name in ASCII and in
// UTF-8.
#pragma once

#include <string>
#include <string_view>

namespace slipway::api {

// `name` is a file name as core::is_file_name allows it. No byte of it can end the quoted string or
// the field.
std::string attachment_disposition(std::string_view name);

}  // namespace slipway::api
