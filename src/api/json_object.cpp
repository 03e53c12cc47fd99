#include "api/json_object.hpp"

#include <boost/json/array.hpp>
#include <boost/json/basic_parser_impl.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <cstdint>
#include <limits>

namespace slipway::api {

namespace json = boost::json;

namespace {

json::parse_options limits() {
    json::parse_options options;
    options.max_depth = kMaxJsonDepth;
    return options;
}

// Counts the members that a text writes. It builds nothing.
struct MemberCounter {
    using Error = boost::system::error_code;
    using Text = json::string_view;
    static constexpr std::size_t kAny = std::numeric_limits<std::size_t>::max();
    // NOLINTBEGIN(readability-identifier-naming): names that the parser asks for.
    static constexpr std::size_t max_object_size = kAny;
    static constexpr std::size_t max_array_size = kAny;
    static constexpr std::size_t max_key_size = kAny;
    static constexpr std::size_t max_string_size = kAny;
    // NOLINTEND(readability-identifier-naming)

    std::size_t members = 0;

    bool on_key(Text, std::size_t, Error&) {
        ++members;
        return true;
    }
    bool on_document_begin(Error&) { return true; }
    bool on_document_end(Error&) { return true; }
    bool on_object_begin(Error&) { return true; }
    bool on_object_end(std::size_t, Error&) { return true; }
    bool on_array_begin(Error&) { return true; }
    bool on_array_end(std::size_t, Error&) { return true; }
    bool on_key_part(Text, std::size_t, Error&) { return true; }
    bool on_string_part(Text, std::size_t, Error&) { return true; }
    bool on_string(Text, std::size_t, Error&) { return true; }
    bool on_number_part(Text, Error&) { return true; }
    bool on_int64(std::int64_t, Text, Error&) { return true; }
    bool on_uint64(std::uint64_t, Text, Error&) { return true; }
    bool on_double(double, Text, Error&) { return true; }
    bool on_bool(bool, Error&) { return true; }
    bool on_null(Error&) { return true; }
    bool on_comment_part(Text, Error&) { return true; }
    bool on_comment(Text, Error&) { return true; }
};

std::size_t members_written(std::string_view text) {
    json::basic_parser<MemberCounter> parser(limits());
    boost::system::error_code error;
    parser.write_some(false, text.data(), text.size(), error);
    return parser.handler().members;
}

// As deep as the text was, which is bounded.
std::size_t members_kept(const json::value& value) {
    std::size_t members = 0;
    if (const json::object* object = value.if_object()) {
        members += object->size();
        for (const auto& member : *object) {
            members += members_kept(member.value());
        }
    } else if (const json::array* array = value.if_array()) {
        for (const json::value& element : *array) {
            members += members_kept(element);
        }
    }
    return members;
}

}  // namespace

std::optional<json::object> parse_object(std::string_view text) {
    boost::system::error_code error;
    const json::value value =
        json::parse(json::string_view(text.data(), text.size()), error, {}, limits());
    if (error || !value.is_object()) {
        return std::nullopt;
    }
    // The library keeps the last of two members of one name.
    if (members_written(text) != members_kept(value)) {
        return std::nullopt;
    }
    return value.get_object();
}

}  // namespace slipway::api
