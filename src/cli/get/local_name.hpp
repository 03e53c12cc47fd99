// Which local name a downloaded file gets. What a server says is never a path here.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace slipway::cli {

// The file name in a Content-Disposition field (RFC 6266): filename* in UTF-8 before filename.
std::optional<std::string> disposition_name(std::string_view field);

// A name that is one component of a path: separators, control and direction characters become '_';
// it is never empty,
// "." or "..", and at most 255 bytes.
std::string local_name(std::string_view name);

// The name under which a download of the id to that path grows.
std::string part_path(const std::string& path, const std::string& id);

}  // namespace slipway::cli
