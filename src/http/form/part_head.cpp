#include "http/form/part_head.hpp"

#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "base/encoding.hpp"
#include "http/form/header_parameters.hpp"
#include "http/message.hpp"

namespace slipway::http {

namespace {

constexpr std::string_view kFormData = "multipart/form-data";
constexpr std::size_t kMaxBoundary = 70;

std::unexpected<FormFault> fault(std::string_view reason) {
    return std::unexpected(FormFault{std::string(reason)});
}

// The WHATWG's form encoding escapes these and nothing else.
std::string decode_browser_escapes(std::string_view text) {
    constexpr std::array<std::pair<std::string_view, char>, 3> kEscapes = {
        {{"%22", '"'}, {"%0D", '\r'}, {"%0A", '\n'}}};
    std::string out;
    for (std::size_t at = 0; at < text.size();) {
        const auto here = text.substr(at, 3);
        const auto* const found = std::ranges::find_if(kEscapes, [here](const auto& escape) {
            return equals_ignoring_case(escape.first, here);
        });
        const bool escaped = found != kEscapes.end();
        out.push_back(escaped ? found->second : text[at]);
        at += escaped ? 3 : 1;
    }
    return out;
}

// charset'language'value, the value percent-encoded; only UTF-8 has to be understood.
std::optional<std::string> decode_extended(std::string_view text) {
    const std::size_t first = text.find('\'');
    const std::size_t second = first == std::string_view::npos ? first : text.find('\'', first + 1);
    if (second == std::string_view::npos || !equals_ignoring_case(text.substr(0, first), "UTF-8")) {
        return std::nullopt;
    }
    const auto value = text.substr(second + 1);
    const bool legal =
        std::ranges::none_of(value, [](char c) { return std::string_view("*'\"\\ ").contains(c); });
    auto decoded = legal ? decode_percent(value) : std::nullopt;
    return decoded && is_utf8(*decoded) ? decoded : std::nullopt;
}

std::optional<FormFault> read_disposition(std::string_view field, FormPartHead& head) {
    const auto parsed = parse_parameterized(field);
    if (!parsed || parsed->value != "form-data") {
        return FormFault{"a Content-Disposition that is not form-data"};
    }
    const auto name = parsed->parameter("name");
    if (!name || name->empty()) {
        return FormFault{"a part without a name"};
    }
    head.name = decode_browser_escapes(*name);
    if (const auto plain = parsed->parameter("filename")) {
        head.file_name = decode_browser_escapes(*plain);
    }
    if (const auto extended = parsed->parameter("filename*")) {
        head.file_name = decode_extended(*extended);
        if (!head.file_name) {
            return FormFault{"a filename* that is not UTF-8 in RFC 8187 form"};
        }
    }
    return std::nullopt;
}

struct Line {
    std::string_view name;
    std::string_view value;
};

std::string_view trim(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

std::expected<std::vector<Line>, FormFault> split_lines(std::string_view text) {
    std::vector<Line> lines;
    while (!text.empty()) {
        const std::size_t end = text.find("\r\n");
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 2);
        const bool clean = std::ranges::all_of(line, [](char c) {
            return c == '\t' || (static_cast<unsigned char>(c) >= 0x20 && c != 0x7f);
        });
        const std::size_t colon = line.find(':');
        if (!clean || colon == std::string_view::npos || !is_token(line.substr(0, colon))) {
            return fault("a part's header line that is none");
        }
        lines.push_back({line.substr(0, colon), trim(line.substr(colon + 1))});
    }
    return lines;
}

// Nothing: there is none. A fault: there are several.
std::expected<std::optional<std::string_view>, FormFault> only(const std::vector<Line>& lines,
                                                               std::string_view name) {
    std::optional<std::string_view> found;
    for (const Line& line : lines) {
        if (!equals_ignoring_case(line.name, name)) {
            continue;
        }
        if (found) {
            return fault("a part with two fields " + std::string(name));
        }
        found = line.value;
    }
    return found;
}

bool is_uncoded(std::string_view transfer_encoding) {
    constexpr std::array<std::string_view, 3> kUncoded = {"binary", "8bit", "7bit"};
    return std::ranges::any_of(kUncoded, [transfer_encoding](std::string_view name) {
        return equals_ignoring_case(name, transfer_encoding);
    });
}

// RFC 2046 section 5.1.1, bchars.
bool is_boundary_char(char c) {
    const bool is_letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    return is_letter || (c >= '0' && c <= '9') || std::string_view("'()+_,-./:=? ").contains(c);
}

}  // namespace

std::expected<FormPartHead, FormFault> parse_part_head(std::string_view text,
                                                       std::size_t max_fields) {
    if (!is_utf8(text)) {
        return fault("a part's head that is not UTF-8");
    }
    const auto lines = split_lines(text);
    if (!lines) {
        return std::unexpected(lines.error());
    }
    if (lines->size() > max_fields) {
        return fault("a part with more than " + std::to_string(max_fields) + " header fields");
    }
    const auto disposition = only(*lines, "Content-Disposition");
    const auto type = only(*lines, "Content-Type");
    const auto coding = only(*lines, "Content-Transfer-Encoding");
    for (const auto* field : {&disposition, &type, &coding}) {
        if (!*field) {
            return std::unexpected(field->error());
        }
    }
    if (!*disposition) {
        return fault("a part without Content-Disposition");
    }
    if (*coding && !is_uncoded(**coding)) {
        return fault("a part with a Content-Transfer-Encoding");
    }
    FormPartHead head;
    head.content_type = type->value_or("");
    if (auto broken = read_disposition(**disposition, head)) {
        return std::unexpected(*std::move(broken));
    }
    return head;
}

bool is_form(std::string_view content_type) {
    return equals_ignoring_case(trim(content_type.substr(0, content_type.find(';'))), kFormData);
}

std::optional<std::string> form_boundary(std::string_view content_type) {
    const auto parsed = parse_parameterized(content_type);
    const auto boundary =
        parsed && parsed->value == kFormData ? parsed->parameter("boundary") : std::nullopt;
    const bool legal = boundary && !boundary->empty() && boundary->size() <= kMaxBoundary &&
                       std::ranges::all_of(*boundary, is_boundary_char) && boundary->back() != ' ';
    return legal ? std::optional<std::string>(*boundary) : std::nullopt;
}

}  // namespace slipway::http
