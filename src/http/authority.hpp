// The authority of a request, host [":" port] (RFC 3986 section 3.2.2), as the Host field and a
// target in absolute form state it. It resolves and compares nothing beyond case.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace slipway::http {

// In lower case; nothing for anything else. Empty is allowed (RFC 9110 section 7.2). Stricter than
// the RFC: no user, and no comma, with which lists of hosts are made.
std::optional<std::string> parse_authority(std::string_view text);

// A target in absolute form (RFC 9112 section 3.2.2), taken apart.
struct AbsoluteTarget {
    std::string_view authority;
    std::string origin_form;
};
// Nothing for any other form, or for a scheme other than http and https.
std::optional<AbsoluteTarget> split_absolute_target(std::string_view target);

}  // namespace slipway::http
