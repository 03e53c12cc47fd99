// Reading the members of a JSON object, with one failure for all that the protocol does not allow.
// Everything is a Result: a server that answers something else is told apart from one that says no.
#pragma once

#include <boost/json/object.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/digest.hpp"
#include "base/result.hpp"

namespace slipway::cli {

// Errors of all: invalid, naming the member.
Result<boost::json::object> parse_object(std::string_view text);
Result<std::string> read_string(const boost::json::object& object, std::string_view name);
Result<std::uint64_t> read_number(const boost::json::object& object, std::string_view name);
Result<Sha256> read_sha256(const boost::json::object& object, std::string_view name);
Result<boost::json::array> read_array(const boost::json::object& object, std::string_view name);

// The text of a member, or nothing when it is absent or no text: for what is only shown.
std::string text_of(const boost::json::object& object, std::string_view name);
std::optional<std::uint64_t> number_of(const boost::json::object& object, std::string_view name);

}  // namespace slipway::cli
