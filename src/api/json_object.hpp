// The body of a request as one JSON object (RFC 8259), read strictly: what two readers could take
// for different objects is none.
#pragma once

#include <boost/json/object.hpp>
#include <cstddef>
#include <optional>
#include <string_view>

namespace slipway::api {

// Objects nest at most this deep; a deeper body is no JSON to us.
inline constexpr std::size_t kMaxJsonDepth = 8;

// Nothing unless the text is one JSON object of valid UTF-8, in which no object has two members of
// one name.
std::optional<boost::json::object> parse_object(std::string_view text);

}  // namespace slipway::api
