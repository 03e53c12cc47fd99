// The values of an HTTP/1.1 exchange, as handlers see them: head fields, methods, statuses.
// Beast stays behind connection.cpp and client.cpp; nothing here names it.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace slipway::http {

enum class Method { get, head, post, put, delete_, options, patch, other };
std::string_view to_string(Method method);
Method parse_method(std::string_view text);

// Field lines in order. Names compare without case.
class Headers {
 public:
    void add(std::string_view name, std::string_view value) { lines_.emplace_back(name, value); }
    // Replaces every line of that name.
    void set(std::string_view name, std::string_view value);
    // The first line of that name.
    std::optional<std::string_view> find(std::string_view name) const;
    std::size_t count(std::string_view name) const;
    const std::vector<std::pair<std::string, std::string>>& lines() const { return lines_; }

 private:
    std::vector<std::pair<std::string, std::string>> lines_;
};

// A token of RFC 9110 section 5.6.2, as names of fields are.
bool is_token_character(char c);
bool is_token(std::string_view text);

// Compares ASCII without case.
bool equals_ignoring_case(std::string_view a, std::string_view b);

// A request target in origin form, taken apart. Segments and parameters are percent-decoded.
struct Target {
    std::string path;                                        // as sent, before decoding
    std::vector<std::string> segments;                       // "/a/b" is {"a","b"}; "/" is {}
    std::vector<std::pair<std::string, std::string>> query;  // in order; repeated names are kept

    // The one value of that name; nothing when it is absent or repeated.
    std::optional<std::string_view> parameter(std::string_view name) const;
};
// Nothing for another form, a broken escape, an encoded NUL or slash, "." or ".." segments, or text
// that is not UTF-8.
std::optional<Target> parse_target(std::string_view text);

struct RequestHead {
    Method method = Method::get;
    Target target;
    std::string host;  // lower case, as in the Host field
    Headers headers;
};

}  // namespace slipway::http
