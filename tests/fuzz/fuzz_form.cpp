// Bodies of multipart/form-data, with the boundary "xYz": what a form says does not depend on how
// it arrives.
#include <algorithm>
#include <memory>
#include <string>

#include "fuzz/require.hpp"
#include "http/form/form_parser.hpp"

namespace {

using namespace slipway;
using fuzz::require;

struct Transcript {
    std::string text;
    bool broken = false;
    friend bool operator==(const Transcript&, const Transcript&) = default;
};

void note(Transcript& out, const http::FormEvent& event) {
    if (const auto* field = std::get_if<http::FormField>(&event)) {
        out.text += "field " + field->name + "=" + field->value + "\n";
    } else if (const auto* file = std::get_if<http::FormFile>(&event)) {
        out.text += "file " + file->field + "<" + file->name + "|" + file->content_type + ">";
    } else if (const auto* piece = std::get_if<http::FormBytes>(&event)) {
        require(!piece->bytes.empty(), "a piece has bytes");
        out.text.append(reinterpret_cast<const char*>(piece->bytes.data()), piece->bytes.size());
    } else {
        out.text += "\nend\n";
    }
}

// False when the form is broken. The piece is a copy of exactly its size, for the sanitizer.
bool feed(http::FormParser& parser, std::string_view piece, Transcript& out) {
    const auto copy = std::make_unique<char[]>(piece.size());
    std::ranges::copy(piece, copy.get());
    parser.feed(std::as_bytes(std::span(copy.get(), piece.size())));
    while (true) {
        const auto event = parser.next();
        if (!event) {
            return false;
        }
        if (std::holds_alternative<http::FormNeedsMore>(*event)) {
            return true;
        }
        note(out, *event);
    }
}

Transcript parse(std::string_view body, std::size_t size) {
    http::FormParser parser("xYz", {.parts = 8, .head = 256, .field = 64, .fields = 128});
    Transcript out;
    for (; !body.empty() && !out.broken; body.remove_prefix(std::min(size, body.size()))) {
        out.broken = !feed(parser, body.substr(0, size), out);
    }
    out.broken = out.broken || !parser.finish();
    return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto body = fuzz::text_of(data, size);
    const auto whole = parse(body, std::string_view::npos);
    require(whole.text.size() <= 2 * size + 64, "nothing is made up");
    require(parse(body, 1) == whole, "pieces do not matter");
    require(parse(body, 1 + size % 13) == whole, "pieces do not matter");
    return 0;
}
