// Answers of servers that slipway is the client of: what is read does not depend on how they
// arrive, heads are whole and bounded, and whatever comes, reading ends.
#include <algorithm>
#include <string>
#include <vector>

#include "fuzz/require.hpp"
#include "http/response_parser.hpp"

namespace {

using namespace slipway;
using fuzz::require;

constexpr std::size_t kOutSize = 4096;

struct Reading {
    std::vector<unsigned> statuses;
    std::vector<std::pair<std::string, std::string>> fields;
    std::optional<std::uint64_t> length;
    std::string body;
    bool broken = false;
    bool reusable = false;
    friend bool operator==(const Reading&, const Reading&) = default;
};

// The far end: hands `text` out in pieces, then closes.
class Wire {
 public:
    Wire(std::string_view text, std::size_t piece) : text_(text), piece_(piece) {}

    // False when there is no room for more.
    bool feed(http::ResponseParser& parser) {
        const auto room = parser.room();
        if (!room) {
            return false;
        }
        require(!ended_, "nobody waits for a server that has closed");
        const auto count = std::min({text_.size(), piece_, room->size()});
        std::ranges::copy(std::as_bytes(std::span(text_.data(), count)), room->begin());
        text_.remove_prefix(count);
        ended_ = count == 0;
        parser.commit(count);
        return true;
    }

 private:
    std::string_view text_;
    std::size_t piece_;
    bool ended_ = false;
};

// False when the answer is broken.
bool read_heads(http::ResponseParser& parser, Wire& wire, http::Method method, Reading& reading) {
    do {
        parser.begin_head(method);
        Result<std::optional<unsigned>> status = std::nullopt;
        while ((status = parser.parse_head()) && !*status) {
            if (!wire.feed(parser)) {
                return false;
            }
        }
        if (!status) {
            return false;
        }
        reading.statuses.push_back(**status);
    } while (reading.statuses.back() < 200);
    reading.length = parser.content_length();
    for (const auto& [name, value] : parser.headers().lines()) {
        require(http::is_token(name), "names are tokens");
        require(value.find_first_of(std::string_view("\r\n\0", 3)) == std::string::npos,
                "values are lines");
        reading.fields.emplace_back(name, value);
    }
    return true;
}

bool read_body(http::ResponseParser& parser, Wire& wire, Reading& reading) {
    std::vector<std::byte> out(kOutSize);
    while (true) {
        const auto count = parser.parse_body(out);
        if (!count) {
            return false;
        }
        if (!*count) {
            if (!wire.feed(parser)) {
                return false;
            }
        } else if (**count == 0) {
            return true;
        } else {
            require(**count <= out.size(), "no more than there is room for");
            reading.body.append(reinterpret_cast<const char*>(out.data()), **count);
        }
    }
}

Reading read(std::string_view text, std::size_t piece, http::Method method) {
    Reading reading;
    Wire wire(text, piece);
    http::ResponseParser parser;
    if (!read_heads(parser, wire, method, reading) || !read_body(parser, wire, reading)) {
        // How far it got before that is the business of nobody.
        Reading broken;
        broken.broken = true;
        return broken;
    }
    reading.reusable = parser.is_reusable();
    return reading;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    auto text = fuzz::text_of(data, size);
    if (text.empty()) {
        return 0;
    }
    const auto choice = fuzz::take_choice(text);
    const auto method = choice % 2 == 0 ? http::Method::get : http::Method::head;
    const auto whole = read(text, std::max<std::size_t>(text.size(), 1), method);
    require(whole.body.size() <= text.size(), "no byte comes from nowhere");
    require(method != http::Method::head || whole.body.empty(), "HEAD has no body");
    require(!whole.length || whole.broken || method == http::Method::head ||
                whole.statuses.back() == 204 || whole.statuses.back() == 304 ||
                whole.body.size() == *whole.length,
            "a body has its length");
    // What is left over is only seen where it came with the answer.
    for (const std::size_t piece : {std::size_t{1}, std::size_t{1} + choice % 13}) {
        auto cut = read(text, piece, method);
        cut.reusable = whole.reusable;
        require(cut == whole, "an answer is what it is");
    }
    return 0;
}
