// FormParser: takes a multipart/form-data body (RFC 7578) apart as it comes, without I/O. Fields
// are gathered within bounds; the bytes of files are handed on and never kept.
//
// Stricter than RFC 2046: every line that begins with the whole delimiter has to be a delimiter,
// line ends are CR LF, nothing is folded. What it does not understand is a fault, after which it
// answers nothing else.
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>

#include "http/form/boundary_scanner.hpp"
#include "http/form/part_head.hpp"

namespace slipway::http {

struct FormLimits {
    std::size_t parts = 100;
    std::size_t head = 4096;  // bytes of the head of one part
    std::size_t head_fields = 16;
    std::size_t field = 64 << 10;  // bytes of the value of one field
    std::size_t fields = 1 << 20;  // bytes of all of them together
    std::size_t outside = 4096;    // bytes before the first part, and behind the last
    std::size_t padding = 64;      // white space behind a delimiter
};

struct FormNeedsMore {};
struct FormField {
    std::string name;
    std::string value;  // UTF-8
};
struct FormFile {
    std::string field;
    std::string name;  // empty: none was chosen
    std::string content_type;
};
// The next bytes of the file at hand, never none: of what was fed, or of the parser itself. Valid
// until next() is called again.
struct FormBytes {
    std::span<const std::byte> bytes;
};
struct FormFileEnd {};
using FormEvent = std::variant<FormNeedsMore, FormField, FormFile, FormBytes, FormFileEnd>;

class FormParser {
 public:
    explicit FormParser(std::string_view boundary, FormLimits limits = {});

    // Once next() has asked for more. The bytes stay as they are until it asks again.
    void feed(std::span<const std::byte> bytes);
    std::expected<FormEvent, FormFault> next();
    // The body has ended: whether the form has.
    std::expected<void, FormFault> finish() const;

 private:
    enum class State : std::uint8_t {
        preamble,
        delimiter,  // behind its boundary
        dash,
        padding,
        newline,
        head,
        field,
        file,
        file_end,
        closed,
        closed_newline,
        epilogue,
        failed,
    };
    using Outcome = std::expected<std::optional<FormEvent>, FormFault>;

    // Each goes on in its state; nothing: in another state, or for want of input.
    Outcome step();
    Outcome skip_preamble();
    Outcome skip_epilogue();
    Outcome after_delimiter(char c);
    Outcome read_head(char c);
    Outcome end_head();
    Outcome read_field();
    Outcome read_file();

    FormLimits limits_;
    BoundaryScanner scanner_;
    State state_ = State::preamble;
    std::string_view input_;
    std::string text_;  // the head or the value at hand
    FormPartHead part_;
    std::size_t parts_ = 0;
    std::size_t field_bytes_ = 0;
    std::size_t outside_ = 0;
    std::size_t padding_ = 0;
    FormFault fault_;
};

}  // namespace slipway::http
