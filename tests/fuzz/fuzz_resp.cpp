// Replies of a Redis server: what is read does not depend on how it arrives, and, written again, is
// read as the same.
#include <string>
#include <vector>

#include "adapters/redis/protocol/reply_parser.hpp"
#include "fuzz/require.hpp"

using namespace slipway;
using adapters::redis::Reply;
using adapters::redis::ReplyParser;

namespace {

struct Read {
    std::vector<Reply> replies;
    bool broken = false;
    friend bool operator==(const Read&, const Read&) = default;
};

Read read(std::string_view text, std::size_t piece) {
    ReplyParser parser;
    Read out;
    for (; !text.empty() && !out.broken; text.remove_prefix(std::min(piece, text.size()))) {
        parser.feed(text.substr(0, piece));
        for (;;) {
            auto reply = parser.next();
            if (!reply || !*reply) {
                out.broken = !reply;
                break;
            }
            out.replies.push_back(std::move(**reply));
        }
    }
    return out;
}

std::string write(const Reply& reply) {
    if (const auto* number = reply.integer()) {
        return ":" + std::to_string(*number) + "\r\n";
    }
    if (const auto* bytes = reply.bytes()) {
        return "$" + std::to_string(bytes->size()) + "\r\n" + *bytes + "\r\n";
    }
    if (const auto* status = reply.status()) {
        return "+" + status->text + "\r\n";
    }
    if (const auto* failed = reply.failure()) {
        return "-" + failed->text + "\r\n";
    }
    const auto* items = reply.array();
    if (items == nullptr) {
        return "$-1\r\n";
    }
    std::string out = "*" + std::to_string(items->size()) + "\r\n";
    for (const Reply& item : *items) {
        out += write(item);
    }
    return out;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto text = fuzz::text_of(data, size);
    const Read whole = read(text, std::string_view::npos);
    fuzz::require(read(text, 1) == whole, "pieces do not matter");
    fuzz::require(read(text, 1 + size % 13) == whole, "pieces do not matter");
    std::string again;
    for (const Reply& reply : whole.replies) {
        again += write(reply);
    }
    const Read back = read(again, 7);
    fuzz::require(!back.broken && back.replies == whole.replies, "replies come back");
    return 0;
}
