// The head of one part of a form (RFC 7578 section 4): which field it is, and the name of its file.
#pragma once

#include <cstddef>
#include <expected>
#include <optional>
#include <string>
#include <string_view>

namespace slipway::http {

// Why a form is refused, in words for its sender.
struct FormFault {
    std::string reason;
    friend bool operator==(const FormFault&, const FormFault&) = default;
};

struct FormPartHead {
    std::string name;
    // Of a file; empty where a form was sent without choosing one.
    std::optional<std::string> file_name;
    std::string content_type;  // as sent; empty where it was not
    friend bool operator==(const FormPartHead&, const FormPartHead&) = default;
};

// `text` is every line with its line end, without the empty line behind them. Names are UTF-8;
// what browsers escape in them (%22, %0D, %0A) is decoded; `filename*` (RFC 8187, in UTF-8) wins
// over `filename`. Strict: folded lines, a second Content-Disposition, coded content, bytes that
// are no UTF-8 are faults.
std::expected<FormPartHead, FormFault> parse_part_head(std::string_view text,
                                                       std::size_t max_fields);

// The boundary of a body with this Content-Type. Nothing: it is no multipart/form-data, or names no
// legal boundary (1 to 70 characters of RFC 2046, the last one no space).
std::optional<std::string> form_boundary(std::string_view content_type);
bool is_form(std::string_view content_type);

}  // namespace slipway::http
