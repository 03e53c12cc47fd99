// JsonMembers: reads the members of a request body strictly. The first fault is remembered and
// later reads answer defaults, so that a parser reads all its members and asks once, at the end.
#pragma once

#include <boost/json/object.hpp>
#include <cstdint>
#include <expected>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "api/json_object.hpp"

namespace slipway::api {

struct MemberFault {
    std::string member;
    std::string reason;
};

struct TextLimits {
    std::size_t least = 0;
    std::size_t most = 0;
};

struct NumberLimits {
    std::uint64_t least = 0;
    std::uint64_t most = 0;
};

class JsonMembers {
 public:
    explicit JsonMembers(const boost::json::object& object) : object_(object) {}

    std::string required_text(std::string_view name, TextLimits limits);
    std::optional<std::string> optional_text(std::string_view name, TextLimits limits);
    std::uint64_t required_number(std::string_view name, NumberLimits limits);
    std::optional<std::uint64_t> optional_number(std::string_view name, NumberLimits limits);
    std::optional<bool> optional_flag(std::string_view name);
    // An object of texts, of at most `most_bytes` in names and values.
    std::map<std::string, std::string> optional_texts(std::string_view name,
                                                      std::size_t most_bytes);
    // The member itself, to be taken apart by the caller.
    const boost::json::value* optional_value(std::string_view name);

    void fail(std::string_view member, std::string_view reason);
    // The first fault, or a member that nobody has read.
    std::expected<void, MemberFault> finish();

 private:
    const boost::json::value* take(std::string_view name);

    const boost::json::object& object_;
    std::set<std::string, std::less<>> read_;
    std::optional<MemberFault> fault_;
};

}  // namespace slipway::api
