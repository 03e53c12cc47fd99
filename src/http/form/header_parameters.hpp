// A header field's value with parameters, as Content-Type and Content-Disposition have it (RFC 9110
// section 5.6.6).
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace slipway::http {

struct ParameterizedValue {
    std::string value;                                            // lower case
    std::vector<std::pair<std::string, std::string>> parameters;  // names in lower case, unique

    std::optional<std::string_view> parameter(std::string_view name) const;
};

// Nothing for anything malformed, also for a parameter that is given twice. In quoted strings only
// \" and \\ are escapes: a backslash before anything else is itself, as browsers send the names of
// files.
std::optional<ParameterizedValue> parse_parameterized(std::string_view text);

}  // namespace slipway::http
