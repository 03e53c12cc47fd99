#include "api/json_members.hpp"

#include <boost/json/value.hpp>
#include <cmath>

#include "base/encoding.hpp"

namespace slipway::api {

namespace json = boost::json;

namespace {

// A number is its value, not its text: 60.0 and 6e1 are as whole as 60 (JSON Schema 2020-12
// section 4.2.3), as far as doubles are exact.
std::optional<std::uint64_t> whole_number(const json::value& value) {
    constexpr double kExact = 9007199254740992;  // 2^53
    const double* real = value.if_double();
    if (real != nullptr) {
        const bool whole = *real >= 0 && *real <= kExact && std::trunc(*real) == *real;
        return whole ? std::optional(static_cast<std::uint64_t>(*real)) : std::nullopt;
    }
    boost::system::error_code error;
    const bool is_integer = value.is_int64() || value.is_uint64();
    const auto number = is_integer ? value.to_number<std::uint64_t>(error) : 0;
    return is_integer && !error ? std::optional(number) : std::nullopt;
}

}  // namespace

const json::value* JsonMembers::take(std::string_view name) {
    read_.emplace(name);
    return object_.if_contains(json::string_view(name.data(), name.size()));
}

void JsonMembers::fail(std::string_view member, std::string_view reason) {
    if (!fault_) {
        fault_ = MemberFault{std::string(member), std::string(reason)};
    }
}

std::optional<std::string> JsonMembers::optional_text(std::string_view name, TextLimits limits) {
    const json::value* value = take(name);
    if (value == nullptr || value->is_null()) {
        return std::nullopt;
    }
    const json::string* text = value->if_string();
    if (text == nullptr) {
        fail(name, "must be a string");
        return std::nullopt;
    }
    if (text->size() < limits.least || text->size() > limits.most) {
        const std::string least =
            limits.least == limits.most ? "" : std::to_string(limits.least) + " to ";
        fail(name, "must be of " + least + std::to_string(limits.most) + " bytes");
        return std::nullopt;
    }
    return std::string(text->begin(), text->end());
}

std::string JsonMembers::required_text(std::string_view name, TextLimits limits) {
    auto text = optional_text(name, limits);
    if (!text) {
        fail(name, "is required");
    }
    return text.value_or(std::string());
}

std::optional<std::uint64_t> JsonMembers::optional_number(std::string_view name,
                                                          NumberLimits limits) {
    const json::value* value = take(name);
    if (value == nullptr || value->is_null()) {
        return std::nullopt;
    }
    const auto number = whole_number(*value);
    if (!number || *number < limits.least || *number > limits.most) {
        fail(name, "must be a whole number from " + std::to_string(limits.least) + " to " +
                       std::to_string(limits.most));
        return std::nullopt;
    }
    return number;
}

std::uint64_t JsonMembers::required_number(std::string_view name, NumberLimits limits) {
    const auto number = optional_number(name, limits);
    if (!number) {
        fail(name, "is required");
    }
    return number.value_or(0);
}

std::optional<bool> JsonMembers::optional_flag(std::string_view name) {
    const json::value* value = take(name);
    if (value == nullptr || value->is_null()) {
        return std::nullopt;
    }
    if (!value->is_bool()) {
        fail(name, "must be true or false");
        return std::nullopt;
    }
    return value->get_bool();
}

std::map<std::string, std::string> JsonMembers::optional_texts(std::string_view name,
                                                               std::size_t most_bytes) {
    std::map<std::string, std::string> texts;
    const json::value* value = take(name);
    if (value == nullptr || value->is_null()) {
        return texts;
    }
    const json::object* object = value->if_object();
    if (object == nullptr) {
        fail(name, "must be an object of strings");
        return texts;
    }
    std::size_t bytes = 0;
    for (const auto& member : *object) {
        const json::string* text = member.value().if_string();
        if (text == nullptr) {
            fail(name, "must be an object of strings");
            return {};
        }
        bytes += member.key().size() + text->size();
        texts.emplace(std::string(member.key()), std::string(text->begin(), text->end()));
    }
    if (bytes > most_bytes) {
        fail(name, "must be of at most " + std::to_string(most_bytes) + " bytes in all");
    }
    return texts;
}

const json::value* JsonMembers::optional_value(std::string_view name) {
    const json::value* value = take(name);
    return value == nullptr || value->is_null() ? nullptr : value;
}

std::expected<void, MemberFault> JsonMembers::finish() {
    for (const auto& member : object_) {
        if (!read_.contains(std::string_view(member.key()))) {
            fail(std::string_view(member.key()), "is not a member of this request");
        }
    }
    if (fault_) {
        return std::unexpected(*fault_);
    }
    return {};
}

}  // namespace slipway::api
